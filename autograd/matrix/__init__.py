"""From scalars to the lecture's matrices: how `vectorize` reads the graph of one data point as a NumPy program.

In reading order: `program` (what users call), `data` (their arrays), `trace` (what f computes, read once), `neurons`
(every Σ in it found), `elementwise` and `lines` (Σ that share inputs become Z = W @ A + b, all else is A = f(Z)),
`listing` (the lines as one text, forward and backward), `columns` (functions that the text calls), `compiled` (the
text, run), `failures` (which data point, which line), `checks` (the program held against f).
"""
