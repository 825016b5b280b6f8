"""Record: bytes in, one call into the core, bytes out. May use `_core`, call, later and ledgers."""

from functools import partial

from lineseal import _core
from lineseal.errors import LedgerNotFoundError, LinesealError, StorageFullError
from lineseal.server.call import Call
from lineseal.server.later import Reply
from lineseal.server.ledgers import Ledgers, Opened, Slot
from lineseal.server.messages import MAX_MESSAGE


def record(ledgers: Ledgers, call: Call, request: bytes, reply: Reply | None) -> bytes | None:
    """Records a batch. None: it is begun, and `reply` ends the call when it is durable."""
    name = _core.request_ledger(request)
    ledger = ledgers.get(name)

    def write(it: Opened) -> bytes | None:
        core, control = it.writable(), call.control
        try:
            if it.answers is None or reply is None:
                return _core.record_request(core, name, request, limit=MAX_MESSAGE, control=control)
            return _core.begin_request(
                core, name, request, limit=MAX_MESSAGE, control=control,
                answers=it.answers.core, token=partial(finish, ledger, it, reply),
            )  # fmt: skip
        except LinesealError as error:
            note(it, error)
            raise

    return ledger.use(write)


def finish(ledger: Slot, it: Opened, reply: Reply, answer: bytes | LinesealError) -> None:
    """Tells the client what became of its batch, whatever fails on the way to it."""
    try:
        if isinstance(answer, LinesealError):
            answer = ledger.told(answer)
            note(it, answer)
    finally:
        reply.finish(answer)


def note(it: Opened, error: LinesealError) -> None:
    """Says what a client can do, and lets the ledger be opened anew if it failed."""
    if isinstance(error, StorageFullError):
        error.remedy = "Make room on the server's disk; recording then goes on by itself"
    if error.retry or isinstance(error, LedgerNotFoundError):
        it.failed()
