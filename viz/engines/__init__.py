"""DOT in, bytes out: the engines that draw."""
