"""The connection to one service: its RPCs, called with a deadline and again where that helps.

May use errors, and the generated messages.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import grpc

from lineseal.client.attempts import Attempts
from lineseal.client.calls import called, noted
from lineseal.client.probe import stranger, who_answers
from lineseal.errors import (
    ForkedError,
    LedgerClosedError,
    LedgerTimeoutError,
    LinesealError,
    ServiceUnavailableError,
    UnsupportedFormatError,
)
from lineseal.v1 import provenance_pb2 as pb

T = TypeVar("T")

PROVENANCE, LEDGER = "/lineseal.v1.ProvenanceService/", "/lineseal.v1.LedgerService/"
OPTIONS = [
    # A server answers with at most 4 MiB, and a little room for what later servers add.
    ("grpc.max_receive_message_length", 8 << 20),
    ("grpc.max_send_message_length", 20 << 20),
    # By itself grpc waits up to two minutes before it looks whether a server is back, and what is
    # called meanwhile fails at once: attempts would only seem to be made.
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.max_reconnect_backoff_ms", 500),
    # Streams and verification take as long as they take; a server that hangs or is gone is noticed
    # by pings.
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 10_000),
]


class Channel:
    """One service. Every method raises the errors of the table."""

    def __init__(self, address: str, timeout: float) -> None:
        self.address, self.timeout = address, timeout
        self._process = os.getpid()
        self._closed = False
        self._channel = grpc.insecure_channel(address, OPTIONS)
        self._calls: dict[str, Any] = {}

    def record(self, request: bytes) -> bytes:
        """Record: bytes to bytes."""
        call = self._call("Record", lambda: self._unary(PROVENANCE + "Record", None, None))
        answer: bytes = self.again(lambda left: called(call, request, left))
        return answer

    def ask(self, method: str, request: Any, within: float | None = None) -> Any:
        """A call with one answer, within so many seconds instead of the usual."""
        call = self._one(method)
        return self.again(lambda left: called(call, request, left), within)

    def meet(self, method: str, request: Any, within: float) -> Any:
        """A first call: says who answers where no service does."""
        try:
            return self.ask(method, request, within)
        except (LedgerTimeoutError, ServiceUnavailableError) as error:
            raise (who_answers(self.address, within) or error) from error.__cause__
        except UnsupportedFormatError as error:
            # Every server of ours knows the calls that a client begins with.
            cause = error.__cause__
            if isinstance(cause, grpc.RpcError) and cause.code() is grpc.StatusCode.UNIMPLEMENTED:
                raise stranger(self.address) from cause
            raise

    def ask_patiently(self, method: str, request: Any) -> Any:
        """A call whose work on the server may take long."""
        call = self._one(method)
        return self.again(lambda _left: called(call, request))

    def ask_many(self, method: str, requests: list[Any], window: int = 64) -> Iterator[Any]:
        """The answers to several requests, in their order; some are on their way at a time."""
        call = self._one(method)
        waiting = [call.future(request, timeout=self.timeout) for request in requests[:window]]
        waiting.reverse()
        ahead = iter(requests[window:])
        try:
            for request in requests:
                future = waiting.pop()
                try:
                    answer = noted(future).result()
                except grpc.RpcError as error:
                    Attempts(self, self.timeout).failed(error)
                    answer = self.ask(method, request)
                for following in ahead:
                    waiting.insert(0, call.future(following, timeout=self.timeout))
                    break
                yield answer
        finally:
            for future in waiting:
                future.cancel()

    def stream(self, method: str, request: Any) -> Iterator[Any]:
        """A call with many answers, once: whoever reads knows where to go on."""
        call = self._call(method, lambda: self._stream(method))
        answers = noted(call(request))
        try:
            yield from answers
        finally:
            answers.cancel()

    def again(self, attempt: Callable[[float], T], within: float | None = None) -> T:
        """Attempts, given the seconds left, until one succeeds, the error is final, or time is up.

        Every attempt sends the same bytes, and content is the idempotency key.
        """
        self.check()
        attempts = Attempts(self, within or self.timeout)
        while True:
            try:
                return attempt(attempts.left())
            except grpc.RpcError as error:
                attempts.failed(error)
            except ValueError:
                self.check()  # Another thread closed it in between: grpc's error is a bare one.
                raise

    def check(self) -> None:
        """Raises where the channel cannot be used."""
        if self._process != os.getpid():
            raise ForkedError(
                "this client was made before a fork", remedy="Make a client in the child process"
            )
        if self._closed:
            raise LedgerClosedError(
                f"the client of {self.address} is closed", remedy="Make another client"
            )

    def close(self) -> None:
        """Ends the connection."""
        was, self._closed = self._closed, True
        if not was and self._process == os.getpid():
            self._channel.close()

    def _call(self, method: str, make: Callable[[], Any]) -> Any:
        self.check()
        if method not in self._calls:
            self._calls[method] = make()
        return self._calls[method]

    def _one(self, method: str) -> Any:
        service = LEDGER if "Ledger" in method and method != "VerifyLedger" else PROVENANCE

        def make() -> Any:
            ask, answer = getattr(pb, method + "Request"), getattr(pb, method + "Response")
            return self._unary(service + method, ask.SerializeToString, answer.FromString)

        return self._call(method, make)

    def _unary(self, path: str, ask: Any, answer: Any) -> Any:
        return self._channel.unary_unary(path, ask, answer)

    def _stream(self, method: str) -> Any:
        ask, answer = getattr(pb, method + "Request"), getattr(pb, method + "Response")
        path = PROVENANCE + method
        return self._channel.unary_stream(path, ask.SerializeToString, answer.FromString)


def may_be_recorded(error: LinesealError, hashes: list[str]) -> LinesealError:
    """Says of an error that leaves the outcome open what can be done."""
    if len(hashes) == 1:
        error.hash = hashes[0]
        which, it = f"the event {hashes[0]}", "it is"
    else:
        which, it = f"the {len(hashes)} events from {hashes[0]} on, all or none", "they are"
    error.remedy = (
        f"{error.remedy or 'Try again later'}. It may have recorded {which}: look with get, and "
        f"record again if {it} not there"
    )
    return error
