"""A ledger that is only read: never written, never made."""

from __future__ import annotations

from pathlib import Path

import pytest
from lineseal import DatasetRecord, LedgerNotFoundError, ReadOnlyError, Tracker


def test_recording_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "runs.ledger"
    with Tracker(path) as writer:
        block = writer.get(writer.record_dataset(name="a")).block
    files = {p: p.read_bytes() for p in path.rglob("*") if p.is_file()}
    with Tracker(path, read_only=True) as reader:
        for call in (
            lambda: reader.record_dataset(name="b"),
            lambda: reader.record_many([DatasetRecord(name="b")]),
            lambda: reader.record_blocks([block]),
            lambda: reader.record_json(['{"type": "dataset", "record": {"name": "b"}}']),
        ):
            with pytest.raises(ReadOnlyError) as caught:
                call()
            assert caught.value.remedy
        assert len(reader) == 1
    assert {p: p.read_bytes() for p in path.rglob("*") if p.is_file()} == files


@pytest.mark.parametrize("options", [{"read_only": True}, {"create": False}])
def test_a_ledger_that_is_not_there_is_not_made(tmp_path: Path, options: dict[str, bool]) -> None:
    path = tmp_path / "typo.ledger"
    with pytest.raises(LedgerNotFoundError) as caught:
        Tracker(path, **options)
    assert "typo.ledger" in str(caught.value)
    assert not path.exists()


def test_a_reader_beside_the_writer_sees_what_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "runs.ledger"
    with Tracker(path) as writer:
        first = writer.record_dataset(name="a")
        with Tracker(path, read_only=True) as reader:
            assert reader.get(first).payload == {"name": "a"}
