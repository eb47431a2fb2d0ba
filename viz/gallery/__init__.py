"""Every figure of the lecture, and training on real data, written into a folder."""
