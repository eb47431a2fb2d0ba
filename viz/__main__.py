"""`python -m viz DIR` trains on real data and writes every figure of the lecture into DIR, with a page of them."""

import sys

from viz.gallery.job import main

if __name__ == "__main__":
    sys.exit(main())
