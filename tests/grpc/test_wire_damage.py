"""Every truncation and every flipped bit of a request: refused, or recorded as exactly what
protobuf's own parser reads in it."""

from __future__ import annotations

import made
from lineseal.v1 import provenance_pb2 as pb
from test_hot_path import fast, ledger, outcome, slow


def good() -> bytes:
    """A request of each form, with a draft that has most kinds of fields."""
    request = pb.RecordRequest(ledger=made.LEDGER)
    request.events.add(json=b'{"type": "dataset", "record": {"name": "json"}}')
    draft = request.events.add().draft
    draft.time = 1 << 40
    draft.actor = "ann"
    draft.parents.add(position=0, role="base")
    draft.parents.add(hash=made.HASHES[0])
    draft.prediction.prediction_id = "p"
    draft.prediction.inputs.map_value.entries["x"].list_value.items.add(int_value=-1)
    draft.prediction.output.double_value = 0.5
    draft.prediction.latency_us = 300
    draft.prediction.ids.append("a:1")
    request.events.add().draft.dataset.name = "last"
    return request.SerializeToString()


def recorded(request: bytes) -> bool:
    """Whether it was recorded; if so, as protobuf understands it."""
    found = outcome(fast, ledger(), request)
    if isinstance(found, str):
        assert found in {"invalid_record", "invalid_argument", "encoding", "parent_not_found"}
        return False
    assert found == outcome(slow, ledger(), request), request.hex()
    return True


def test_a_truncated_request_is_refused_unless_it_ends_between_two_events() -> None:
    whole = good()
    assert recorded(whole)
    cuts = [end for end in range(len(whole)) if recorded(whole[:end])]
    assert len(cuts) == len(pb.RecordRequest.FromString(whole).events) - 1


def test_every_flipped_bit() -> None:
    whole = bytearray(good())
    taken = 0
    for at in range(len(whole)):
        for bit in range(8):
            whole[at] ^= 1 << bit
            taken += recorded(bytes(whole))
            whole[at] ^= 1 << bit
    # Flips in names and numbers make other events, which are recorded as such.
    assert taken > len(whole) // 2
