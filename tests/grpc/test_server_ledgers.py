"""Ledgers under one directory: damaged, poisoned, locked, foreign, opened by many at once."""

import asyncio
import re
import resource
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

import grpc
import pytest
from calling import TIMEOUT, Stubs, dataset, refusal, told
from lineseal import (
    AsyncClient,
    Client,
    CorruptLedgerError,
    InvalidArgumentError,
    LedgerClosedError,
    Report,
    StorageError,
    Tracker,
)
from lineseal.server.ledgers import Ledgers
from lineseal.v1 import provenance_pb2 as pb
from lying import lying
from running import COMMAND, Process, serving

#: Reasons of a disk that does not take what it should.
DISK = {"STORAGE_FULL", "OUTCOME_UNKNOWN", "STORAGE"}


def filled(path: Path, events: int) -> list[str]:
    """A ledger that is closed again; hashes of its events."""
    with Tracker(path) as tracker:
        return [tracker.record_dataset(name=f"d{at}").hash for at in range(events)]


def numbers(stubs: Stubs, ledger: str) -> pb.Ledger:
    asked = pb.GetLedgerRequest(ledger=ledger)
    return stubs.ledgers.GetLedger(asked, timeout=TIMEOUT).ledger


def flip(path: Path, at: int) -> None:
    """Changes one bit of a file."""
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)


def test_a_damaged_ledger_is_read_and_verified_but_not_written(tmp_path: Path) -> None:
    hashes = filled(tmp_path / "data" / "hurt", 10)
    (segment,) = (tmp_path / "data" / "hurt").rglob("*.car")
    raw = segment.read_bytes()
    flip(segment, raw.index(b"d3"))
    with serving(tmp_path / "data") as stubs:
        found = refusal(lambda: stubs.record("more", ledger="hurt"))
        assert (found.code, found.reason, found.retry) == ("DATA_LOSS", "CORRUPT_LEDGER", None)
        assert str(tmp_path) not in str(found)
        told = numbers(stubs, "hurt")
        assert told.read_only
        asked = pb.GetEventRequest(ledger="hurt", name=pb.EventName(text=hashes[9]))
        assert stubs.provenance.GetEvent(asked, timeout=TIMEOUT).event.index == 9
        whole = pb.VerifyLedgerRequest(ledger="hurt")
        *_progress, last = stubs.provenance.VerifyLedger(whole, timeout=TIMEOUT)
        assert last.report.verdict == pb.VERDICT_FAILED
        assert last.report.findings


def damage_a_frame(ledger: Path) -> None:
    """Changes a bit of the first commit frame: every event keeps its bytes and its name."""
    (segment,) = ledger.rglob("*.car")
    flip(segment, segment.read_bytes().index(b"\x63crc") + 6)


@pytest.mark.parametrize("when", ["before", "while it is open"])
def test_damage_of_files_alone_is_found_through_a_client(tmp_path: Path, when: str) -> None:
    hashes = filled(tmp_path / "data" / "hurt", 10)
    if when == "before":
        damage_a_frame(tmp_path / "data" / "hurt")
    told: list[tuple[int, int]] = []
    with (
        serving(tmp_path / "data") as stubs,
        lying(stubs.address) as (address, liar),
        Client(address, "hurt", create=False) as client,
    ):
        if when != "before":
            assert client.verify_all(expect=hashes)
            damage_a_frame(tmp_path / "data" / "hurt")
        report = client.verify_all(expect=hashes, progress=lambda *at: told.append(at))
        assert (report.verdict, report.anchor, report.checked) == ("failed", "hash", 10)
        assert set(report.counts) == {"segment"}
        assert report.counts["segment"] == len(report.findings)
        with Tracker(tmp_path / "data" / "hurt", read_only=True) as tracker:
            assert tracker.verify_all().counts == report.counts
        assert told[-1] == (10, 10)
        assert [done for done, _total in told] == sorted(done for done, _total in told)

        async def awaited() -> Report:
            async with AsyncClient(address, "hurt", create=False) as another:
                return await another.verify_all()

        assert asyncio.run(awaited()).counts == report.counts
        # That much a liar can hide: the events, though, are whole.
        fine = pb.VerifyLedgerResponse(report=pb.Report(verdict=pb.VERDICT_OK))
        liar.lies["VerifyLedger"] = lambda _messages: [fine]
        assert client.verify_all(expect=hashes)


def test_a_damaged_slot_is_logged_before_it_is_written_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    filled(tmp_path / "data" / "default", 3)
    flip(tmp_path / "data" / "default" / "DURABLE", 100)
    with serving(tmp_path / "data") as stubs:
        stubs.record("more")
        assert f"a slot of {tmp_path / 'data' / 'default' / 'DURABLE'} was damaged" in caplog.text
        with Client(stubs.address) as client:
            assert client.verify_all()


def test_a_broken_ledger_json_is_told_to_whom_it_concerns(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = tmp_path / "data" / "hurt"
    filled(place, 3)
    flip(place / "ledger.json", 5)
    with serving(tmp_path / "data") as stubs:
        found = refusal(lambda: stubs.record("more", ledger="hurt"))
        assert found.reason == "CORRUPT_LEDGER"
        assert str(tmp_path) not in str(found)
        with pytest.raises(CorruptLedgerError, match=r"ledger\.json is damaged") as caught:
            Client(stubs.address, "hurt")
    remedy = caught.value.remedy or ""
    assert "On the server's machine: Put the file back from a copy" in remedy
    assert "goes on" not in remedy
    assert "ledger.json is damaged. Put the file back from a copy" in caplog.text
    assert f"lineseal verify -l {place}" in caplog.text
    assert not re.search(r"read_only=|verify_all|for reading only", caplog.text)


def test_a_ledger_that_a_process_keeps_locked_is_unavailable_until_it_goes_on(
    tmp_path: Path, stuck: Callable[[Path], AbstractContextManager[subprocess.Popen[bytes]]]
) -> None:
    with serving(tmp_path / "data") as stubs:
        with stuck(tmp_path / "data" / "default") as other:
            asked = pb.RecordRequest(ledger="default", events=[dataset("more")])
            found = refusal(lambda: stubs.provenance.Record(asked, timeout=60))
            assert (found.code, found.reason) == ("UNAVAILABLE", "LEDGER_LOCKED")
            assert str(tmp_path) not in str(found)
            assert str(other.pid) not in str(found)
            assert "See the server's log" in found.metadata["remedy"]
            assert found.retry is not None
        (receipt,) = stubs.record("more")
        assert receipt.index == 1


def test_a_script_beside_the_server_records_into_the_same_ledger(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as stubs, Tracker(tmp_path / "data" / "default") as tracker:
        for at in range(0, 12, 2):
            (receipt,) = stubs.record(f"d{at}")
            assert receipt.index == at
            assert tracker.get(receipt.hash.hex()).payload["name"] == f"d{at}"
            assert tracker.record_dataset(name=f"d{at + 1}").index == at + 1
            assert numbers(stubs, "default").events == at + 2
        assert tracker.verify_all()


def test_a_directory_of_other_things_is_no_ledger(tmp_path: Path) -> None:
    photos = tmp_path / "data" / "photos"
    photos.mkdir(parents=True)
    (photos / "cat.jpg").write_bytes(b"cat")
    with serving(tmp_path / "data") as stubs:
        for call in (
            lambda: stubs.record("digits", ledger="photos"),
            lambda: stubs.ledgers.CreateLedger(pb.CreateLedgerRequest(ledger="photos")),
        ):
            found = refusal(call)
            assert found.code in {"FAILED_PRECONDITION", "NOT_FOUND"}
            assert found.reason in {"NOT_A_LEDGER", "LEDGER_NOT_FOUND"}
            assert str(tmp_path) not in str(found)
    assert [path.name for path in photos.iterdir()] == ["cat.jpg"]


def test_a_new_directory_gets_one_ledger_and_one_with_ledgers_none(tmp_path: Path) -> None:
    with serving(tmp_path / "new" / "data") as stubs:
        assert list(stubs.ledgers.ListLedgers(pb.ListLedgersRequest()).ledgers) == ["default"]
    filled(tmp_path / "old" / "runs", 1)
    with serving(tmp_path / "old") as stubs:
        assert list(stubs.ledgers.ListLedgers(pb.ListLedgersRequest()).ledgers) == ["runs"]
        assert numbers(stubs, "runs").events == 1


def test_a_data_directory_has_one_server_until_that_is_gone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Process(data) as first:
        first.stubs.record("digits")
        second = [*COMMAND, "--data", str(data)]
        done = subprocess.run(second, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stdout) == (4, "")
        assert f"another server serves {data}" in done.stderr
        assert "--data" in done.stderr
        first.popen.kill()
        first.popen.wait()
        with Process(data) as second_server:
            (receipt,) = second_server.stubs.record("more")
            assert receipt.index == 1


def test_ledgers_whose_names_cannot_be_served_are_named_at_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("runs.ledger", "Runs"):
        filled(tmp_path / name, 1)
    (tmp_path / "photos").mkdir()
    (tmp_path / "notes.txt").write_text("")
    with serving(tmp_path) as stubs:
        assert list(stubs.ledgers.ListLedgers(pb.ListLedgersRequest()).ledgers) == ["default"]
    (said,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    for word in ("'Runs', 'runs.ledger'", "[a-z0-9][a-z0-9-]{0,62}", "mv Runs runs"):
        assert word in said


def test_many_at_once_open_and_make_one_ledger(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as stubs, ThreadPoolExecutor(16) as pool:
        asked = pb.CreateLedgerRequest(ledger="runs")
        answers = list(pool.map(lambda _: stubs.ledgers.CreateLedger(asked), range(16)))
        assert sum(answer.created for answer in answers) == 1
        assert len({answer.ledger.id for answer in answers}) == 1
        list(pool.map(lambda at: stubs.record(f"d{at}", ledger="runs"), range(64)))
        assert numbers(stubs, "runs").events == 64


def test_names_that_clients_make_up_take_no_memory(tmp_path: Path) -> None:
    ledgers = Ledgers(str(tmp_path))
    for at in range(100):
        with pytest.raises(LookupError):
            ledgers.get(f"made-up-{at}")
    assert not ledgers._slots


def limit_files(pid: int, size: int) -> None:
    """No file of the process may grow beyond this."""
    hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))


def test_a_failed_ledger_is_opened_anew_when_the_disk_takes_data_again(process: Process) -> None:
    stubs, pid = process.stubs, process.popen.pid
    (first,) = stubs.record("first")
    limit_files(pid, 64 << 10)
    batches = [[f"{batch}-{at}" for at in range(500)] for batch in range(20)]
    failed = next(batch for batch in batches if not recorded(stubs, batch))
    found = refusal(lambda: stubs.record(*failed))
    assert found.reason in DISK
    assert found.retry is not None
    # Reading goes on meanwhile.
    asked = pb.GetEventRequest(ledger="default", name=pb.EventName(hash=first.hash))
    for _ in range(15):
        assert stubs.provenance.GetEvent(asked, timeout=TIMEOUT).event.index == 0
        time.sleep(0.1)
    limit_files(pid, resource.RLIM_INFINITY)
    assert until_recorded(stubs, failed)
    whole = pb.VerifyLedgerRequest(ledger="default")
    *_progress, last = stubs.provenance.VerifyLedger(whole, timeout=TIMEOUT)
    assert last.report.verdict == pb.VERDICT_OK
    assert numbers(stubs, "default").poisoned == ""
    assert process.stop() == 0


def recorded(stubs: Stubs, names: list[str]) -> bool:
    """Whether the batch was recorded; a refusal must be one of the disk."""
    try:
        stubs.record(*names)
        return True
    except grpc.RpcError as error:
        if told(error).reason not in DISK:
            raise
        return False


def until_recorded(stubs: Stubs, names: list[str]) -> bool:
    """Sends the same batch again until it is recorded."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if recorded(stubs, names):
            return True
        time.sleep(0.2)
    return False


def test_opening_anew_harms_no_call_in_flight(tmp_path: Path) -> None:
    with serving(tmp_path / "data", record_threads=8) as stubs:
        stubs.record("first")
        slot = stubs.server._ledgers.get("default")
        stop = threading.Event()
        errors: list[grpc.RpcError] = []

        def call(at: int) -> None:
            number = 0
            while not stop.is_set():
                number += 1
                try:
                    stubs.record(f"{at}-{number}")
                    stubs.provenance.ListEvents(pb.ListEventsRequest(ledger="default"))
                except grpc.RpcError as error:
                    errors.append(error)

        threads = [threading.Thread(target=call, args=(at,)) for at in range(6)]
        for thread in threads:
            thread.start()
        opened = []
        for _ in range(20):
            if (now := slot._opened) is not None:  # none while it is opened anew
                opened.append(now)
                now._failed_at = 0.0
            time.sleep(0.05)
        stop.set()
        for thread in threads:
            thread.join()
        assert errors == []
        assert len(set(map(id, opened))) > 5
        assert numbers(stubs, "default").events > 20


def test_a_ledger_that_cannot_be_closed_keeps_no_other_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = Ledgers(str(tmp_path))
    served.prepare()
    default, other = served.get("default"), served.create("other")[0]

    def failing() -> None:
        raise StorageError("the disk is gone")

    monkeypatch.setattr(default.open(), "close", failing)
    with pytest.raises(StorageError):
        served.close()
    with pytest.raises(LedgerClosedError):
        other.stats()
    monkeypatch.undo()
    served.close()
    Ledgers(str(tmp_path)).prepare()


def test_a_directory_that_is_itself_a_ledger_is_refused(tmp_path: Path) -> None:
    Tracker(tmp_path / "runs").close()
    with (
        pytest.raises(InvalidArgumentError, match="is itself a ledger"),
        serving(tmp_path / "runs"),
    ):
        pass
    assert not (tmp_path / "runs" / "default").exists()
