"""The subcommands of `record`, one a record type, made from the core's schema. May use the cli."""

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from lineseal import _core, checksum
from lineseal.cli.options import JsonOption, LedgerOption
from lineseal.cli.record.flags import (
    EXAMPLES,
    flag,
    flag_name,
    json_object,
    map_json,
    must_give,
    to_json,
)
from lineseal.cli.record.send import Envelope, record_flags

Field = tuple[str, str, bool, str]

ParentOption = Annotated[
    list[str] | None,
    typer.Option(
        "--parent",
        "-p",
        metavar="[ROLE=]HASH",
        help="An event that this one was made from, and as what. May be repeated.",
    ),
]
NoParentsOption = Annotated[
    bool, typer.Option("--no-parents", help="It has no parents, on purpose.")
]
TimeOption = Annotated[
    str | None,
    typer.Option("--time", metavar="TIME", help="When it happened: ISO 8601 with Z or an offset."),
]
ActorOption = Annotated[
    str | None, typer.Option("--actor", metavar="TEXT", help="Who records it, as you state it.")
]
FileOption = Annotated[
    Path | None,
    typer.Option(
        "--file", metavar="PATH", help="Take checksum, method and size from this file or directory."
    ),
]
PayloadOption = Annotated[
    list[str] | None,
    typer.Option("--payload", metavar="KEY=VALUE|JSON", help="The content. May be repeated."),
]

# Types that are mostly made from nothing, so that their example shows no parent.
ROOTS = {"dataset", "hyperparameters"}

# What every record type takes beside its fields.
COMMON: dict[str, tuple[Any, Any]] = {
    "parents": (ParentOption, None),
    "no_parents": (NoParentsOption, False),
    "time": (TimeOption, None),
    "actor": (ActorOption, None),
    "ledger": (LedgerOption, None),
    "as_json": (JsonOption, False),
}


def add_commands(group: typer.Typer) -> None:
    """Add a subcommand for every type of the schema, and one for custom types."""
    for name, _thing, _needs_parent, doc, fields in _core.schema():
        group.command(name)(_command(name, doc, fields))
    group.command("custom")(custom)


def custom(
    ctx: typer.Context,
    type: Annotated[str, typer.Argument(metavar="NAMESPACE/NAME", help="The custom type.")],
    payload: PayloadOption = None,
    parents: ParentOption = None,
    no_parents: NoParentsOption = False,
    time: TimeOption = None,
    actor: ActorOption = None,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> None:
    """An event of a type of your own, with your payload.

    \b
    Examples:
      lineseal record custom acme/review --payload stars=5 --parent 7d9f0b2c
      lineseal record custom acme/review --payload @review.json
    """
    envelope = Envelope(type, parents or [], no_parents, time, actor)
    record = map_json("payload", payload) if payload else "{}"
    record_flags(ctx, envelope, record, ledger, as_json)


def of_file(path: Path, kinds: dict[str, str]) -> dict[str, str]:
    """Checksum, method and size of a file or directory, as far as the type has them."""
    return {key: json.dumps(value) for key, value in checksum(path).items() if key in kinds}


def _command(name: str, doc: str, fields: list[Field]) -> Callable[..., None]:
    kinds = {field: kind for field, kind, _required, _doc in fields}

    def run(ctx: typer.Context, **given: Any) -> None:
        common = {key: given.pop(key) for key in COMMON}
        file = given.pop("file", None)
        envelope = Envelope(
            name, common["parents"] or [], common["no_parents"], common["time"], common["actor"]
        )
        members = of_file(file, kinds) if file else {}
        members |= {
            field: to_json(field, kinds[field], value)
            for field, value in given.items()
            if value not in (None, [])
        }
        record_flags(
            ctx, envelope, json_object(members.items()), common["ledger"], common["as_json"]
        )

    parameters = {
        field: (flag(field, kind, needed, about), None) for field, kind, needed, about in fields
    }
    if "checksum" in kinds:
        parameters["file"] = (FileOption, None)
    _sign(run, parameters | COMMON)
    run.__doc__ = _help(name, doc, fields)
    return run


def _sign(run: Callable[..., None], parameters: dict[str, tuple[Any, Any]]) -> None:
    """Give `run` the signature from which typer makes its options."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(
                "ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context
            ),
            *(
                inspect.Parameter(name, keyword, annotation=annotation, default=default)
                for name, (annotation, default) in parameters.items()
            ),
        ]
    )
    run.__annotations__ = {"ctx": typer.Context} | {
        name: annotation for name, (annotation, _default) in parameters.items()
    }


def _help(name: str, doc: str, fields: list[Field]) -> str:
    """The text of --help: what the type is, and an example from its required fields."""
    flags = "".join(
        f" {flag_name(field, kind)} {EXAMPLES.get(kind, '…')}"
        for field, kind, required, about in fields
        if must_give(required, about)
    )
    parent = "" if name in ROOTS else " --parent ROLE=HASH"
    return f"""{doc}

    \b
    Example:
      lineseal record {name}{flags}{parent}
    """
