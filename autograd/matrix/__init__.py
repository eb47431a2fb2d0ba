"""From scalars to the lecture's matrices: how `vectorize` reads the graph of one data point as a NumPy program.

In reading order: `program` (what users call), `data` (their arrays), `trace` (what f computes, read once), `lines` (Σ
that share inputs become Z = W @ A + b), `listing` (the lines as one text, forward and backward), `columns` (functions
that the text calls), `compiled` (the text, run), `checks` (the program held against f; which line, which data point).
"""
