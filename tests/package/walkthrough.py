"""Run by check.py in an environment that holds the wheel alone."""

import lineseal._core

print("lineseal._core", lineseal._core.__version__, "imported")
