"""SIGTERM while clients record: what was acknowledged stays, and the next server goes on."""

import time
from contextlib import ExitStack
from pathlib import Path

from calling import TIMEOUT
from lineseal.v1 import provenance_pb2 as pb
from running import Process
from workers import Worker, check, quiet_port

GRACE = 10


def record_more(workers: list[Worker]) -> None:
    """Waits until each client has been told of some more batches."""
    before = [worker.size for worker in workers]
    end = time.monotonic() + TIMEOUT
    while any(w.size < n + 2_000 for w, n in zip(workers, before, strict=True)):
        assert time.monotonic() < end, "the clients do not go on"
        time.sleep(0.01)


def test_sigterm_under_load_ends_in_time_and_loses_nothing(tmp_path: Path) -> None:
    listen = f"127.0.0.1:{quiet_port()}"
    options = ("--listen", listen, "--grace", f"{GRACE}")
    with ExitStack() as stack:
        workers = [stack.enter_context(Worker(listen, f"c{n}", tmp_path)) for n in range(4)]
        for _life in range(3):
            with Process(tmp_path / "data", *options) as server:
                record_more(workers)
                asked = time.monotonic()
                assert server.stop() == 0
                assert time.monotonic() - asked < GRACE
                assert "stopped" in server.log.read_text().splitlines()[-1]
        with Process(tmp_path / "data", *options) as server:
            record_more(workers)
            for worker in workers:
                worker.finish()
            check(listen, [each for worker in workers for each in worker.told])
            ledger = server.stubs.ledgers.GetLedger(
                pb.GetLedgerRequest(ledger="default"), timeout=TIMEOUT
            ).ledger
            assert not ledger.torn, "a server that was asked to stop left a torn tail"
            assert not ledger.damage
