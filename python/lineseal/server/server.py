"""The server itself: puts table, pools, health and reflection together; starts and drains."""

import functools
import socket
from types import TracebackType
from typing import Any, Self

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from lineseal.errors import ServiceUnavailableError
from lineseal.server.call import later_answer, many_answers, one_answer
from lineseal.server.config import Config
from lineseal.server.ledgers import Ledgers
from lineseal.server.pools import Admission, Pools
from lineseal.server.table import LEDGER, PROVENANCE, RPCS
from lineseal.server.watch import Watch

#: A bit above the largest request, so that its refusal is ours and says what to do.
RECEIVE = 20 * 1024 * 1024
OPTIONS = (
    ("grpc.so_reuseport", 0),
    ("grpc.max_receive_message_length", RECEIVE),
    # A peer that died is noticed after 30 + 10 seconds; clients may ping every 10.
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
)
SERVICES = ("", PROVENANCE, LEDGER)
#: Seconds between two looks at calls in flight, and what their answers get to leave.
TICK, LAST_WORDS = 0.02, 0.5


class Server:
    """A running server; a context manager.

    Attributes:
        address: HOST:PORT where it answers.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self._ledgers = Ledgers(config.data)
        self._pools = Pools(config)
        self._watch = Watch(config.stall_timeout)
        self._health = health.HealthServicer(
            experimental_non_blocking=True, experimental_thread_pool=self._pools.health
        )
        self._grpc = self._assemble()
        try:
            self.address = self._bind()
            self._ledgers.prepare()
            self._grpc.start()
        except BaseException:
            self._close()
            raise
        for service in SERVICES:
            self._health.set(service, health_pb2.HealthCheckResponse.SERVING)

    def stop(self, grace: float | None = None) -> None:
        """Stops accepting, lets calls in flight end, closes the ledgers."""
        self._health.enter_graceful_shutdown()
        ended = self._grpc.stop(self.config.grace if grace is None else grace)
        quiet = 0.0
        while not ended.wait(TICK):
            quiet = 0.0 if self._pools.are_busy else quiet + TICK
            if quiet >= LAST_WORDS:
                # What is left watches health or holds a reflection stream: it never ends by itself.
                self._grpc.stop(None)
                break
        self._close()

    def _close(self) -> None:
        self._watch.close()
        self._pools.close()
        self._ledgers.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _assemble(self) -> grpc.Server:
        server = grpc.server(
            self._pools.reflection,
            interceptors=[Admission(self._pools)],
            options=OPTIONS,
            maximum_concurrent_rpcs=self._pools.room,
        )
        for service in (PROVENANCE, LEDGER):
            handlers = {rpc.method: self._handler(rpc) for rpc in RPCS if rpc.service == service}
            server.add_registered_method_handlers(service, handlers)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        names = (PROVENANCE, LEDGER, health.SERVICE_NAME, reflection.SERVICE_NAME)
        reflection.enable_server_reflection(names, server)
        return server

    def _handler(self, rpc: Any) -> Any:
        make: Any = {"one": one_answer, "many": many_answers, "later": later_answer}[rpc.answers]
        act = functools.partial(rpc.act, self._ledgers)
        return make(act, getattr(self._pools, rpc.pool), self._watch)

    def _bind(self) -> str:
        host, port = self.config.endpoint
        try:
            # First by hand: grpc tells the reason to its log alone.
            family, *_, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            socket.create_server(place[:2], family=family).close()
            port = self._grpc.add_insecure_port(self.config.listen)
        except (OSError, RuntimeError) as error:
            why = str(getattr(error, "strerror", None) or error).partition(" (")[0]
            raise ServiceUnavailableError(
                f"cannot listen on {self.config.listen}: {why}",
                path="listen",
                remedy="Give --listen a free port (0 takes any) of an address of this machine",
            ) from None
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
