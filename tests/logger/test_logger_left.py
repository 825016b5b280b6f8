"""What a program that ends without its ledger says of the rows that it leaves behind."""

import logging
from pathlib import Path

import pytest
from lineseal import PredictionLogger

NOBODY = "grpc://127.0.0.1:1/default"


def test_a_logger_says_which_rows_it_leaves(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    logger = PredictionLogger(NOBODY, (), spool=tmp_path / "spool")
    for i in range(2):
        logger.log(output=i)
    with caplog.at_level(logging.WARNING, "lineseal.logger"):
        assert not logger.close(timeout=0.1)
        assert not logger.close(timeout=0.1)
    said = [text for text in caplog.messages if "left in the spool" in text]
    assert len(said) == 1
    assert said[0].startswith("2 rows are left")
    assert str(tmp_path / "spool") in said[0]
    assert "lineseal spool drain" in said[0]


def test_a_logger_that_leaves_nothing_says_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    logger = PredictionLogger(NOBODY, (), spool=tmp_path / "spool")
    assert logger.close(timeout=0.1)
    assert "left in the spool" not in caplog.text
