"""`python -m bench.baselines.grpc_servicers empty|sqlite FOLDER`: what Record is compared with.

Both run on grpcio's server with as many threads as ours. `empty` takes the bytes of a request and
answers with an empty message: what is left of a server when nothing is done. `sqlite` is what one
writes with generated code: messages in, hashlib and the SQLite baseline, messages out.
"""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
from lineseal.v1 import provenance_pb2 as pb

from .sqlite_baseline import SqliteStore

THREADS = 16
OPTIONS = [("grpc.max_receive_message_length", 20 << 20), ("grpc.so_reuseport", 0)]
Handle = Callable[[bytes, grpc.ServicerContext], bytes]


def empty(_request: bytes, _context: grpc.ServicerContext) -> bytes:
    return b""


def sqlite(folder: Path) -> Handle:
    # One writer thread: SQLite's connections belong to the thread that made them.
    writer = ThreadPoolExecutor(1)
    store = writer.submit(SqliteStore, folder / "baseline.sqlite").result()

    def record(request: bytes, _context: grpc.ServicerContext) -> bytes:
        blocks = [event.block for event in pb.RecordRequest.FromString(request).events]
        indices = writer.submit(store.record, blocks).result()
        receipts = [pb.Receipt(index=index) for index in indices]
        return pb.RecordResponse(receipts=receipts).SerializeToString()

    return record


def main(kind: str, folder: str) -> None:
    handle: Handle = empty if kind == "empty" else sqlite(Path(folder))
    server = grpc.server(ThreadPoolExecutor(THREADS), options=OPTIONS)
    rpcs: dict[str, grpc.RpcMethodHandler[bytes, bytes]] = {
        "Record": grpc.unary_unary_rpc_method_handler(handle)
    }
    server.add_registered_method_handlers("lineseal.v1.ProvenanceService", rpcs)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(f"127.0.0.1:{port}", flush=True)
    sys.stdin.readline()
    server.stop(None).wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
