"""`lineseal spool`: predictions that wait on this machine. May use the cli's shared modules."""

from pathlib import Path
from typing import Annotated, Any

import typer

from lineseal import open_ledger
from lineseal._ledger_api import LedgerAPI
from lineseal.cli.errors import describe
from lineseal.cli.opening import LOCK_TIMEOUT, timeout
from lineseal.cli.options import JsonOption
from lineseal.cli.output import emit, note, table
from lineseal.cli.text import safe
from lineseal.logger import draining
from lineseal.logger.refused import all_kept
from lineseal.logger.settings import spool_root

spool = typer.Typer(name="spool", rich_markup_mode=None, no_args_is_help=True)

SpoolOption = Annotated[
    str | None,
    typer.Option(
        "--spool",
        metavar="FOLDER",
        help="Where spools are. Without it: $LINESEAL_SPOOL, else ~/.local/state/lineseal/spool.",
    ),
]
ToOption = Annotated[
    str | None,
    typer.Option(metavar="PLACE", help="The ledger to send to, instead of each spool's own."),
]


@spool.callback()
def about() -> None:
    """Predictions that were logged on this machine and wait for their ledger."""


@spool.command("list")
def list_(folder: SpoolOption = None, as_json: JsonOption = False) -> None:
    """List the spools of this machine, and how many predictions wait or were refused.

    \b
    Examples:
      lineseal spool list
      lineseal spool list --spool /var/spool/lineseal --json
    """
    root = _root(folder)
    spools = draining.listed(root)
    refused = [
        {
            "hash": kept.hash,
            "target": kept.target,
            "stream": kept.stream,
            "seq": kept.seq,
            "at": kept.at,
            "code": kept.code,
            "message": kept.message,
        }
        for kept in all_kept(root)
    ]
    document = {"folder": str(root), "spools": spools, "refused": refused}
    emit(as_json, document, lambda out: _show(out, root, spools, refused))


@spool.command()
def drain(folder: SpoolOption = None, to: ToOption = None, as_json: JsonOption = False) -> int:
    """Send what processes that are gone left behind, and delete their spools.

    Loggers do that, too, for the ledger that they log to. What a running process has is left to it.
    Exit status 1 where the ledger refused predictions, and that of the first error where some could
    not be sent.

    \b
    Examples:
      lineseal spool drain
      lineseal spool drain --to grpc://localhost:50051/digits
    """
    status, spools = 0, []
    with draining.opened(_open) as ledgers:
        for done in draining.drain(_root(folder), ledgers, to):
            error = None if done.error is None else describe(done.error)
            status = status or (error[0] if error else int(done.refused > 0))
            spools.append(
                {
                    "name": done.name,
                    "target": done.target,
                    "sent": done.sent,
                    "refused": done.refused,
                    "left": done.left,
                    "error": error and error[1],
                }
            )
            if error:
                note(f"{done.name}: {safe(str(done.error))}", "yellow")
    columns = ("name", "target", "sent", "refused", "left")
    emit(as_json, {"spools": spools}, lambda out: _rows(out, columns, spools, "nothing was left"))
    return status


@spool.command()
def retry(folder: SpoolOption = None, to: ToOption = None, as_json: JsonOption = False) -> int:
    """Send predictions again that a ledger refused, one by one: once its reason is gone.

    Those that are taken now are forgotten here. Exit status 1 where some are refused again.

    \b
    Examples:
      lineseal spool retry
    """
    rows: list[dict[str, Any]] = []
    with draining.opened(_open) as ledgers:
        for kept, error in draining.retry(_root(folder), ledgers, to):
            said = None if error is None else describe(error)[1]
            result = "recorded" if error is None else error.code
            rows.append({"hash": kept.hash, "target": kept.target, "result": result, "error": said})
    columns = ("hash", "target", "result")
    emit(as_json, {"rows": rows}, lambda out: _rows(out, columns, rows, "nothing was refused"))
    return int(any(row["error"] for row in rows))


def _root(folder: str | None) -> Path:
    """The folder of the spools. One that is not there is said, or a slip would look clean."""
    root = spool_root(folder)
    if not root.is_dir():
        note(f"there is no folder {safe(str(root))}: no logger with this spool ever ran here")
    return root


def _open(address: str) -> LedgerAPI:
    return open_ledger(address, create=False, timeout=timeout(), lock_timeout=timeout(LOCK_TIMEOUT))


def _show(
    out: Any, root: Path, spools: list[dict[str, Any]], refused: list[dict[str, Any]]
) -> None:
    shown = [
        each | {"process": f"{each['pid']} ({'running' if each['running'] else 'gone'})"}
        for each in spools
    ]
    columns = ("name", "target", "process", "rows", "bytes")
    _rows(out, columns, shown, f"no spools in {safe(str(root))}")
    if refused:
        out.print(f"refused: {len(refused)}, kept in {safe(str(root / 'refused'))}", soft_wrap=True)
        _rows(out, ("hash", "stream", "seq", "code"), refused, "")


def _rows(out: Any, columns: tuple[str, ...], rows: list[dict[str, Any]], none: str) -> None:
    if rows:
        table(out, columns, [[row[column] for column in columns] for row in rows])
    else:
        out.print(none, soft_wrap=True)
