"""The calls that a thread makes for somebody who may give up: they end with it. May use errors."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, TypeVar

from lineseal.errors import OperationCancelledError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_here = threading.local()


class Calls:
    """What is done for one task, on whatever threads, one after another."""

    def __init__(self) -> None:
        self._call: Any = None
        self._given_up = False

    def run(self, work: Callable[[], T]) -> T:
        """Does the work on this thread."""
        _here.calls = self
        try:
            return work()
        finally:
            _here.calls = None

    def cancel(self) -> None:
        """Cancels the call that is on its way, and lets no other begin."""
        self._given_up = True
        if self._call is not None:
            self._call.cancel()

    def begun(self, call: Any) -> None:
        """Takes note of a call. `cancel` sees it, or it sees `cancel`."""
        self._call = call
        if self._given_up:
            call.cancel()
            raise OperationCancelledError("the task was cancelled")


def called(stub: Any, request: Any, timeout: float | None = None) -> Any:
    """The answer of a call; grpc can cancel a future from another thread, and nothing else."""
    if getattr(_here, "calls", None) is None:
        return stub(request, timeout=timeout)
    return noted(stub.future(request, timeout=timeout)).result()


def noted(call: T) -> T:
    """The call, of which whoever may give up knows."""
    calls: Calls | None = getattr(_here, "calls", None)
    if calls is not None:
        calls.begun(call)
    return call
