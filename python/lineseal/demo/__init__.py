"""The demo: a real model's life recorded, traced, verified and attacked (`lineseal demo`).

May use lineseal, its client and command line, NumPy and scikit-learn. `story` tells it and
`service` its second half; `place` makes its folder, `study` trains, `life` records, `attacks` does
the harm, `server` and `grpcurl` are other processes.
"""
