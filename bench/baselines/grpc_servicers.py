"""`python -m bench.baselines.grpc_servicers empty|waiting|sqlite FOLDER`: Record's baselines.

All run on grpcio's server with the options and the number of threads of `lineseal serve`. `empty`
takes the bytes of a request and answers with an empty message: what is left of a server when
nothing is done. `waiting` does nothing either, but lets go of the interpreter for 0.2 ms, as
whatever waits for a disk must: no server with durable answers can pass it. `sqlite` is what one
writes with generated code: messages in, hashlib and the SQLite baseline with one transaction a
request, messages out.
"""

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

import grpc
from lineseal.server.config import Config
from lineseal.server.server import OPTIONS
from lineseal.v1.provenance_pb2 import Receipt, RecordRequest, RecordResponse

from .sqlite_baseline import SqliteStore

Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"


WAIT = 0.0002  # seconds: a sync of a fast disk


def empty() -> Handler:
    def record(_request: bytes, _context: object) -> bytes:
        return b""

    return grpc.unary_unary_rpc_method_handler(record)


def waiting() -> Handler:
    def record(_request: bytes, _context: object) -> bytes:
        time.sleep(WAIT)
        return b""

    return grpc.unary_unary_rpc_method_handler(record)


def sqlite(folder: Path) -> Handler:
    store = SqliteStore(folder / "baseline.sqlite")

    def record(request: RecordRequest, _context: object) -> RecordResponse:
        blocks = [event.block for event in request.events]
        hashes = [sha256(block).digest() for block in blocks]
        receipts = zip(hashes, store.record_hashed(blocks, hashes), strict=True)
        return RecordResponse(receipts=[Receipt(hash=name, index=at) for name, at in receipts])

    return grpc.unary_unary_rpc_method_handler(
        record, RecordRequest.FromString, RecordResponse.SerializeToString
    )


def main(kind: str, folder: str) -> None:
    made: dict[str, Callable[[], Handler]] = {
        "empty": empty,
        "waiting": waiting,
        "sqlite": lambda: sqlite(Path(folder)),
    }
    handler = made[kind]()
    server = grpc.server(ThreadPoolExecutor(Config().recording), options=OPTIONS)
    server.add_registered_method_handlers("lineseal.v1.ProvenanceService", {"Record": handler})
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(f"127.0.0.1:{port}", flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main(*sys.argv[1:])
