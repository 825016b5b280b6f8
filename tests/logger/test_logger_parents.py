"""What a logger is told about the ledger and the parents, and when it is found wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lineseal import (
    AmbiguousHashError,
    Client,
    EventNotFoundError,
    InvalidArgumentError,
    LedgerNotFoundError,
    ModelRecord,
    PredictionLogger,
    ReadOnlyError,
    ServiceUnavailableError,
    Tracker,
)
from spooling import Place

Make = Callable[..., PredictionLogger]
NOBODY = "grpc://127.0.0.1:9/default"


@pytest.mark.parametrize("name", ["model:digits-lr@1.0", "model:digits-lr"])
def test_a_model_is_found_by_its_name(place: Place, logging_to: Make, name: str) -> None:
    assert logging_to(parents=name).parents == ((place.model, ""),)


def test_a_deployment_is_found_by_its_name(place: Place, logging_to: Make) -> None:
    with Tracker(place.address) as tracker:
        deployment = tracker.record_deployment(name="api", parents=place.model)
    assert logging_to(parents="deployment:api").parents == ((deployment.hash, ""),)


def test_a_name_of_several_is_refused_with_all_of_them(place: Place, logging_to: Make) -> None:
    with Tracker(place.address) as tracker:
        other = tracker.record_model(name="digits-lr", version="2.0")
    with pytest.raises(AmbiguousHashError) as caught:
        logging_to(parents="model:digits-lr")
    assert place.model in str(caught.value)
    assert f"model:digits-lr@2.0 {other.hash} (recorded " in str(caught.value)
    assert caught.value.field == "parents"


def test_a_name_that_is_not_there_is_refused_with_what_is(place: Place, logging_to: Make) -> None:
    def said(parents: str) -> str:
        with pytest.raises(EventNotFoundError) as caught:
            logging_to(parents=parents)
        return str(caught.value)

    assert "There is no deployment at all" in said("deployment:api")
    with Tracker(place.address) as tracker:
        tracker.record_deployment(name="shop", stage="test", parents=place.model)
        tracker.record_model(name="other")
    assert said("deployment:api").endswith("There is deployment:shop (test)")
    assert said("model:digits-lr@9").endswith("There is model:digits-lr@1.0")
    assert said("model:nobody@9").endswith("There is model:digits-lr@1.0, model:other")
    with Tracker(place.address) as tracker:
        tracker.record_many(ModelRecord(name="many", version=f"{i}") for i in range(11))
    assert said("model:many@x").count("model:many@") == 1 + 10
    assert said("model:many@x").endswith(", and more")


def test_roles_and_several_parents(place: Place, logging_to: Make) -> None:
    with Tracker(place.address) as tracker:
        data = tracker.record_dataset(name="features")
    logger = logging_to(parents={"model": place.model, "features": [data]})
    assert set(logger.parents) == {(place.model, "model"), (data.hash, "features")}
    logger.log(output=1)
    assert logger.flush(10)
    [event] = place.predictions()
    assert dict(zip(event.parents, event.roles, strict=True)) == {
        place.model: "model",
        data.hash: "features",
    }


@pytest.mark.parametrize(
    ("parents", "error", "said"),
    [
        ("model:nobody@1", EventNotFoundError, "the ledger holds no model:nobody@1"),
        ("deployment:nowhere", EventNotFoundError, "deployment:nowhere"),
        ("run:7", InvalidArgumentError, "of no known kind"),
        ("model:", InvalidArgumentError, "of no known kind"),
        ("digits-lr@1.0", InvalidArgumentError, "model:digits-lr@1.0"),
        ("ab" * 32, EventNotFoundError, "abab"),
        (7, InvalidArgumentError, "not text"),
        ({7: "model:digits-lr"}, InvalidArgumentError, "a role"),
        (["model:digits-lr", None], InvalidArgumentError, "not text"),
    ],
)
def test_parents_that_are_none_are_refused_when_the_logger_is_made(
    logging_to: Make, parents: Any, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        logging_to(parents=parents)


def test_no_parents_on_purpose(place: Place, logging_to: Make) -> None:
    logger = logging_to(parents=())
    logger.log(output=1)
    assert logger.flush(10)
    assert place.predictions()[0].parents == ()


def test_all_can_come_from_the_environment(
    place: Place, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINESEAL_TARGET", place.address)
    monkeypatch.setenv("LINESEAL_PARENTS", "model=model:digits-lr@1.0")
    monkeypatch.setenv("LINESEAL_SPOOL", str(spool))
    with PredictionLogger() as logger:
        assert logger.parents == ((place.model, "model"),)
        logger.log(output=1)
        assert [path.is_dir() for path in spool.iterdir()] == [True]
    assert len(place.predictions()) == 1


def test_a_service_and_its_ledger_are_named_apart_or_together(
    service: Any, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def target(*given: Any, **more: Any) -> str | None:
        with PredictionLogger(*given, parents=service.model, spool=spool, **more) as logger:
            return logger._target.address

    monkeypatch.setenv("LINESEAL_TARGET", f"grpc://{service.listen}")
    monkeypatch.setenv("LINESEAL_LEDGER", "default")
    assert target() == target(service.listen, ledger="default") == service.address
    monkeypatch.delenv("LINESEAL_TARGET")
    monkeypatch.setenv("LINESEAL_LEDGER", service.address)
    assert target() == target(f"grpc://{service.listen}/") == service.address
    with pytest.raises(InvalidArgumentError, match="names one ledger, and ledger= another"):
        target(service.address, ledger="other")
    with pytest.raises(LedgerNotFoundError):
        target(f"grpc://{service.listen}", ledger="other")


def test_nothing_given_is_said(monkeypatch: pytest.MonkeyPatch, place: Place, spool: Path) -> None:
    for name in ("TARGET", "LEDGER", "PARENTS"):
        monkeypatch.delenv(f"LINESEAL_{name}", raising=False)
    with pytest.raises(InvalidArgumentError, match="LINESEAL_TARGET"):
        PredictionLogger(spool=spool)
    with pytest.raises(InvalidArgumentError, match="LINESEAL_PARENTS"):
        PredictionLogger(place.address, spool=spool)


def test_a_directory_is_one_ledger_and_is_never_made(tmp_path: Path, spool: Path) -> None:
    with pytest.raises(InvalidArgumentError, match="Leave ledger out"):
        PredictionLogger(tmp_path, (), ledger="default", spool=spool)
    with pytest.raises(LedgerNotFoundError):
        PredictionLogger(tmp_path / "typo", "ab" * 32, spool=spool)
    assert not (tmp_path / "typo").exists()


def test_a_name_needs_a_ledger_that_answers_and_a_hash_does_not(
    spool: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ServiceUnavailableError):
        PredictionLogger(NOBODY, "model:digits-lr", spool=spool, timeout=0.5)
    logger = PredictionLogger(NOBODY, "ab" * 32, spool=spool, timeout=0.5)
    assert "taken as given" in caplog.text
    logger.log(output=1)
    assert logger.close(0.2) is False


def test_open_ledgers_are_taken_and_left_open(place: Place, spool: Path, service: Any) -> None:
    with Tracker(place.address) as tracker:
        with PredictionLogger(tracker, place.model, spool=spool) as logger:
            logger.log(output=1)
        assert len(list(tracker.events("prediction"))) == 1
        with pytest.raises(InvalidArgumentError, match="open already"):
            PredictionLogger(tracker, place.model, ledger="default", spool=spool)
    with Client(service.listen) as client:
        with PredictionLogger(client, service.model, spool=spool) as logger:
            logger.log(output=1)
            assert logger._target.address == service.address
        assert len(client) == 2
    with Tracker() as memory, PredictionLogger(memory, (), spool=spool) as logger:
        logger.log(output=1)
        assert logger.flush(10)
        assert len(memory) == 1


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("durability", "memory"),
        ("when_full", "panic"),
        ("spool_bytes", 10),
        ("spool_bytes", 1e9),
        ("spool_bytes", True),
        ("batch_rows", 0),
        ("batch_rows", 2_501),
        ("batch_age", 0),
        ("batch_age", "1"),
        ("batch_age", float("nan")),
        ("timeout", 0),
        ("timeout", -1),
        ("stream", ""),
        ("stream", "x" * 201),
        ("stream", 7),
        ("actor", 7),
        ("spool", ""),
        ("spool", 7),
    ],
)
def test_settings_that_are_none_are_refused(logging_to: Make, setting: str, value: Any) -> None:
    with pytest.raises(InvalidArgumentError, match=setting):
        logging_to(**{setting: value})


def test_a_spool_that_others_can_read_or_nobody_write_is_refused(
    logging_to: Make, tmp_path: Path
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    shared.chmod(0o755)
    with pytest.raises(ReadOnlyError, match="chmod 700"):
        logging_to(spool=shared)
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(Exception, match="spool"):
        logging_to(spool=file)
