"""What the kernel is asked for, and when: no acknowledgement before a completed fdatasync."""

import os
from pathlib import Path

import strace

RECORDER = Path(__file__).with_name("recorder.py")
TRACED = "trace=write,pwrite64,pwritev,pwritev2,fdatasync,fsync,rename,renameat,renameat2"


def life(tmp_path: Path, batches: int) -> tuple[Path, list[strace.Call]]:
    """A process creates a ledger and records, watched."""
    strace.need_strace()
    ledger, log = tmp_path / "above" / "ledger", tmp_path / "strace.log"
    args = (str(ledger), "x", str(batches), "1")
    done = strace.run(RECORDER, *args, options=("-e", TRACED), log=log)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == batches
    return ledger, strace.calls(log)


def acknowledgements(calls: list[strace.Call]) -> list[strace.Call]:
    return [call for call in calls if call.name == "write" and '"x-0-' in call.args]


def test_the_segment_is_synced_between_write_and_acknowledgement(tmp_path: Path) -> None:
    _, calls = life(tmp_path, batches=20)
    segment = [call for call in calls if ".car>" in call.args]
    writes = [call for call in segment if call.name.startswith("pwrite")]
    syncs = [call for call in segment if call.name == "fdatasync" and call.result == "0"]
    told = acknowledgements(calls)
    assert len(told) == 20
    before = -1
    for acknowledgement in told:
        written = [c.done for c in writes if before < c.begun and c.done < acknowledgement.begun]
        assert written, f"nothing was written for {acknowledgement.args}"
        synced = [c for c in syncs if max(written) < c.begun and c.done < acknowledgement.begun]
        assert synced, f"{acknowledgement.args} was told before its bytes were synced"
        before = acknowledgement.done


def synced_before(calls: list[strace.Call], told: strace.Call) -> set[str]:
    """The directories whose fsync was done before something was told."""
    return {
        os.path.realpath(call.args.split("<", 1)[1].rsplit(">", 1)[0])
        for call in calls
        if call.name == "fsync" and call.result == "0" and call.done < told.begun
    }


def test_every_new_name_is_synced_before_the_first_acknowledgement(tmp_path: Path) -> None:
    ledger, calls = life(tmp_path, batches=1)
    (told,) = acknowledgements(calls)
    needed = [tmp_path, ledger.parent, ledger, ledger / "segments"]
    assert {str(path) for path in needed} <= synced_before(calls, told)
    renamed = [c for c in calls if c.name.startswith("rename") and "ledger.json" in c.args]
    contents = [c for c in calls if c.name == "fdatasync" and "ledger.json" in c.args]
    assert contents[0].done < renamed[0].begun, "ledger.json was named before it was written"


def test_a_directory_that_someone_else_made_is_synced_where_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "above" / "ledger").mkdir(parents=True)
    ledger, calls = life(tmp_path, batches=1)
    (told,) = acknowledgements(calls)
    assert str(ledger.parent) in synced_before(calls, told)
