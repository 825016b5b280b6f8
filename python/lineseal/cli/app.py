"""The command `lineseal` put together, and the one place where its exceptions end.

May use every verb's module; each verb is one file that does not know the others.
"""

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from lineseal import __version__
from lineseal.cli import errors
from lineseal.cli.audit import audit_streams
from lineseal.cli.check import check
from lineseal.cli.demo import demo
from lineseal.cli.events import events
from lineseal.cli.export import export
from lineseal.cli.find import find
from lineseal.cli.impact import impact
from lineseal.cli.importing import import_
from lineseal.cli.init import init
from lineseal.cli.ledgers import ledgers
from lineseal.cli.record import record
from lineseal.cli.serve import serve
from lineseal.cli.show import show
from lineseal.cli.spool import spool
from lineseal.cli.stats import stats
from lineseal.cli.trace import trace
from lineseal.cli.verify import verify

EPILOG = """\
\b
Start with:
  lineseal demo                                   # see it all, on real data
  lineseal init && lineseal record dataset --name digits --num-rows 1797
\b
Exit status: 0 ok; 1 verification failed, or a file differs; 2 usage or invalid input;
3 not found; 4 unavailable or locked; 5 corrupt ledger; 6 undetermined; 70 a fault in lineseal;
130 interrupted."""

VERBS = (
    demo, init, record, show, events, find, trace, impact, verify, check, stats, export, import_,
    ledgers, serve, audit_streams, spool,
)  # fmt: skip


def _name(verb: Any) -> str:
    """As it is typed: `import` cannot be the name of a function."""
    if isinstance(verb, typer.Typer):
        return str(verb.info.name)
    return str(verb.__name__.rstrip("_").replace("_", "-"))


class InOrder(TyperGroup):
    """Lists the verbs in the order in which one meets them."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names as VERBS has them; typer would put groups last."""
        return [_name(verb) for verb in VERBS]


app = typer.Typer(
    name="lineseal",
    cls=InOrder,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EPILOG,
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"lineseal {__version__}")
        raise typer.Exit


@app.callback()
def lineseal(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """A tamper-evident provenance ledger for the life of a model.

    Record datasets, training runs, models and predictions; trace a prediction to its data; verify
    that nothing has been changed since.
    """


for verb in VERBS:
    if isinstance(verb, typer.Typer):
        app.add_typer(verb)
    else:
        app.command(_name(verb))(verb)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit status; prints whatever there is to print."""
    as_json = "--json" in arguments
    try:
        status = app(args=list(arguments), prog_name="lineseal", standalone_mode=False)
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit):
        # typer and rich turn a broken pipe into SystemExit; nothing else here raises it.
        return _quietly_stop()
    except BaseException as error:
        return errors.report(error, as_json)
    # typer turns Ctrl-C into this status.
    if status == errors.INTERRUPTED and not isinstance(status, errors.Told):
        return errors.report(KeyboardInterrupt(), as_json)
    return status if isinstance(status, int) else 0


def _quietly_stop() -> int:
    """Whoever read our output has gone: say nothing more, not even while Python exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return errors.PIPE
