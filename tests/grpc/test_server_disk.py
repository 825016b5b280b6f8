"""Disks under a server that are full, that fail, that are read-only or gone: what clients are told,
and that recording goes on without a restart."""

from __future__ import annotations

import encodings.idna  # noqa: F401  (to find a host takes it, and nobody may not read it)
import os
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import grpc
import pytest
import strace
from calling import TIMEOUT, Refusal, Stubs, dataset, refusal, told
from lineseal import Client, Tracker
from lineseal.v1 import provenance_pb2 as pb
from running import Process, serving

Mount = Callable[[Path, str], Path]
NOBODY = 65534
RETRIED = 10.0


def request(name: str, ledger: str = "default") -> pb.RecordRequest:
    """A batch of three datasets."""
    events = [dataset(name, version=f"{at}", license="x" * 300) for at in range(3)]
    return pb.RecordRequest(ledger=ledger, events=events)


def fill(stubs: Stubs, ledger: str = "default") -> tuple[dict[str, bytes], str, Refusal]:
    """Records until a batch is refused: what was acknowledged, which batch was not, and why."""
    acknowledged: dict[str, bytes] = {}
    for number in range(10_000):
        name = f"b{number}"
        try:
            answer = stubs.provenance.Record(request(name, ledger), timeout=TIMEOUT)
        except grpc.RpcError as error:
            return acknowledged, name, told(error)
        acknowledged |= {f"{name}/{at}": each.hash for at, each in enumerate(answer.receipts)}
    pytest.fail("the disk took everything")


def insist(stubs: Stubs, name: str, ledger: str = "default") -> pb.RecordResponse:
    """Sends the same request, as RetryInfo says, until it is taken."""
    end = time.monotonic() + RETRIED
    while True:
        try:
            answer: pb.RecordResponse = stubs.provenance.Record(request(name, ledger))
            return answer
        except grpc.RpcError as error:
            why = told(error)
        if why.retry is None or time.monotonic() > end:
            pytest.fail(f"refused for good: {why}")
        time.sleep(why.retry / 4)


def is_there(stubs: Stubs, acknowledged: dict[str, bytes], ledger: str = "default") -> None:
    """Exactly what was acknowledged is there, in whole batches, and verifies."""
    with Client(stubs.address, ledger, create=False) as client:
        found = {
            f"{event.payload['name']}/{event.payload['version']}": event.hash
            for event in client.events()
        }
        assert found == {name: hash.hex() for name, hash in acknowledged.items()}
        assert len(client) == len(found)
        assert client.verify_all(expect=list(found.values()))


def is_full(why: Refusal) -> None:
    """It says that there is no room, and when to come again."""
    assert (why.code, why.reason) == ("RESOURCE_EXHAUSTED", "STORAGE_FULL"), why
    assert why.retry


def goes_on(stubs: Stubs, acknowledged: dict[str, bytes], name: str) -> None:
    """After room was made, the batch that was refused is taken, and then another."""
    for each in (name, "another"):
        answer = insist(stubs, each)
        acknowledged |= {f"{each}/{at}": r.hash for at, r in enumerate(answer.receipts)}
        assert all(receipt.created for receipt in answer.receipts), "it was there in part"
    is_there(stubs, acknowledged)


def test_a_full_disk_refuses_reads_go_on_and_recording_too_when_there_is_room(
    tmp_path: Path, mount: Mount
) -> None:
    data = mount(tmp_path / "data", "256k")
    filler = data / "filler"
    filler.write_bytes(bytes(64 << 10))
    with Process(data) as server:
        acknowledged, refused, why = fill(server.stubs)
        is_full(why)
        assert len(acknowledged) > 9
        is_there(server.stubs, acknowledged)
        is_full(refusal(lambda: server.stubs.provenance.Record(request("more"))))
        filler.unlink()
        goes_on(server.stubs, acknowledged, refused)
        assert server.stop() == 0


def test_a_file_that_may_not_grow_is_a_full_disk_too(tmp_path: Path) -> None:
    with Process(tmp_path / "data") as server:
        pid = server.popen.pid
        before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (64 << 10, before[1]))
        acknowledged, refused, why = fill(server.stubs)
        is_full(why)
        is_there(server.stubs, acknowledged)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
        goes_on(server.stubs, acknowledged, refused)
        assert server.stop() == 0


def test_the_full_disk_of_one_ledger_does_not_harm_another(tmp_path: Path, mount: Mount) -> None:
    data = tmp_path / "data"
    mount(data / "small", "256k")
    with Process(data) as server:
        for name in ("small", "default"):
            server.stubs.ledgers.CreateLedger(pb.CreateLedgerRequest(ledger=name))
        small, _refused, why = fill(server.stubs, "small")
        is_full(why)
        fine: dict[str, bytes] = {}
        for number in range(20):
            answer = server.stubs.provenance.Record(request(f"b{number}"))
            fine |= {f"b{number}/{at}": each.hash for at, each in enumerate(answer.receipts)}
            is_full(refusal(lambda: server.stubs.provenance.Record(request("more", "small"))))
        is_there(server.stubs, fine)
        is_there(server.stubs, small, "small")
        assert server.stop() == 0


def test_after_a_failed_sync_the_same_request_is_taken_once_and_without_a_restart(
    tmp_path: Path,
) -> None:
    strace.need_strace()
    data = tmp_path / "data"
    segment = data / "default" / "segments" / "000000000000.car"
    with Tracker(data / "default"):
        pass
    inject = "inject=fdatasync:error=EIO:when=3"
    options = ("-P", str(segment), "-e", "trace=fdatasync", "-e", inject)
    # -D: the server is the child here, and strace watches from the side.
    under = ("strace", "-D", "-f", "-qq", "-o", str(tmp_path / "strace.log"), *options)
    with Process(data, under=under) as server:
        acknowledged, refused, why = fill(server.stubs)
        assert (why.code, why.reason) == ("UNAVAILABLE", "OUTCOME_UNKNOWN"), why
        assert why.retry == 1
        again = refusal(lambda: server.stubs.provenance.Record(request(refused)))
        assert (again.code, again.retry) == ("UNAVAILABLE", 1), again
        poisoned = server.stubs.ledgers.GetLedger(pb.GetLedgerRequest(ledger="default"))
        assert poisoned.ledger.poisoned
        time.sleep(1.05)
        answer = server.stubs.provenance.Record(request(refused), timeout=TIMEOUT)
        acknowledged |= {f"{refused}/{at}": each.hash for at, each in enumerate(answer.receipts)}
        is_there(server.stubs, acknowledged)
        assert server.stop() == 0
    assert "(INJECTED)" in (tmp_path / "strace.log").read_text(), "no sync was made to fail"


@pytest.fixture
def unwritable() -> Iterator[Path]:
    """A data directory with a ledger of one event, which this process may only read."""
    place = Path(tempfile.mkdtemp())
    with Tracker(place / "data" / "default") as tracker:
        tracker.record_dataset(name="first")
    place.chmod(0o755)
    for path in place.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    user = os.geteuid()
    if user == 0:  # whom no permission stops
        os.seteuid(NOBODY)
    yield place / "data"
    os.seteuid(user)
    for path in [place, *place.rglob("*")]:
        path.chmod(0o755)
    shutil.rmtree(place)


def test_a_read_only_data_directory_is_served_for_reading(unwritable: Path) -> None:
    with serving(unwritable) as stubs:
        page = stubs.provenance.ListEvents(pb.ListEventsRequest(ledger="default"))
        assert len(page.events) == 1
        assert stubs.ledgers.GetLedger(pb.GetLedgerRequest(ledger="default")).ledger.read_only
        refused = refusal(lambda: stubs.record("second"))
        assert (refused.code, refused.reason) == ("FAILED_PRECONDITION", "READ_ONLY"), refused
        made = refusal(lambda: stubs.ledgers.CreateLedger(pb.CreateLedgerRequest(ledger="new")))
        assert made.reason in {"READ_ONLY", "STORAGE"}, made
        assert not (unwritable / "new").exists()


def test_a_ledger_deleted_under_the_server_acknowledges_nothing_and_can_be_made_anew(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    with Process(data) as server:
        stubs = server.stubs
        stubs.record("first")
        stubs.ledgers.CreateLedger(pb.CreateLedgerRequest(ledger="other"))
        shutil.rmtree(data / "default")
        refused = refusal(lambda: stubs.record("second"))
        assert refused.reason is not None, refused
        assert not (data / "default").exists()
        assert stubs.record("fine", ledger="other")[0].created
        time.sleep(1.1)
        gone = refusal(lambda: stubs.record("second"))
        assert (gone.code, gone.reason) == ("NOT_FOUND", "LEDGER_NOT_FOUND"), gone
        assert stubs.ledgers.CreateLedger(pb.CreateLedgerRequest(ledger="default")).created
        assert stubs.record("second")[0].index == 0
        assert server.stop() == 0
