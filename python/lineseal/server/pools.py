"""Threads by class of call, and turning away what finds no room. May use config and errors.

Record has threads of its own: neither slow streams nor pages that take a long look hold them.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import grpc

from lineseal.errors import ServiceOverloadedError
from lineseal.server.config import Config
from lineseal.server.errors import abort


class Pool(ThreadPoolExecutor):
    """Threads of one class of calls, which knows how many calls run or wait."""

    def __init__(self, name: str, threads: int, queue: int) -> None:
        super().__init__(threads, thread_name_prefix=f"lineseal-{name}")
        self.name = name
        self.room = threads + queue
        # One for each call. Changed by one operation at a time, which needs no lock.
        self._taken: deque[None] = deque()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Like that of any executor; keeps a place until the work is done."""
        self.hold()
        try:
            return super().submit(self._do, fn, *args, **kwargs)
        except BaseException:
            self.free()
            raise

    def _do(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        try:
            return fn(*args, **kwargs)
        finally:
            self.free()

    def hold(self) -> None:
        """Takes a place: without a thread, for a call that is answered later."""
        self._taken.append(None)

    def free(self) -> None:
        """Gives a place back."""
        self._taken.pop()

    @property
    def load(self) -> int:
        """Calls that run or wait."""
        return len(self._taken)

    @property
    def full(self) -> bool:
        """Whether another call would find neither a thread nor a place in the queue."""
        return self.load >= self.room


class Pools:
    """A pool for each class of calls."""

    def __init__(self, config: Config) -> None:
        self.record = Pool("record", config.recording, config.queue)
        self.read = Pool("read", config.read_threads, config.queue)
        self.stream = Pool("stream", config.stream_threads, config.queue)
        self.admin = Pool("admin", config.admin_threads, config.queue)
        self.health = Pool("health", 2, 1_000)
        self.reflection = Pool("reflection", 2, 16)
        self.refusal = Pool("refusal", 2, 10_000)

    @property
    def all(self) -> list[Pool]:
        """All pools."""
        return [value for value in vars(self).values() if isinstance(value, Pool)]

    @property
    def are_busy(self) -> bool:
        """Whether calls of a user run or wait."""
        return any(pool.load for pool in (self.record, self.read, self.stream, self.admin))

    @property
    def room(self) -> int:
        """More calls than this are turned away by grpc itself, without a thread."""
        return sum(pool.room for pool in self.all)

    def close(self) -> None:
        """Lets the threads end."""
        for pool in self.all:
            pool.shutdown(wait=False)


class Admission(grpc.ServerInterceptor):  # type: ignore[misc, unused-ignore]
    """Turns a call away at once when its pool is full.

    grpc asks on its one serving thread and then submits to the pool, so there is no race.
    """

    def __init__(self, pools: Pools) -> None:
        self._pools = pools
        self._refusals = {pool.name: self._refusal(pool) for pool in pools.all}
        self._of: dict[Any, Pool] = {}

    def intercept_service(self, continuation: Any, handler_call_details: Any) -> Any:
        """The handler of the call, or one that refuses it."""
        handler = continuation(handler_call_details)
        if handler is None:
            return None
        pool = self._of.get(handler)
        if pool is None:
            pool = self._of[handler] = pool_of(handler) or self._pools.reflection
        return self._refusals[pool.name] if pool.full else handler

    def _refusal(self, pool: Pool) -> Any:
        error = ServiceOverloadedError(
            f"the server has {pool.room} {pool.name} calls to do already",
            remedy="Send the same request again in a moment",
        )

        def refuse(_requests: object, context: grpc.ServicerContext) -> bytes:
            abort(context, error)

        refuse.experimental_thread_pool = self._pools.refusal  # type: ignore[attr-defined]
        # A stream of requests: the refusal waits for no message.
        return grpc.stream_unary_rpc_method_handler(refuse)


def pool_of(handler: Any) -> Pool | None:
    """The pool that a handler runs in, if it says one."""
    for behavior in (
        handler.stream_unary,
        handler.stream_stream,
        handler.unary_unary,
        handler.unary_stream,
    ):
        pool = getattr(behavior, "experimental_thread_pool", None)
        if isinstance(pool, Pool):
            return pool
    return None
