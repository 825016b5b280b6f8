"""Benchmarks: `python -m bench NAME`. Two sides alternate in one run; only ratios count."""
