"""The slow path that the fast one is held against: protobuf's own parser, field by field through
descriptors, into record objects. Shares nothing with rust/wire but the event format."""

from __future__ import annotations

import base64
import json
from typing import Any

import lineseal
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from lineseal import Link, _core
from lineseal.v1 import event_pb2, provenance_pb2

CLASSES = {
    "custom": lineseal.CustomRecord,
    "dataset": lineseal.DatasetRecord,
    "hyperparameters": lineseal.HyperparametersRecord,
    "training": lineseal.TrainingRecord,
    "model": lineseal.ModelRecord,
    "evaluation": lineseal.EvaluationRecord,
    "deployment": lineseal.DeploymentRecord,
    "prediction": lineseal.PredictionRecord,
    "feedback": lineseal.FeedbackRecord,
    "approval": lineseal.ApprovalRecord,
    "gap": lineseal.GapRecord,
}


def blocks(request: bytes) -> list[bytes]:
    """The canonical blocks of a request's events."""
    made: list[bytes] = []
    hashes: list[str] = []
    for event in provenance_pb2.RecordRequest.FromString(request).events:
        match event.WhichOneof("form"):
            case "block":
                batch = _core.make_batch_blocks([event.block])
            case "json":
                batch = _core.make_batch_json([_named(event.json, hashes)])
            case "draft":
                batch = _core.make_batch([_record(event.draft, hashes)], str)
            case None:
                raise ValueError("an event without a form")
        (hash,) = batch.hashes()
        hashes.append(hash)
        sent = provenance_pb2.RecordRequest.FromString(batch.request("x"))
        made.append(sent.events[0].block)
    return made


def _named(draft: bytes, hashes: list[str]) -> bytes:
    """A JSON draft whose parents are named by hash."""
    read = json.loads(draft)
    for parent in read.get("parents", []):
        if "position" in parent:
            parent["hash"] = hashes[parent.pop("position")]
    return json.dumps(read).encode()


def _record(draft: event_pb2.EventDraft, hashes: list[str]) -> Any:
    kind = draft.WhichOneof("record")
    if kind is None:
        raise ValueError("a draft without a record")
    fields = {
        field.name: _field(field, getattr(draft, kind))
        for field in getattr(draft, kind).DESCRIPTOR.fields
        if _is_given(field, getattr(draft, kind))
    }
    parents: dict[str, list[str]] = {}
    for parent in draft.parents:
        named = parent.WhichOneof("event")
        hash = parent.hash.hex() if named == "hash" else hashes[parent.position]
        parents.setdefault(parent.role, []).append(hash)
    return CLASSES[kind](
        time=draft.time if draft.HasField("time") else None,
        actor=draft.actor or None,
        parents=() if draft.no_parents and not parents else parents,
        **fields,
    )


def _is_given(field: FieldDescriptor, message: Message) -> bool:
    if field.name in ("values", "payload"):
        return True  # a map that may be empty
    if field.has_presence:
        return bool(message.HasField(field.name))
    return bool(getattr(message, field.name))


def _field(field: FieldDescriptor, message: Message) -> Any:
    held = getattr(message, field.name)
    if field.message_type is None:
        return list(held) if field.is_repeated else held
    if field.message_type.GetOptions().map_entry:
        free = field.message_type.fields_by_name["value"].message_type is not None
        return {key: value(item) if free else item for key, item in held.items()}
    if field.message_type.name == "SourceCode":
        given = {"uri": held.uri, "revision": held.revision}
        if held.HasField("dirty"):
            given["dirty"] = held.dirty
        return given
    return value(held)


def value(message: event_pb2.Value) -> Any:
    """A free value."""
    kind = message.WhichOneof("kind")
    held = getattr(message, kind or "")
    match kind:
        case "null_value":
            return None
        case "list_value":
            return [value(item) for item in held.items]
        case "map_value":
            return {key: value(item) for key, item in held.entries.items()}
        case "link_value":
            return Link("b" + base64.b32encode(held).decode().rstrip("=").lower())
    return held
