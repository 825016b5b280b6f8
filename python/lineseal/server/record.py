"""Record: bytes in, one call into the core, bytes out. May use `_core`, call and ledgers."""

from lineseal import _core
from lineseal.errors import LedgerNotFoundError, LinesealError, StorageFullError
from lineseal.server.call import Call
from lineseal.server.ledgers import Ledgers, Opened
from lineseal.server.messages import MAX_MESSAGE


def record(ledgers: Ledgers, call: Call, request: bytes) -> bytes:
    """Records a batch."""
    name = _core.request_ledger(request)
    ledger = ledgers.get(name)

    def write(it: Opened) -> bytes:
        core = it.writable()
        try:
            return _core.record_request(
                core, name, request, limit=MAX_MESSAGE, control=call.control
            )
        except LinesealError as error:
            if isinstance(error, StorageFullError):
                error.remedy = "Make room on the server's disk; recording then goes on by itself"
            if error.retry or isinstance(error, LedgerNotFoundError):
                it.failed()
            raise

    return ledger.use(write)
