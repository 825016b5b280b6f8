"""`lineseal find`: events by the names that people use. May use the cli's shared modules."""

from collections.abc import Iterable
from typing import Annotated

import typer
from rich.console import Console

from lineseal import Event
from lineseal.cli.damage import Readable
from lineseal.cli.opening import reading
from lineseal.cli.options import JsonOption, LedgerOption, LimitOption
from lineseal.cli.views import list_events


def find(
    prediction_id: Annotated[str | None, typer.Option(help="A prediction's id.")] = None,
    run_id: Annotated[str | None, typer.Option(help="A training run's id.")] = None,
    model: Annotated[str | None, typer.Option(help="A model: name or name@version.")] = None,
    dataset: Annotated[str | None, typer.Option(help="A dataset: name or name@version.")] = None,
    deployment: Annotated[str | None, typer.Option(help="A deployment's name.")] = None,
    stream: Annotated[str | None, typer.Option(help="A stream of predictions.")] = None,
    id: Annotated[str | None, typer.Option(help="Any of an event's outside ids.")] = None,
    limit: LimitOption = 50,
    ledger: LedgerOption = None,
    as_json: JsonOption = False,
) -> int:
    """Find events by a name; the newest comes first. Give exactly one name.

    Exit status 0 also where nothing has the name: a script looks at the list, not at the status.

    \b
    Examples:
      lineseal find --prediction-id digits-7
      lineseal find --model digits-lr@1.0
      lineseal find --id mlflow-run:8f3c2a
    """
    names = {
        "prediction_id": prediction_id,
        "run_id": run_id,
        "model": model,
        "dataset": dataset,
        "deployment": deployment,
        "stream": stream,
        "id": id,
    }
    given = {name: text for name, text in names.items() if text is not None}
    if len(given) != 1:
        raise typer.BadParameter(
            "give exactly one of --" + ", --".join(given or names).replace("_", "-")
        )
    with reading(ledger) as tracker:
        found = Readable(tracker._found(*given.popitem(), limit or None))
        return found.emit(as_json, found, dict, _show)


def _show(out: Console, events: Iterable[Event]) -> None:
    if not list_events(out, events):
        out.print("no events")
