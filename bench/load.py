"""`python -m bench.load ADDRESS FILE IN_FLIGHT`: sends the requests of a file, many at a time.

A process of its own, so that its work is not the server's. Prints `ready`, waits for a line, sends,
and prints when it began and ended, by the clock that all processes share, and the seconds of
processor time in between. The bytes go through grpc's C core as they are.
"""

import struct
import sys
import time
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

import grpc

RECORD = "/lineseal.v1.ProvenanceService/Record"
LENGTH = struct.Struct("<I")
Call: TypeAlias = "grpc.UnaryUnaryMultiCallable[bytes, bytes]"
OPTIONS = [("grpc.max_send_message_length", 32 << 20)]


def write(path: Path, requests: Iterable[bytes]) -> None:
    """The requests, each behind its length."""
    with path.open("wb") as file:
        for request in requests:
            file.write(LENGTH.pack(len(request)) + request)


def read(path: Path) -> list[bytes]:
    raw, at, requests = path.read_bytes(), 0, []
    while at < len(raw):
        (length,) = LENGTH.unpack_from(raw, at)
        at += LENGTH.size
        requests.append(raw[at : at + length])
        at += length
    return requests


def send(call: Call, requests: list[bytes], in_flight: int) -> None:
    """All of them, so many at a time; any error ends it."""
    flying: deque[grpc.Future[bytes]] = deque()
    for request in requests:
        if len(flying) == in_flight:
            flying.popleft().result()
        flying.append(call.future(request))
    while flying:
        flying.popleft().result()


def main(address: str, file: str, in_flight: str) -> None:
    requests = read(Path(file))
    with grpc.insecure_channel(address, OPTIONS) as channel:
        grpc.channel_ready_future(channel).result(30)
        call: Call = channel.unary_unary(RECORD)
        print("ready", flush=True)
        sys.stdin.readline()
        start, cpu = time.monotonic(), time.process_time()
        send(call, requests, int(in_flight))
        print(start, time.monotonic(), time.process_time() - cpu, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
