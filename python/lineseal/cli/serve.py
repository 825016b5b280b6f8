"""`lineseal serve`: the service, until it is told to stop. May use the cli's shared modules.

Its flags are made from the fields of `lineseal.server.Config`.
"""

import inspect
import os
from dataclasses import Field, fields
from pathlib import Path
from typing import Annotated, Any

import typer

from lineseal.cli.options import JsonOption
from lineseal.errors import InvalidArgumentError
from lineseal.server.config import Config
from lineseal.server.settings import PREFIX, resolve

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", metavar="FILE", help="Settings in TOML, named as the flags: stall-timeout = 60."
    ),
]
PortFileOption = Annotated[
    Path | None,
    typer.Option("--port-file", metavar="FILE", help="Write the port here while it answers."),
]


def serve(
    *,
    config: ConfigOption = None,
    port_file: PortFileOption = None,
    as_json: JsonOption = False,
    **flags: Any,
) -> None:
    """Answer over gRPC, for programs in any language.

    Ledgers lie in directories of DIR, named a-z, 0-9 and -, and are opened when they are asked
    for; whatever else lies there is left alone. A DIR without ledgers gets one named default. One
    server serves a DIR. The first line on stdout says where the server answers. SIGTERM and
    Ctrl-C let calls in flight end; a second one ends the server at once, with exit status 130.

    A flag counts before the environment (LINESEAL_QUEUE for --queue), that before the file.

    \b
    Examples:
      lineseal serve --data ledgers
      lineseal serve --data ledgers --listen 127.0.0.1:0 --port-file port
      lineseal serve --config serve.toml --listen 0.0.0.0:50051 --insecure
    """
    file = config or (Path(named) if (named := os.environ.get(PREFIX + "CONFIG")) else None)
    given = {name: value for name, value in flags.items() if value is not None}
    settings = resolve(given, os.environ, file)
    try:
        from lineseal.server.run import run
    except ModuleNotFoundError as missing:
        raise InvalidArgumentError(
            f"the server needs {missing.name}, which is not installed",
            remedy='Install it with: pip install "lineseal[server]"',
        ) from None
    run(settings, as_json=as_json, port_file=port_file)


def _flag(field: "Field[Any]") -> Any:
    """The annotation of a typer parameter for a setting."""
    long = "--" + field.name.replace("_", "-")
    kind: Any = field.type
    shown = "" if kind is bool else f" [default: {_plain(field.default)}]"
    option = typer.Option(
        f"{long}/--no-{long[2:]}" if kind is bool else long,
        metavar=field.metadata["metavar"] or None,
        help=field.metadata["help"] + shown,
        show_default=False,
    )
    return Annotated[kind | None, option]


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _sign() -> None:
    """Give `serve` the signature from which typer makes its options."""
    own = list(inspect.signature(serve).parameters.values())[:-1]
    keyword = inspect.Parameter.KEYWORD_ONLY
    settings = [
        inspect.Parameter(field.name, keyword, annotation=_flag(field), default=None)
        for field in fields(Config)
    ]
    parameters = [*settings, *own]
    serve.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    serve.__annotations__ = {each.name: each.annotation for each in parameters}


_sign()
