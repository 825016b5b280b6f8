"""What verification says. May use `_core` and, for notebooks, `_html`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lineseal import _core
from lineseal._arguments import as_bytes, listed
from lineseal.errors import InvalidArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Literal, TypeAlias

    from lineseal._arguments import Bytes

    Progress: TypeAlias = Callable[[int, int], object]
    Verdict: TypeAlias = Literal["ok", "failed", "undetermined"]
    Anchor: TypeAlias = Literal["hash", "none"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that verification found.

    Attributes:
        hash: The event, by the name under which it was reached; None for damage to the files.
        index: Its place in the log, where known.
        check: What was looked at, one of `lineseal.CHECKS`.
        expected: What should be there.
        found: What is there.
        message: One sentence.
    """

    hash: str | None
    index: int | None
    check: str
    expected: str
    found: str
    message: str

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """The answer of a verification; true only when everything checked holds.

    Attributes:
        verdict: `ok`; `failed`; or `undetermined`, when nothing is known to be wrong but not
            everything could be judged (events of a newer version).
        anchor: What the verdict rests on. `hash`: full hashes that the caller gave. `none`: nothing
            from outside, so it is consistent in itself, and a rewritten leaf or a cut tail is not
            excluded.
        checked: How many events had their bytes rehashed.
        findings: What was found, in the order of the log; at most 10,000 are kept.
        counts: How many findings there were of each check, exactly.
    """

    verdict: Verdict
    anchor: Anchor
    checked: int
    findings: tuple[Finding, ...]
    counts: Mapping[str, int]

    def __bool__(self) -> bool:
        return self.verdict == "ok"

    def unanchored(self) -> Report:
        """The same, resting on nothing from outside."""
        return replace(self, anchor="none")

    def __repr__(self) -> str:
        counts = "".join(f" {check}={count}" for check, count in self.counts.items())
        first = f" first={self.findings[0].message!r}" if self.findings else ""
        return f"<Report {self.verdict} checked={self.checked} anchor={self.anchor}{counts}{first}>"

    def _repr_html_(self) -> str:
        from lineseal._html import report_html

        return report_html(self)


def from_row(row: _core.ReportRow) -> Report:
    """The report that the core gave."""
    verdict, anchor, checked, findings, counts = row
    return Report(verdict, anchor, checked, tuple(Finding(*f) for f in findings), counts)


def verify_blocks(
    blocks: Iterable[tuple[object, Bytes]], *, progress: Progress | None = None
) -> Report:
    """Verifies loose blocks, without any ledger.

    Args:
        blocks: Pairs of the name claimed for a block (64 hex digits, CID, Receipt or Event) and
            its bytes. Every block gets a verdict; names are claims, so parents may be missing and
            cycles are possible: both are findings.
        progress: Called about ten times a second with the events done and the events in all.

    Raises:
        InvalidArgumentError: There are none, or one (`position`) is no pair of full hash and bytes.
    """
    from lineseal._ledger_api import hash_text

    pairs = []
    for position, given in enumerate(listed(blocks, "blocks")):
        try:
            name, block = _pair(given)
            pairs.append((hash_text(name), as_bytes(block, "a block")))
        except InvalidArgumentError as error:
            error.position = position
            raise
    if not pairs:
        raise InvalidArgumentError("there are no blocks to verify", remedy="Give at least one")
    return from_row(_core.verify_blocks(pairs, progress=progress))


def _pair(given: object) -> tuple[object, object]:
    """One of the blocks to be verified."""
    if isinstance(given, (tuple, list)) and len(given) == 2:
        return given[0], given[1]
    raise InvalidArgumentError(
        f"{given!r:.60} is no pair of a name and a block", remedy="Give (hash, block)"
    )
