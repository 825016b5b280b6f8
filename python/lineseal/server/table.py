"""The one table of RPCs: what answers each, in which pool, with one answer or many, and
whether the answer comes when the thread has gone on."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from lineseal.server import admin, events, record, verify, walks

PROVENANCE, LEDGER = "lineseal.v1.ProvenanceService", "lineseal.v1.LedgerService"


class Rpc(NamedTuple):
    """A row."""

    service: str
    method: str
    act: Callable[..., Any]
    pool: Literal["record", "read", "stream", "admin"]
    answers: Literal["one", "many", "later"]


RPCS = (
    Rpc(PROVENANCE, "Record", record.record, "record", "later"),
    Rpc(PROVENANCE, "GetEvent", events.get_event, "read", "one"),
    Rpc(PROVENANCE, "ListEvents", events.list_events, "read", "one"),
    Rpc(PROVENANCE, "FindEvents", events.find_events, "read", "one"),
    Rpc(PROVENANCE, "Trace", walks.trace, "stream", "many"),
    Rpc(PROVENANCE, "Impact", walks.impact, "stream", "many"),
    Rpc(PROVENANCE, "Verify", verify.verify, "stream", "one"),
    Rpc(PROVENANCE, "VerifyLedger", verify.verify_ledger, "stream", "many"),
    Rpc(LEDGER, "CreateLedger", admin.create_ledger, "admin", "one"),
    Rpc(LEDGER, "GetLedger", admin.get_ledger, "admin", "one"),
    Rpc(LEDGER, "ListLedgers", admin.list_ledgers, "admin", "one"),
)
