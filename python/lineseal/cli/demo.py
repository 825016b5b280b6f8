"""`lineseal demo`: the story of lineseal, told on real data. May use the cli and lineseal.demo."""

from pathlib import Path
from typing import Annotated

import typer

from lineseal.cli.options import JsonOption
from lineseal.cli.output import emit
from lineseal.errors import InvalidArgumentError


def demo(
    out: Annotated[
        Path, typer.Option("--out", metavar="PATH", help="Where the demo's files go, made anew.")
    ] = Path("demo-out"),
    as_json: JsonOption = False,
) -> None:
    """Watch two models' lives recorded, traced, verified and attacked; then the same over gRPC.

    Trains on scikit-learn's bundled data and keeps a ledger of it on disk; then starts a server of
    its own and kills it once. Takes less than a minute and no network.

    \b
    Examples:
      lineseal demo
      lineseal demo --out /tmp/lineseal-demo
    """
    try:
        from lineseal.demo.story import tell
    except ModuleNotFoundError as missing:
        raise InvalidArgumentError(
            f"the demo needs {missing.name}, which is not installed",
            remedy='Install it with: pip install "lineseal[demo]"',
        ) from None
    document = tell(out, quiet=as_json)
    emit(as_json, document, lambda console: None)
