"""Which ledger a verb works on, and opening it. May use lineseal, options and output."""

import os

from lineseal import InvalidArgumentError, open_ledger
from lineseal._ledger_api import LedgerAPI
from lineseal.cli.output import note
from lineseal.cli.progress import bar
from lineseal.cli.text import safe

DEFAULT = "lineseal-ledger"
VARIABLE = "LINESEAL_LEDGER"
TIMEOUT = "LINESEAL_TIMEOUT"
LOCK_TIMEOUT = "LINESEAL_LOCK_TIMEOUT"


def place(ledger: str | None) -> str:
    """The ledger's path; says on stderr which it is unless the user typed it."""
    if ledger is not None:
        return str(ledger)
    named = os.environ.get(VARIABLE)
    path, why = (named, f"from {VARIABLE}") if named else (DEFAULT, "the default; see --ledger")
    note(f"ledger: {safe(path)} ({why})")
    return path


#: Events that opening may read without a word: a second's work or so.
MANY = 500_000


def reading(ledger: str | None, *, warn: bool = True) -> LedgerAPI:
    """The ledger, opened for reading; needs no lock. Says on stderr when opening found damage, or
    had to read a long log because there is no index."""
    where = place(ledger)
    with bar("reading the log") as progress:
        tracker = open_ledger(where, read_only=True, timeout=timeout(), progress=progress)
    if not warn:
        return tracker
    facts = tracker.stats()
    if facts["damage"]:
        note("warning: this ledger is damaged; run lineseal verify", style="yellow")
    elif (read := facts["events"] - facts.get("indexed", facts["events"])) > MANY:
        note(
            f"{read:,} events were read, since the index does not have them: reading alone never"
            " mends it, and the next program that records here does"
        )
    return tracker


def writing(ledger: str | None) -> LedgerAPI:
    """The ledger, opened for writing; one that is not there is not made: a typo makes no ledger."""
    where, patience = place(ledger), timeout(LOCK_TIMEOUT)
    with bar("reading the log") as progress:
        return open_ledger(
            where, create=False, timeout=timeout(), lock_timeout=patience, progress=progress
        )


def timeout(name: str = TIMEOUT) -> float | None:
    """Seconds for a service, or for the lock, where the environment says how many."""
    given = os.environ.get(name)
    try:
        return float(given) if given else None
    except ValueError:
        raise InvalidArgumentError(f"{name} is {given!r}", remedy="Give seconds") from None
