"""Tells the demo's story from a clone: `python demo/story.py` is `lineseal demo`.

The story itself is `python/lineseal/demo/story.py`, so that it comes with an installed wheel too.
"""

import runpy

runpy.run_module("lineseal.demo", run_name="__main__")
