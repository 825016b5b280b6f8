"""`lineseal serve`: the service, until it is told to stop. May use the cli's shared modules."""

from typing import Annotated

import typer

from lineseal.cli.options import JsonOption


def serve(
    data: Annotated[
        str | None, typer.Option("--data", "-d", metavar="DIR", help="Directory of the ledgers.")
    ] = None,
    listen: Annotated[
        str | None, typer.Option("--listen", metavar="HOST:PORT", help="Where to answer.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Answer over gRPC, for programs in any language."""
    from lineseal.server import Config
    from lineseal.server.run import run

    given = {key: value for key, value in (("data", data), ("listen", listen)) if value}
    run(Config(**given), as_json=as_json)
