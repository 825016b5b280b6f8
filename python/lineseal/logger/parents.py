"""Which events the rows of a logger have for parents, and whether its ledger is there: found out
when the logger is made. May use remedies and targets.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lineseal import _core
from lineseal._arguments import as_text
from lineseal._ledger_api import LedgerAPI
from lineseal.errors import (
    AmbiguousHashError,
    EventNotFoundError,
    InvalidArgumentError,
    LedgerLockedError,
    LedgerTimeoutError,
    LinesealError,
    ServiceUnavailableError,
    StorageError,
)
from lineseal.logger.remedies import is_stranger, mend
from lineseal.logger.targets import Target

if TYPE_CHECKING:
    from lineseal.event import Event

LOG = logging.getLogger("lineseal.logger")
#: Names of which events are understood.
KINDS = ("model", "deployment")
#: Events that an error lists, and those that are looked through for them.
LISTED, LOOKED = 10, 200
#: Seconds for a ledger that is only to be looked at: a service begins also without it.
CHECK = 2.0
#: The ledger cannot be asked now, but may be later.
ABSENT = (ServiceUnavailableError, LedgerTimeoutError, LedgerLockedError, StorageError)


def resolved(target: Target, given: Any) -> list[tuple[str, str]]:
    """Hashes and roles of the parents: each a hash, a receipt, `model:name@version` or
    `deployment:name`; one, several, or a mapping from roles."""
    pairs = _pairs(_from_environment() if given is None else given)
    full = [hash for _, name in pairs if (hash := _core.full_hash(name))]
    known = len(full) == len(pairs)
    within = min(target.timeout, CHECK) if known else target.timeout
    try:
        hashes = target.asked(lambda ledger: [_hash(ledger, name) for _, name in pairs], within)
    except LinesealError as error:
        if known and isinstance(error, ABSENT) and not is_stranger(error):
            LOG.warning("target and parents are taken as given, since %s", error.message)
            hashes = full
        else:
            names = ", ".join(name for _, name in pairs if not _core.full_hash(name))
            begin = f"Without it a logger begins with full hashes, not with {names:.200}"
            mend(error, target.address, begin if isinstance(error, ABSENT) else "")
            raise
    return [(hash, role) for hash, (role, _) in zip(hashes, pairs, strict=True)]


def _from_environment() -> Any:
    text = os.environ.get("LINESEAL_PARENTS")
    if not text:
        raise InvalidArgumentError(
            "the logger has no parents",
            field="parents",
            remedy="Give the hash of the model, model:name@version or deployment:name, here or"
            " in LINESEAL_PARENTS; () where there is none on purpose",
        )
    given: dict[str, list[str]] = {}
    for part in text.split(","):
        role, equals, name = part.strip().partition("=")
        given.setdefault(role if equals else "", []).append(name if equals else role)
    return given


def _pairs(given: Any) -> list[tuple[str, str]]:
    """Roles and names."""
    roles = given if isinstance(given, Mapping) else {"": given}
    return [
        (as_text(role, "a role"), as_text(getattr(one, "hash", one), "a parent").strip())
        for role, some in roles.items()
        for one in _each(some)
    ]


def _each(given: Any) -> Sequence[Any]:
    return given if isinstance(given, (list, tuple)) else [given]


def _hash(ledger: LedgerAPI, name: str) -> str:
    kind, colon, wanted = name.partition(":")
    if not colon and "@" in name:  # It cannot be a hash: somebody left out what it names.
        raise InvalidArgumentError(
            f"the parent {name!r:.80} does not say what it names",
            field="parents",
            remedy=f"Give model:{name:.80}, deployment:name or a hash",
        )
    if not colon:
        return ledger.get(name).hash
    if kind not in KINDS or not wanted:
        raise InvalidArgumentError(
            f"the parent {name!r:.80} is of no known kind",
            field="parents",
            remedy="Give a hash, model:name@version or deployment:name",
        )
    found = _found(ledger, kind, wanted)
    if len(found) == 1:
        return found[0].hash
    raise _several(name, found) if found else _nothing(ledger, name)


def _found(ledger: LedgerAPI, kind: str, wanted: str) -> list[Event]:
    return ledger.find(**{kind: wanted}, limit=LISTED + 1)  # type: ignore[arg-type]


def _nothing(ledger: LedgerAPI, name: str) -> LinesealError:
    """Lists what there is instead: other versions, else other names."""
    kind, _, wanted = name.partition(":")
    base = wanted.rpartition("@")[0]
    there: Iterable[Event] = _found(ledger, kind, base) if base and kind == "model" else ()
    labels = list(dict.fromkeys(map(_label, there or ledger.events(kind, limit=LOOKED))))
    error = EventNotFoundError(f"the ledger holds no {name:.200}")
    error.field = "parents"
    error.remedy = (
        f"There is {_listed(labels)}" if labels else f"There is no {kind} at all: record it first"
    )
    return error


def _several(name: str, found: list[Event]) -> LinesealError:
    lines = [
        f"{_label(event)} {event.hash} (recorded {event.recorded_at:%Y-%m-%d %H:%M:%S})"
        for event in found
    ]
    error = AmbiguousHashError(f"{name} may be any of: {_listed(lines)}")
    error.field = "parents"
    error.remedy = "Give the version, or the hash, of the one that is meant"
    return error


def _label(event: Event) -> str:
    """What a model or deployment is called; stages are for the eye."""
    name, version = str(event.payload.get("name")), event.payload.get("version")
    stage = event.payload.get("stage")
    shown = f"{event.type}:{name:.100}" + (f"@{version!s:.40}" if version is not None else "")
    return f"{shown} ({stage!s:.40})" if stage is not None else shown


def _listed(some: Sequence[str]) -> str:
    more = ", and more" if len(some) > LISTED else ""
    return ", ".join(some[:LISTED]) + more
