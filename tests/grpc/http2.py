"""gRPC by hand: just enough HTTP/2 to send what no client library would."""

import socket
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS = 0, 1, 4
END_STREAM, END_HEADERS = 1, 4
PATIENCE = 5


def frame(kind: int, payload: bytes, *, flags: int = 0, stream: int = 0) -> bytes:
    """A frame."""
    length = struct.pack(">I", len(payload))[1:]
    return length + struct.pack(">BBI", kind, flags, stream) + payload


def headers(path: str) -> bytes:
    """The headers of a call, as HPACK literals that are neither indexed nor compressed."""
    fields = {
        ":method": "POST",
        ":scheme": "http",
        ":path": path,
        ":authority": "localhost",
        "te": "trailers",
        "content-type": "application/grpc",
    }
    return b"".join(
        b"\x00" + b"".join(bytes([len(part)]) + part.encode() for part in field)
        for field in fields.items()
    )


def opening(path: str | None = None) -> bytes:
    """What a connection begins with; and, with a path, a call without its message."""
    begun = PREFACE + frame(SETTINGS, b"")
    return begun + frame(HEADERS, headers(path), flags=END_HEADERS, stream=1) if path else begun


def call(path: str, body: bytes) -> bytes:
    """A call whose body is these bytes, in frames of at most 16 KiB."""
    parts = [body[at : at + 16_384] for at in range(0, len(body), 16_384)] or [b""]
    last = len(parts) - 1
    return opening(path) + b"".join(
        frame(DATA, part, flags=END_STREAM if at == last else 0, stream=1)
        for at, part in enumerate(parts)
    )


def send(
    address: str, sent: bytes, *, enough: bytes = b"grpc-status", hang_up: bool = True
) -> bytes:
    """Sends it on a connection of its own; what comes back until `enough` or the end.

    Who hangs up behind what was sent may not be answered: the server sees a closed connection.
    """
    host, _colon, port = address.rpartition(":")
    got = b""
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        try:
            connection.sendall(sent)
            if hang_up:
                connection.shutdown(socket.SHUT_WR)
            while enough not in got and (more := connection.recv(65_536)):
                got += more
        except OSError:
            pass  # how a connection ends is the server's choice
    return got
