"""What was logged is recorded once, whatever dies: this process, the server, the disk."""

from __future__ import annotations

import os
import resource
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lineseal import PredictionLogger, StorageFullError, open_ledger
from lineseal.logger import draining, sender
from lineseal.logger import logger as logger_module
from spooling import VICTIM, Place, Service, child, killed, names, seqs
from strace import need_strace

Make = Callable[..., PredictionLogger]

NOBODY = "grpc://127.0.0.1:9/default"


@pytest.mark.parametrize("age", [3600, 0.001])
def test_kill_9_after_log_returned_loses_nothing(
    place: Place, spool: Path, logging_to: Make, age: float
) -> None:
    hashes = killed(place, spool, 300, age)
    logger = logging_to()
    hashes.append(logger.log(output="mine"))
    end = time.monotonic() + 20
    while len(names(place)) < len(hashes) and time.monotonic() < end:
        time.sleep(0.05)
    assert sorted(names(place)) == sorted(hashes)
    assert logger.close()
    assert list(spool.iterdir()) == []
    assert all(numbers == sorted(numbers) for numbers in seqs(place.predictions()).values())
    assert logger.stats()["adopted"] == 1


def test_a_spool_of_a_process_that_lives_is_left_alone(
    place: Place, spool: Path, logging_to: Make
) -> None:
    with child(VICTIM, place.address, place.model, spool, 5, 3600) as process:
        assert process.stdout is not None
        for _ in range(5):
            process.stdout.readline()
        logger = logging_to()
        logger.log(output="mine")
        assert logger.flush(10)
        assert len(place.predictions()) == 1
        assert logger.stats()["adopted"] == 0
        process.communicate(timeout=20)
    assert len(place.predictions()) == 6  # It closed its logger at its end.


def test_a_spool_for_another_ledger_is_left_alone(
    place: Place, spool: Path, logging_to: Make
) -> None:
    killed(Place(NOBODY, place.model), spool, 3)
    logger = logging_to()
    logger.log(output="mine")
    assert logger.close()
    assert len(place.predictions()) == 1
    assert len(list(spool.iterdir())) == 1


def test_rows_wait_for_a_server_that_is_down(service: Service, spool: Path) -> None:
    with PredictionLogger(
        service.address, service.model, spool=spool, batch_age=0.02, timeout=0.5
    ) as logger:
        hashes = [logger.log(output=0)]
        assert logger.flush(10)
        service.kill()
        hashes += [logger.log(output=i) for i in range(1, 50)]
        assert logger.flush(1) is False
        told = logger.stats()
        assert (told["logged"], told["depth"]) == (50, 49)
        assert "ServiceUnavailableError" in told["error"]
        assert told["age"] > 0.5
        service.start()
        assert logger.flush(20)
        told = logger.stats()
        assert (told["depth"], told["sent"], told["error"]) == (0, 50, None)
        assert told["resent"] >= 49
    assert names(service.place) == hashes


def test_a_logger_begins_while_the_server_is_down(service: Service, spool: Path) -> None:
    service.kill()
    with PredictionLogger(service.address, service.model, spool=spool, timeout=0.5) as logger:
        hash = logger.log(output=0)
        service.start()
        assert logger.flush(20)
    assert names(service.place) == [hash]


def test_log_never_waits_for_the_network(spool: Path) -> None:
    logger = PredictionLogger(NOBODY, "ab" * 32, spool=spool, timeout=0.5, batch_age=0.01)
    logger.log(output=0)
    slow = 0
    for i in range(2_000):
        start = time.perf_counter()
        logger.log(output=i)
        slow += time.perf_counter() - start > 0.1
    assert slow < 10  # A call to the server takes half a second here, and ends so every time.
    logger.close(0)


def test_closing_while_the_server_is_down_ends_in_time_and_keeps_the_rows(
    service: Service, spool: Path, logging_to: Make
) -> None:
    logger = PredictionLogger(service.address, service.model, spool=spool, timeout=30)
    hash = logger.log(output=0)
    service.kill()
    logger.log(output=1)
    start = time.monotonic()
    assert logger.close(0.3) is False
    assert time.monotonic() - start < 8
    assert logger.close() is False  # And it waits no more.
    service.start()
    again = logging_to(service.address, service.model)
    again.log(output=2)
    assert again.close(20)
    assert hash in names(service.place)
    assert sorted(event.payload["output"] for event in service.place.predictions()) == [0, 1, 2]


def test_durability_disk_syncs_before_log_returns_and_shares_syncs(
    place: Place, spool: Path, logging_to: Make
) -> None:
    logger = logging_to(durability="disk")
    threads = [
        threading.Thread(target=lambda: [logger.log(output=i) for i in range(40)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert logger.close()
    assert seqs(place.predictions()) == {logger.stream: list(range(320))}


def rows_file(spool: Path) -> Path:
    [file] = spool.glob("*/0000000000.rows")
    return file


def test_a_torn_row_at_the_end_of_a_spool_is_passed_over(
    place: Place, spool: Path, logging_to: Make
) -> None:
    hashes = killed(place, spool, 4)
    file = rows_file(spool)
    os.truncate(file, file.stat().st_size - 7)
    logger = logging_to()
    logger.log(output="mine")
    assert logger.close()
    assert set(hashes[:3]) < set(names(place))
    assert len(names(place)) == 4
    assert len(list((spool / "damaged").iterdir())) == 1


def test_damage_within_a_spool_costs_the_rows_it_hits_and_is_told_as_a_gap(
    place: Place, spool: Path, logging_to: Make
) -> None:
    hashes = killed(place, spool, 6)
    file = rows_file(spool)
    raw = bytearray(file.read_bytes())
    length = 12 + struct.unpack_from("<I", raw, 4)[0]
    raw[2 * length + 40] ^= 1
    file.write_bytes(raw)
    logger = logging_to()
    logger.log(output="mine")
    assert logger.close()
    found = names(place)
    assert [hash for hash in hashes if hash not in found] == [hashes[2]]
    [gap] = place.gaps()
    assert (gap["first_seq"], gap["last_seq"], gap["reason"]) == (2, 2, "spool damaged")
    assert gap["stream"] != logger.stream
    assert (spool / "damaged").stat().st_mode & 0o777 == 0o700


def test_rows_behind_more_damage_than_is_read_at_once_are_sent(
    place: Place, spool: Path, logging_to: Make
) -> None:
    hashes = killed(place, spool, 6)
    file = rows_file(spool)
    file.write_bytes(bytes(3 << 20) + file.read_bytes())
    logger = logging_to()
    hashes.append(logger.log(output="mine"))
    assert logger.close()
    assert sorted(names(place)) == sorted(hashes)
    assert len(list((spool / "damaged").iterdir())) == 1


@pytest.mark.parametrize("harm", [b"", b"\xff" * 20, b"\0" * 7])
def test_without_a_readable_place_rows_are_sent_again_and_recorded_once(
    place: Place, spool: Path, logging_to: Make, harm: bytes
) -> None:
    hashes = killed(place, spool, 20, age=0.001)
    [acked] = spool.glob("*/acked")
    acked.write_bytes(harm)
    logger = logging_to()
    logger.log(output="mine")
    assert logger.close()
    found = names(place)
    assert set(hashes) < set(found)
    assert len(found) == 21


def test_a_full_disk_is_told_to_the_caller_and_rows_before_and_after_are_whole(
    place: Place, tmp_path: Path, mount: Callable[[Path, str], Path], logging_to: Make
) -> None:
    disk = mount(tmp_path / "disk", "256k")
    disk.chmod(0o700)
    logger = logging_to(spool=disk, batch_age=3600)
    hashes = []
    with pytest.raises(StorageFullError, match="No space left"):
        hashes.extend(iter(lambda: logger.log(output="x" * 3_000), ""))
    assert logger.flush(10)
    hashes.append(logger.log(output="after"))
    assert logger.close()
    assert names(place) == hashes
    assert seqs(place.predictions()) == {logger.stream: list(range(len(hashes)))}


@pytest.mark.parametrize("mode", ["drop", "block"])
def test_a_full_disk_is_a_full_spool(
    place: Place,
    tmp_path: Path,
    mount: Callable[[Path, str], Path],
    logging_to: Make,
    mode: str,
) -> None:
    disk = mount(tmp_path / "disk", "256k")
    disk.chmod(0o700)
    filler = disk / "filler"
    filler.write_bytes(b"x" * (128 << 10))
    logger = logging_to(spool=disk, batch_age=3600, when_full=mode)
    # What was sent makes room; until then rows wait, or are dropped.
    hashes = [logger.log(output="x" * 3_000) for _ in range(100)]
    filler.unlink()
    hashes.append(logger.log(output="after"))
    assert logger.close()
    assert names(place) == [hash for hash in hashes if hash]
    assert len(names(place)) > 30
    assert (mode == "drop") >= ("" in hashes)
    assert sum(gap["count"] for gap in place.gaps()) == hashes.count("")


@pytest.mark.parametrize("room", [0, 400])
def test_a_spool_that_cannot_be_begun_leaves_nothing_open_or_behind(
    spool: Path, logging_to: Make, room: int
) -> None:
    logger = logging_to()
    open_before = len(os.listdir("/proc/self/fd"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        for _ in range(5):
            with pytest.raises(StorageFullError):
                logger.log(output=1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert len(os.listdir("/proc/self/fd")) == open_before
    assert list(spool.iterdir()) == []
    assert logger.log(output=1)
    assert logger.close()


def test_rows_for_which_there_was_no_spool_yet_are_dropped_and_told(
    place: Place, spool: Path, logging_to: Make
) -> None:
    logger = logging_to(when_full="drop")
    with no_room_in_files():
        assert [logger.log(output=i) for i in range(5)] == [""] * 5
        assert logger.stats()["dropped"] == 5
    end = time.monotonic() + 10
    while not (hash := logger.log(output="after")) and time.monotonic() < end:
        time.sleep(0.05)
    assert logger.flush(10)
    [event] = place.predictions()
    dropped = event.payload["seq"]
    assert (event.hash, dropped >= 5) == (hash, True)
    [gap] = place.gaps()
    assert (gap["first_seq"], gap["last_seq"], gap["reason"]) == (0, dropped - 1, "spool full")
    told = logger.stats()
    assert (told["dropped"], told["logged"], told["depth"]) == (dropped, 1, 0)
    assert logger.close()
    assert logger.close()


def test_drops_before_there_was_a_spool_are_told_when_the_logger_closes(
    place: Place, spool: Path, logging_to: Make, caplog: pytest.LogCaptureFixture
) -> None:
    logger, other = logging_to(when_full="drop"), logging_to(when_full="drop")
    with no_room_in_files():
        assert logger.log(output=1) == other.log(output=1) == ""
        assert other.close() is False
    assert "no gap tells of the rows" in caplog.text
    time.sleep(logger_module.NO_ROOM)
    assert logger.close()
    assert [(gap["first_seq"], gap["last_seq"]) for gap in place.gaps()] == [(0, 0)]


def test_a_caller_waits_for_a_spool(place: Place, logging_to: Make) -> None:
    logger = logging_to(when_full="block")
    hashes: list[str] = []
    thread = threading.Thread(target=lambda: hashes.append(logger.log(output=1)))
    with no_room_in_files():
        thread.start()
        thread.join(0.7)
        assert thread.is_alive()
    thread.join(5)
    assert logger.close()
    assert names(place) == hashes


def test_a_caller_who_is_told_that_there_is_no_room_for_a_spool_is_counted(
    logging_to: Make,
) -> None:
    logger = logging_to()
    with no_room_in_files(), pytest.raises(StorageFullError):
        logger.log(output=1)
    assert logger.stats()["raised"] == 1
    assert logger.log(output=2)
    assert logger.stats()["raised"] == 1


@contextmanager
def no_room_in_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_bytes_are_those_that_wait(logging_to: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    logger = logging_to(batch_age=0.01)
    logger.log(output="x" * 10_000)
    assert logger.flush(10)
    assert logger.stats()["bytes"] == 0
    monkeypatch.setattr(logger._target, "record", lambda _: 1 / 0)
    logger.log(output="x" * 10_000)
    assert 10_000 < logger.stats()["bytes"] < 10_300
    monkeypatch.undo()


def test_the_name_of_a_segment_that_begins_anew_is_durable_before_its_rows(
    place: Place, spool: Path, tmp_path: Path
) -> None:
    program = """
import sys
from lineseal import PredictionLogger
logger = PredictionLogger(sys.argv[1], (), spool=sys.argv[2], durability="disk", batch_age=0.01)
for _ in range(3):
    logger.log(output="x" * 900_000)
    logger.flush(10)
"""
    need_strace()
    calls = tmp_path / "calls"
    strace = ["strace", "-f", "-y", "-qq", "-o", calls, "-e", "trace=rename,fsync,fdatasync"]
    run = [*strace, sys.executable, "-c", program, place.address, spool]
    subprocess.run(run, check=True, timeout=60)
    lines = calls.read_text().splitlines()
    renamed = [i for i, line in enumerate(lines) if line.count(".rows") == 2 and "rename(" in line]
    assert len(renamed) >= 1
    for i in renamed:
        of_spool = [line for line in lines[i + 1 :] if f"{spool}/" in line]
        assert "fsync(" in of_spool[0]
        assert ".rows" not in of_spool[0]


def test_drops_that_cannot_be_noted_when_the_logger_closes_are_kept(
    place: Place, spool: Path, logging_to: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    logger = logging_to(spool_bytes=64 << 10, when_full="drop", batch_age=3600)
    logger.log(output=0)
    monkeypatch.setattr(sender, "gap", lambda *_: no_room())
    while logger.log(output="x" * 8_000):
        pass
    assert logger.close() is False
    with draining.opened(open_ledger) as ledgers:
        [done] = draining.drain(spool, ledgers, None)
    assert done.error is None
    assert [gap["stream"] for gap in place.gaps()] == [logger.stream]


def no_room() -> bytes:
    raise StorageFullError("no room for a gap")


def test_an_ordinary_end_of_the_program_sends_what_is_left(place: Place, spool: Path) -> None:
    with child(VICTIM, place.address, place.model, spool, 7, 3600) as process:
        process.communicate(timeout=20)
        assert process.returncode == 0
    assert len(place.predictions()) == 7
    assert list(spool.iterdir()) == []


def test_ctrl_c_while_the_spool_is_full_is_heard(place: Place, spool: Path) -> None:
    program = """
import sys, signal
from lineseal import PredictionLogger
logger = PredictionLogger(sys.argv[1], sys.argv[2], spool=sys.argv[3], spool_bytes=65536,
    when_full="block", batch_age=3600, timeout=0.3)
print("begun", flush=True)
try:
    while True:
        logger.log(output="x" * 1000)
except KeyboardInterrupt:
    print("heard", flush=True)
logger.close(0)
"""
    with child(program, NOBODY, place.model, spool) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        time.sleep(1.0)
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "heard\n"
        process.communicate(timeout=20)


def test_what_a_killed_process_had_sent_is_sent_again_and_recorded_once(
    service: Service, spool: Path, logging_to: Make
) -> None:
    hashes = killed(service.place, spool, 200, age=0.001)
    logger = logging_to(service.address, service.model)
    logger.log(output="mine")
    assert logger.close()
    with open_ledger(service.address) as ledger:
        assert len(ledger) == 1 + 200 + 1
    assert set(hashes) < set(names(service.place))
