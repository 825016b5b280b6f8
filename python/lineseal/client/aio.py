"""The same client for asyncio: every verb awaited. May use client.

Calls run on threads of its own: grpcio's blocking stubs carry about twice the calls of its asyncio
ones, and a client that waits holds no lock of the interpreter.
"""

from __future__ import annotations

import asyncio
import functools
import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from lineseal.client.calls import Calls
from lineseal.client.client import Client
from lineseal.errors import LedgerClosedError, LinesealError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from types import TracebackType
    from typing import Any, Concatenate, ParamSpec, Self

    from lineseal.event import Event

    P = ParamSpec("P")

T = TypeVar("T")

#: Calls that one client has on their way at a time.
THREADS = 32
#: Events that an iterator fetches ahead of who reads it.
AHEAD = 256


def _awaited(
    verb: Callable[Concatenate[Any, P], T],
) -> Callable[Concatenate[AsyncClient, P], Any]:
    """The verb of `Client` as a coroutine."""

    @functools.wraps(verb)
    async def call(self: AsyncClient, /, *args: P.args, **kwargs: P.kwargs) -> T:
        client = await self._opened()
        return await self._run(functools.partial(verb, client, *args, **kwargs))

    return call


def _iterated(
    verb: Callable[Concatenate[Any, P], Iterator[Event]],
) -> Callable[Concatenate[AsyncClient, P], AsyncIterator[Event]]:
    """The verb of `Client` as an asynchronous iterator."""

    @functools.wraps(verb)
    async def iterate(
        self: AsyncClient, /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncIterator[Event]:
        client, calls = await self._opened(), Calls()
        events = await self._run(functools.partial(verb, client, *args, **kwargs), calls)
        while True:
            some, error = await self._run(functools.partial(_take, events), calls)
            for event in some:
                yield event
            if error is not None:
                raise error
            if not some:
                return

    return iterate


def _take(events: Iterator[Event]) -> tuple[list[Event], LinesealError | None]:
    """The next events, and what ended them, if it was an error."""
    some: list[Event] = []
    try:
        some.extend(itertools.islice(events, AHEAD))
    except LinesealError as error:
        return some, error
    return some, None


class AsyncClient:
    """A ledger of a service, for asyncio: `Client` with every verb awaited.

    `ancestors`, `events` and `impact` are asynchronous iterators; `len()` is `await count()`. A
    task that is cancelled stops waiting at once and cancels its call; a batch that it had sent may
    be recorded.

    Args:
        target: HOST:PORT of the service.
        ledger: Name of the ledger.
        options: As those of `Client`, which it raises its errors like: when first used.

    Example:
        >>> async with AsyncClient("localhost:50051") as tracker:
        ...     data = await tracker.record_dataset(name="digits")
    """

    def __init__(self, target: str, ledger: str = "default", **options: Any) -> None:
        self._make = functools.partial(Client, target, ledger, **options)
        self.ledger = ledger
        self.read_only: bool = options.get("read_only", False)
        self._target = target
        self._closed = False
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="lineseal-client")
        self._client: Client | None = None
        self._lock = asyncio.Lock()

    record = _awaited(Client.record)
    record_many = _awaited(Client.record_many)
    record_blocks = _awaited(Client.record_blocks)
    record_json = _awaited(Client.record_json)
    record_predictions = _awaited(Client.record_predictions)
    record_dataset = _awaited(Client.record_dataset)
    record_hyperparameters = _awaited(Client.record_hyperparameters)
    record_training = _awaited(Client.record_training)
    record_model = _awaited(Client.record_model)
    record_evaluation = _awaited(Client.record_evaluation)
    record_deployment = _awaited(Client.record_deployment)
    record_prediction = _awaited(Client.record_prediction)
    record_feedback = _awaited(Client.record_feedback)
    record_approval = _awaited(Client.record_approval)
    record_gap = _awaited(Client.record_gap)
    record_custom = _awaited(Client.record_custom)
    get = _awaited(Client.get)
    get_many = _awaited(Client.get_many)
    resolve = _awaited(Client.resolve)
    find = _awaited(Client.find)
    trace = _awaited(Client.trace)
    verify = _awaited(Client.verify)
    verify_all = _awaited(Client.verify_all)
    server_verify = _awaited(Client.server_verify)
    server_verify_all = _awaited(Client.server_verify_all)
    copy = _awaited(Client.copy)
    copy_all = _awaited(Client.copy_all)
    export = _awaited(Client.export)
    stats = _awaited(Client.stats)
    count = _awaited(Client.__len__)
    ancestors = _iterated(Client.ancestors)
    events = _iterated(Client.events)
    impact = _iterated(Client.impact)

    async def close(self) -> None:
        """Ends the connection; calls on their way end with an error."""
        self._closed = True
        if self._client is not None:
            self._client.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def __repr__(self) -> str:
        only = ", read_only=True" if self.read_only else ""
        return f"AsyncClient({self._target!r}, ledger={self.ledger!r}{only})"

    async def __aenter__(self) -> Self:
        await self._opened()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def _opened(self) -> Client:
        async with self._lock:
            if self._client is None:
                self._client = await self._run(self._make)
                if self._closed:  # meanwhile
                    self._client.close()
            return self._client

    async def _run(self, work: Callable[[], T], calls: Calls | None = None) -> T:
        if self._closed:
            raise self._gone()
        calls = calls or Calls()
        done = asyncio.get_running_loop().run_in_executor(self._threads, calls.run, work)
        try:
            return await done
        except asyncio.CancelledError:
            calls.cancel()
            task = asyncio.current_task()
            if self._closed and task is not None and not task.cancelling():
                # It had not begun when the client was closed.
                raise self._gone() from None
            raise

    def _gone(self) -> LedgerClosedError:
        return LedgerClosedError(
            f"the client of {self._target} is closed", remedy="Make another client"
        )
