"""From `log` to the ledger, and back to the model."""

from collections.abc import Callable
from pathlib import Path

from lineseal import PredictionLogger, Tracker, open_ledger
from spooling import Place, Service, seqs

Make = Callable[..., PredictionLogger]


def test_a_logged_prediction_is_in_the_ledger_under_the_hash_that_log_returned(
    place: Place, logging_to: Make
) -> None:
    logger = logging_to()
    hash = logger.log(inputs={"pixels": [0.0, 5.0]}, output=3, prediction_id="p-1", latency_us=250)
    assert logger.flush(10)
    with Tracker(place.address, read_only=True) as tracker:
        event = tracker.get(hash)
        assert event.parents == (place.model,)
        assert dict(event.payload) == {
            "inputs": {"pixels": [0.0, 5.0]},
            "output": 3,
            "prediction_id": "p-1",
            "latency_us": 250,
            "stream": logger.stream,
            "seq": 0,
        }
        assert tracker.verify(hash)


def test_rows_come_in_their_order_through_a_service(service: Service, spool: Path) -> None:
    with PredictionLogger(service.address, service.model, spool=spool) as logger:
        hashes = [logger.log(output=i) for i in range(3_000)]
    with open_ledger(service.address) as ledger:
        events = list(ledger.events("prediction"))
    assert [event.hash for event in events] == hashes
    assert seqs(events) == {logger.stream: list(range(3_000))}
    assert list(spool.iterdir()) == []
