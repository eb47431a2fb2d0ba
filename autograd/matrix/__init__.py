"""From scalars to the lecture's matrices: how `vectorize` reads the graph of one data point as a NumPy program.

In reading order: `program` (what users call), `data` (their arrays), `trace` (the graph, read once), `blocks` and
`matrices` (Σ nodes that share inputs become Z = W @ A + b), `statements` (the lines, forward and backward), `page` and
`listing` (printed), `layout` and `kernel` (run in flat buffers), `failures` (which line, which data point).
"""
