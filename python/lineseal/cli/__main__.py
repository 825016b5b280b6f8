"""`python -m lineseal.cli` is the command `lineseal`."""

from lineseal.cli import main

main()
