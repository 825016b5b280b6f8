"""One call: its deadline and cancellation, its request, its errors. Makes grpc's handlers.

Requests come as a stream of one message, so that a thread which waits for a message can be freed.
May use watch, errors and the core's Control.
"""

import functools
import math
from collections.abc import Callable, Iterator
from typing import Any, NoReturn, TypeVar

import grpc
from google.protobuf.message import DecodeError, Message

from lineseal._core import Control
from lineseal.errors import InvalidArgumentError
from lineseal.server.errors import abort
from lineseal.server.later import SUPPORTED, Reply
from lineseal.server.pools import Pool
from lineseal.server.watch import Watch

M = TypeVar("M", bound=Message)


class Call:
    """What a handler gets beside its request."""

    def __init__(self, context: grpc.ServicerContext, watch: Watch) -> None:
        self._context = context
        self._watch = watch
        left = context.time_remaining()
        # Handed to every long function of the core: ends it with the call.
        self.control = Control(None if left is None or left == math.inf else left)
        if not context.add_callback(self.control.cancel):
            self.control.cancel()

    def message(self, requests: Iterator[bytes]) -> bytes:
        """The request."""
        with self.waiting():
            request = next(requests, None)
        if request is None:
            raise InvalidArgumentError("the call has no message", remedy="Send exactly one")
        return request

    def waiting(self) -> "Waiting":
        """The time within is the client's: too much of it cancels the call."""
        return Waiting(self._context, self._watch)


class Waiting:
    """A stretch of a call in which it waits for its client."""

    def __init__(self, context: grpc.ServicerContext, watch: Watch) -> None:
        self._context, self._watch = context, watch

    def __enter__(self) -> None:
        self._watch.waits(self, self._context.cancel)

    def __exit__(self, *_error: object) -> None:
        self._watch.goes_on(self)


def parse(kind: type[M], request: bytes) -> M:
    """The request as a message."""
    try:
        return kind.FromString(request)
    except DecodeError:
        raise InvalidArgumentError(
            f"the request is no {kind.DESCRIPTOR.full_name}",
            remedy="Send a message of proto/lineseal/v1/provenance.proto, with text in UTF-8",
        ) from None


def one_answer(act: Callable[[Call, bytes], bytes], pool: Pool, watch: Watch) -> Any:
    """The handler of an RPC with one answer."""

    def behavior(requests: Iterator[bytes], context: grpc.ServicerContext) -> bytes:
        try:
            call = Call(context, watch)
            return act(call, call.message(requests))
        except BaseException as error:  # a panic of the core, too, or nobody would answer
            fail(context, error)

    behavior.experimental_thread_pool = pool  # type: ignore[attr-defined]
    return grpc.stream_unary_rpc_method_handler(behavior)


def later_answer(act: Callable[..., Any], pool: Pool, watch: Watch) -> Any:
    """The handler of an RPC with one answer. Where `act` gives None, its Reply ends the call."""
    if not SUPPORTED:
        return one_answer(functools.partial(act, reply=None), pool, watch)

    def behavior(requests: Iterator[bytes], context: grpc.ServicerContext, _send: object) -> None:
        reply = Reply(context, pool)
        try:
            call = Call(context, watch)
            answer = act(call, call.message(requests), reply)
        except BaseException as error:
            fail(context, error)
        if answer is None:
            reply.later()
        else:
            reply.send(answer)

    behavior.experimental_thread_pool = pool  # type: ignore[attr-defined]
    behavior.experimental_non_blocking = True  # type: ignore[attr-defined]
    return grpc.stream_stream_rpc_method_handler(behavior)


def many_answers(act: Callable[[Call, bytes], Iterator[bytes]], pool: Pool, watch: Watch) -> Any:
    """The handler of an RPC with a stream of answers."""

    def behavior(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        try:
            call = Call(context, watch)
            for answer in act(call, call.message(requests)):
                with call.waiting():
                    yield answer
        except GeneratorExit:
            raise
        except BaseException as error:
            fail(context, error)

    behavior.experimental_thread_pool = pool  # type: ignore[attr-defined]
    return grpc.stream_stream_rpc_method_handler(behavior)


def fail(context: grpc.ServicerContext, error: BaseException) -> NoReturn:
    """Ends the call with the error, unless its client has gone."""
    if isinstance(error, grpc.RpcError):
        raise error
    abort(context, error)
