"""`python -m lineseal.demo` is `lineseal demo`."""

import sys

from lineseal.cli.app import run

sys.exit(run(["demo", *sys.argv[1:]]))
