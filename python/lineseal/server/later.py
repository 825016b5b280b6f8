"""Answers that do not come from the thread that took the call. May use errors and pools.

A thread that waits for the disk costs more than all else that a small Record does: its sleep, its
waking, and the interpreter's lock taken back. So the thread that took the call begins the
recording and goes; one thread a ledger finishes them all and answers (ADR 0017).

grpcio has no public way to end a call with one answer from another thread without waiting for it.
`_status` of its server module does; where that is not as we know it, SUPPORTED is false and each
call waits in its own thread.
"""

import inspect
import logging
import threading
from typing import Any

from grpc import _server as inner
from grpc_status import rpc_status

from lineseal import _core
from lineseal.errors import LinesealError
from lineseal.server.errors import status
from lineseal.server.pools import Pool

log = logging.getLogger("lineseal.server")


def _is_supported() -> bool:
    status = getattr(inner, "_status", None)
    context = getattr(inner, "_Context", None)
    if status is None or context is None:
        return False
    taken = ["rpc_event", "state", "serialized_response"]
    made = list(inspect.signature(context.__init__).parameters)[1:3]
    return list(inspect.signature(status).parameters) == taken and made == taken[:2]


#: Whether this grpcio lets a call be answered from another thread.
SUPPORTED = _is_supported()


class Reply:
    """The end of one call, from whatever thread."""

    def __init__(self, context: Any, pool: Pool) -> None:
        self._context, self._pool = context, pool

    def send(self, response: bytes | None) -> None:
        """Ends the call well; None: as the context says. A client that has gone is no error."""
        inner._status(self._context._rpc_event, self._context._state, response)

    def later(self) -> None:
        """Keeps a place in the pool, though no thread waits, until `finish` is called."""
        self._pool.hold()

    def finish(self, answer: bytes | LinesealError) -> None:
        """Ends the call with a response or an error."""
        try:
            if isinstance(answer, bytes):
                return self.send(answer)
            told = rpc_status.to_status(status(answer))
            self._context.set_code(told.code)
            self._context.set_details(told.details)
            self._context.set_trailing_metadata(told.trailing_metadata)
            self.send(None)
        finally:
            self._pool.free()


class Answers:
    """The recordings of a ledger that are begun, and the thread that finishes them."""

    def __init__(self, name: str) -> None:
        self.core = _core.Answers()
        threading.Thread(target=self._work, name=f"lineseal-answers-{name}", daemon=True).start()

    def _work(self) -> None:
        while (told := self.core.collect()) is not None:
            for finish, answer in told:
                try:
                    finish(answer)
                except Exception:
                    log.exception("a call could not be answered")

    def close(self) -> None:
        """Lets the thread end when all that was begun is answered."""
        self.core.close()
