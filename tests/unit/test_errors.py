"""The classes of errors are a total map over the core's table."""

from __future__ import annotations

import pickle

import lineseal
import pytest
from lineseal import _core, errors

TABLE = _core.error_table()


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_every_row_has_its_class(row: tuple[str, str, str, int, bool, str]) -> None:
    name, class_name, grpc, exit_code, retry, _meaning = row
    cls = getattr(errors, class_name)
    assert issubclass(cls, lineseal.LinesealError)
    assert (cls.code, cls.grpc_status, cls.exit_code) == (name, grpc, exit_code)
    assert cls.retry == retry
    assert cls.__doc__
    assert getattr(lineseal, class_name) is cls


def test_every_class_has_its_row() -> None:
    assert {row[1] for row in TABLE} == set(errors.__all__) - {"LinesealError"}


def test_errors_are_what_python_programmers_catch() -> None:
    for cls in (errors.InvalidRecordError, errors.InvalidArgumentError, errors.EncodingError):
        assert issubclass(cls, ValueError)
    for cls in (errors.ParentNotFoundError, errors.EventNotFoundError, errors.LedgerNotFoundError):
        assert issubclass(cls, LookupError)
    assert issubclass(errors.LedgerTimeoutError, TimeoutError)


def test_an_error_reads_as_what_where_and_what_to_do() -> None:
    error = errors.InvalidRecordError(
        "name is required", path="payload.name", position=3, hash="ab", remedy="Give a name"
    )
    assert str(error) == "name is required (at payload.name, position 3, event ab). Give a name"
    assert str(errors.StorageError("disk gone")) == "disk gone"


def test_errors_survive_pickling() -> None:
    error = errors.ParentNotFoundError("no parent", hash="ab", position=1, remedy="Record it")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is errors.ParentNotFoundError
    assert (str(again), again.hash, again.position) == (str(error), "ab", 1)
