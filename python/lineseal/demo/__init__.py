"""The demo: a real model's life recorded, traced, verified and attacked (`lineseal demo`).

May use lineseal, its command line, NumPy and scikit-learn. `story` tells it; `place` makes its
folder, `study` trains, `life` records, `attacks` does the harm.
"""
