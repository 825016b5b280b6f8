"""Verify and VerifyLedger. May use `_core`, call, ledgers and messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from threading import Thread

from lineseal import _core
from lineseal.server.call import Call, parse
from lineseal.server.ledgers import Ledgers
from lineseal.server.messages import hash_text, name_texts, report
from lineseal.v1 import provenance_pb2 as pb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lineseal._core import ReportRow

#: Seconds between two messages of progress.
TICK = 0.5


def verify(ledgers: Ledgers, call: Call, request: bytes) -> bytes:
    """What rehashing events and their ancestors finds."""
    asked = parse(pb.VerifyRequest, request)
    ledger = ledgers.get(asked.ledger)
    names = name_texts(asked.names)
    row = ledger.use(lambda it: _core.verify(it.core, names, progress=None, control=call.control))
    return pb.VerifyResponse(report=report(row)).SerializeToString()


def verify_ledger(ledgers: Ledgers, call: Call, request: bytes) -> Iterator[bytes]:
    """What rehashing a whole ledger finds, with progress."""
    asked = parse(pb.VerifyLedgerRequest, request)
    ledger = ledgers.get(asked.ledger)
    expect = [hash_text(hash, f"expect[{at}]") for at, hash in enumerate(asked.expect)]

    def work() -> ReportRow:
        return ledger.use(
            lambda it: _core.verify_all(it.core, expect, progress=None, control=call.control)
        )

    future = beside(work)
    try:
        while not future.done():
            done, total = call.control.progress()
            progress = pb.Progress(done=done, total=total)
            yield pb.VerifyLedgerResponse(progress=progress).SerializeToString()
            wait([future], timeout=TICK)
        row = future.result()
        yield pb.VerifyLedgerResponse(report=report(row)).SerializeToString()
    finally:
        # When nobody listens any more, nobody works any more.
        call.control.cancel()


def beside(work: Callable[[], ReportRow]) -> Future[ReportRow]:
    """Does the work on a thread of its own, while the caller's tells how far it is."""
    future: Future[ReportRow] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    Thread(target=run, name="lineseal-verify", daemon=True).start()
    return future
