"""The options and arguments that several verbs share, each stated once. May use typer only."""

from typing import Annotated

import typer

LedgerOption = Annotated[
    str | None,
    typer.Option(
        "--ledger",
        "-l",
        metavar="PLACE",
        help="The ledger's directory, or grpc://HOST:PORT/NAME. "
        "Without it: $LINESEAL_LEDGER, else ./lineseal-ledger.",
    ),
]

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on stdout, errors included.")
]

HashArgument = Annotated[
    str,
    typer.Argument(
        metavar="HASH",
        help="An event: its hash, its CID, or the first 8 or more digits of its hash.",
        show_default=False,
    ),
]

LimitOption = Annotated[
    int, typer.Option("--limit", "-n", min=0, metavar="N", help="How many at most; 0: all of them.")
]

# Which events of the log: `events` lists them, `export` writes them.
TypesOption = Annotated[
    list[str] | None,
    typer.Option("--type", "-t", metavar="TYPE", help="Only this type; may be repeated."),
]

SinceOption = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="From this time on: 2026-01-31T12:00:00Z, 2026-01-31."),
]

UntilOption = Annotated[str | None, typer.Option(metavar="TIME", help="Before this time.")]
