"""A server that stands before another and changes its answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc
from lineseal.v1 import provenance_pb2 as pb

#: Changes the answers to one call: a list of messages in, those that are sent out.
Lie = Callable[[list[Any]], list[Any]]
STREAMS = ("Trace", "Impact", "VerifyLedger")


class Liar(grpc.GenericRpcHandler):
    """Passes requests on as they are; answers of some methods go through a lie."""

    def __init__(self, behind: str) -> None:
        self.lies: dict[str, Lie] = {}
        #: Called with the method and the number of the call; may raise or abort.
        self.meddle: Callable[[str, int, grpc.ServicerContext], None] = lambda *_: None
        self.calls: dict[str, int] = {}
        self._channel = grpc.insecure_channel(behind)

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        method = details.method.rpartition("/")[2]

        def many(request: bytes, context: grpc.ServicerContext) -> Iterator[bytes]:
            self.calls[method] = self.calls.get(method, 0) + 1
            self.meddle(method, self.calls[method], context)
            yield from self._answers(details.method, method, request, context)

        def one(request: bytes, context: grpc.ServicerContext) -> bytes:
            return next(many(request, context))

        if method in STREAMS:
            return grpc.unary_stream_rpc_method_handler(many)
        return grpc.unary_unary_rpc_method_handler(one)

    def _answers(
        self, path: str, method: str, request: bytes, context: grpc.ServicerContext
    ) -> list[bytes]:
        try:
            if method in STREAMS:
                answers = list(self._channel.unary_stream(path)(request))
            else:
                answers = [self._channel.unary_unary(path)(request)]
        except grpc.RpcError as error:
            context.set_trailing_metadata(error.trailing_metadata())
            context.abort(error.code(), error.details())
        if method not in self.lies:
            return answers
        kind = getattr(pb, method + "Response")
        messages = [kind.FromString(answer) for answer in answers]
        return [message.SerializeToString() for message in self.lies[method](messages)]


@contextmanager
def lying(behind: str) -> Iterator[tuple[str, Liar]]:
    """A liar before the server at `behind`, and its address."""
    server = grpc.server(ThreadPoolExecutor(8), options=[("grpc.so_reuseport", 0)])
    liar = Liar(behind)
    server.add_generic_rpc_handlers((liar,))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}", liar
    finally:
        server.stop(None).wait()
