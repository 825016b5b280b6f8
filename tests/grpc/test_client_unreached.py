"""Who finds no service is told what answers there instead, in our words."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import grpc
import pytest
from lineseal import Client, ServiceUnavailableError, list_ledgers
from lineseal.client.listing import ledger_names


def told(address: str) -> str:
    """What a client says that looks for a service there."""
    start = time.monotonic()
    with pytest.raises(ServiceUnavailableError) as caught:
        Client(address, connect_timeout=0.5)
    assert time.monotonic() - start < 3
    text = str(caught.value)
    for raw in ("UNKNOWN", "last error", "ipv4:", "HTTP/2"):
        assert raw not in text, text
    return text


@contextmanager
def saying(words: bytes, *, hangs: bool) -> Iterator[str]:
    """A port where every caller is told the words, and is hung up on unless it hangs."""
    kept: list[socket.socket] = []

    def answer() -> None:
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            caller.sendall(words)
            kept.append(caller)
            if not hangs:
                caller.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            for caller in kept:
                caller.close()


def test_nobody_there_is_said_with_address_time_and_remedy() -> None:
    text = told("127.0.0.1:1")
    assert "nobody answers at 127.0.0.1:1 within 0.5 s" in text
    assert "lineseal serve" in text
    assert "connect_timeout" in text


def test_who_asks_for_ledgers_is_told_too() -> None:
    with pytest.raises(ServiceUnavailableError, match=r"nobody answers at 127\.0\.0\.1:1 within"):
        ledger_names("127.0.0.1:1", 0.3)


def test_a_host_that_is_none() -> None:
    assert "there is no host nowhere.invalid" in told("nowhere.invalid:50051")


@pytest.mark.parametrize(
    ("words", "hangs", "found"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", True, "answers at {}, but it is no lineseal service"),
        (b"", False, "answers at {}, but it is no lineseal service"),
        (b"", True, "at {} takes connections and says nothing"),
    ],
)
def test_strangers_are_told_apart(words: bytes, hangs: bool, found: str) -> None:
    with saying(words, hangs=hangs) as address:
        assert f"something {found.format(address)}" in told(address)


def test_a_web_server_is_a_stranger() -> None:
    class Quiet(BaseHTTPRequestHandler):
        def log_message(self, *_arguments: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Quiet) as web:
        thread = threading.Thread(target=web.serve_forever)
        thread.start()
        try:
            assert "no lineseal service" in told(f"127.0.0.1:{web.server_port}")
        finally:
            web.shutdown()
            thread.join()


def test_another_grpc_service_is_a_stranger() -> None:
    server = grpc.server(ThreadPoolExecutor(1))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        assert "but it is no lineseal service" in told(f"127.0.0.1:{port}")
        with pytest.raises(ServiceUnavailableError, match="it is no lineseal service"):
            list_ledgers(f"grpc://127.0.0.1:{port}")
    finally:
        server.stop(None).wait()
