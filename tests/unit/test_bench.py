"""The benchmarks run, at a tiny size, and print the keys that others read. No time is asserted."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from lineseal import Tracker, _core
from lineseal.v1.provenance_pb2 import RecordResponse

from bench import __main__ as bench
from bench import blocks, columns, curves, growth, large, load, machine, memory, rpc, stores, stream
from bench.baselines import bare_sha256, hashlib_verify
from bench.baselines.sqlite_baseline import SqliteStore

KEYS = {
    "ingest": {
        "blocks_vs_sqlite",
        "records_vs_sqlite",
        *(["columns_vs_records"] if columns.measurable() else []),
        "ingest_growth",
        "blocks_vs_raw_write",
        "settled_vs_raw_write",
        "last_vs_first_million",
    },
    "verify": {
        "vs_hashlib",
        "verify_growth",
        "chain_all_vs_once",
        "per_core_vs_sha256",
        "get_vs_sqlite",
    },
    "trace": {"trace_growth"},
    "logger": {"log_vs_by_hand", "log_vs_by_hand_down", "logger_vs_record_many"},
    "rpc": {
        "batch_vs_sqlite_servicer",
        "batch_vs_echo",
        "single_vs_noop",
        "single_vs_waiting",
        "drafts_vs_blocks",
    },
}
WORKLOAD = blocks.Workload(3000)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "MOST", 2)
    monkeypatch.setattr(machine, "hashes_in_hardware", lambda: True)
    # Its program takes a minute to compile for release; clippy and the figures compile it.
    monkeypatch.setattr(bare_sha256, "build", lambda: None)
    monkeypatch.setattr(bare_sha256, "seconds", lambda paths: hashlib_verify.verify(paths) / 1e6)


@pytest.mark.parametrize("name", KEYS)
def test_the_last_line_of_json_has_the_keys_of_the_bench(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [name, "--events", "2000", "--rounds", "1", "--json", "--folder", str(tmp_path)]
    assert bench.main(arguments) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["bench"], set(last["ratios"])) == (name, KEYS[name])
    assert all(rate > 0 for rate in last["rates"].values())
    assert not list(tmp_path.iterdir()), "stores were left behind"


def test_growth_has_its_values_and_draws(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "KILLS", 1)
    places = ["--folder", str(tmp_path / "work"), "--draw", str(tmp_path / "drawn")]
    size = ["--events", "3000", "--rounds", "1"]
    assert bench.main(["growth", *size, "--json", *places]) == 0
    out = capsys.readouterr().out
    last = json.loads(out.splitlines()[-1])
    assert set(last["ratios"]) == {"last_vs_first_step", "rebuild_vs_read"}
    assert 37 < last["values"]["bytes_beyond_blocks"] < 200
    assert last["values"]["peak_mib"] > 1
    walked = {line.split("  ")[1] for line in out.splitlines() if line.startswith("  ")}
    assert walked >= {"hub: impact", "hub: find, gRPC", "chain: trace", "chain: trace, gRPC"}
    assert "lineseal" in (tmp_path / "drawn" / curves.NAME).read_text()
    assert not list((tmp_path / "work").iterdir()), "stores were left behind"


def test_a_limit_on_memory_ends_a_run(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    stream.write(tmp_path / "blocks", 1_000)
    with pytest.raises(SystemExit, match=r"held to 8 MiB, ended with status"):
        memory.last(
            large.WORK,
            "fill",
            "lineseal",
            tmp_path / "l",
            tmp_path / "blocks",
            1000,
            9,
            most=8 << 20,
        )


def test_a_disk_that_is_too_small_is_said_before(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"needs some .* GB below .*; choose another disk"):
        bench.main(["ingest", "--events", str(10**12), "--folder", str(tmp_path)])


def test_a_debug_build_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine.core, "build_profile", "debug")
    with pytest.raises(SystemExit, match="debug build; run `make build`"):
        bench.main(["trace"])


def test_nothing_is_measured_without_sha_instructions(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(machine, "hashes_in_hardware", lambda: False)
    assert bench.main(["ingest"]) == 0
    assert "not measured" in capsys.readouterr().out


def test_a_filled_template_is_what_the_codec_encodes() -> None:
    flat = [prediction for batch in WORKLOAD.predictions for prediction in batch]
    made = [block for batch in WORKLOAD.batches for block in batch]
    assert made[::97] == [blocks.encode(prediction) for prediction in flat[::97]]
    assert {len(block) for block in made} == {blocks.SIZE}


def test_one_block_in_a_hundred_is_of_an_earlier_batch() -> None:
    first, second, third = (set(batch) for batch in WORKLOAD.batches)
    assert (len(first), len(second & first), len(third & (first | second))) == (1000, 10, 10)


def test_a_stream_has_the_proportions_of_the_workload(tmp_path: Path) -> None:
    stream.write(tmp_path / "blocks", 3_500)
    made = list(stream.batches(tmp_path / "blocks"))
    first, second, _third, fourth = (set(batch) for batch in made)
    assert [len(batch) for batch in made] == [1000, 1000, 1000, 500]
    assert (len(first), len(second & first), len(fourth - set().union(*made[:3]))) == (
        1000,
        10,
        495,
    )
    assert list(stream.batches(tmp_path / "blocks", 1000, 1500)) == [made[1], made[2][:500]]
    with Tracker() as tracker:
        for some in (*stores.portions(stream.parents()), *made):
            tracker.record_blocks(some)
        assert len(tracker) == len(stream.parents()) + len(set().union(*made))


def test_record_objects_make_the_same_blocks(tmp_path: Path) -> None:
    with closing(stores.Records(tmp_path / "ledger")) as store:
        stores.record_all(store, WORKLOAD.parents)
        receipts = store.record(stores.record_objects(WORKLOAD)[0])
    names = [blocks.digest(block).hex() for block in WORKLOAD.batches[0]]
    assert [receipt.hash for receipt in receipts] == names


def test_columns_make_the_same_blocks(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    table, rows = columns.arguments(WORKLOAD)
    with closing(columns.Columns(tmp_path / "ledger")) as store:
        stores.record_all(store, WORKLOAD.parents)
        receipts = store.record([table])
    assert rows == len(receipts)
    expected = {blocks.digest(block) for batch in WORKLOAD.batches for block in batch}
    assert {bytes.fromhex(receipt.hash) for receipt in receipts} == expected


def test_the_sqlite_baseline_knows_duplicates_and_missing_parents(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "db")
    with pytest.raises(KeyError):
        store.record(WORKLOAD.batches[0])
    stores.record_workload(store, WORKLOAD)
    again = store.record(WORKLOAD.batches[0])
    assert again == list(range(len(WORKLOAD.parents), len(WORKLOAD.parents) + 1000))
    assert store.get(blocks.digest(WORKLOAD.batches[2][5])) == WORKLOAD.batches[2][5]
    store.close()


def test_the_hashlib_baseline_sees_a_flipped_bit(tmp_path: Path) -> None:
    with Tracker(tmp_path / "l") as tracker:
        tracker.record_blocks(WORKLOAD.parents[:100])
    (segment,) = (tmp_path / "l/segments").iterdir()
    assert hashlib_verify.verify([segment]) == 101, "100 events and the segment's header"
    data = bytearray(segment.read_bytes())
    data[data.index(b"hot-50")] ^= 1
    segment.write_bytes(data)
    with pytest.raises(ValueError, match="does not have its hash"):
        hashlib_verify.verify([segment])


def test_drafts_over_the_wire_are_the_same_events_as_blocks() -> None:
    with Tracker() as tracker:
        for some in stores.portions(WORKLOAD.parents):
            tracker.record_blocks(some)
        by_block, by_draft = (
            RecordResponse.FromString(
                _core.record_request(tracker._ledger, rpc.LEDGER, request, limit=1 << 22)
            ).receipts
            for request in (
                rpc.request(WORKLOAD.batches[0]),
                rpc.drafted(WORKLOAD.predictions[0]),
            )
        )
    assert {receipt.created for receipt in by_block} == {True}
    assert {receipt.created for receipt in by_draft} == {False}
    assert [receipt.hash for receipt in by_block] == [receipt.hash for receipt in by_draft]


def test_the_clients_together_send_every_request_once(tmp_path: Path) -> None:
    made = [rpc.request([block]) for block in WORKLOAD.batches[0][:10]]
    files = rpc.requests_in(tmp_path / "some", made)
    assert len(files) == rpc.CLIENTS
    assert sorted(each for file in files for each in load.read(file)) == sorted(made)


def test_a_client_that_fails_is_no_result(tmp_path: Path) -> None:
    (file,) = rpc.requests_in(tmp_path / "some", [b"no request"], clients=1)
    with rpc.serving(rpc.SQLITE, str(tmp_path)) as (address, process):
        assert machine.processor_time(process) > 0
        with pytest.raises(SystemExit, match=r"a client of .* failed"):
            rpc.loaded(address, [file], 1)
