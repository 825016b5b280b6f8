"""The committed descriptor, against which `make proto` holds changes, is that of the stubs."""

from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet
from lineseal.v1 import event_pb2, provenance_pb2

COMMITTED = Path(__file__).parents[2] / "proto" / "lineseal.binpb"


def test_the_committed_descriptor_is_what_the_stubs_were_made_from() -> None:
    files = FileDescriptorSet.FromString(COMMITTED.read_bytes())
    files.DiscardUnknownFields()  # buf's own remarks
    committed = {file.name: _without_json_names(file) for file in files.file}
    for module in (event_pb2, provenance_pb2):
        made = FileDescriptorProto()
        module.DESCRIPTOR.CopyToProto(made)
        assert committed.pop(made.name) == _without_json_names(made)
    assert committed == {}


def _without_json_names(file: FileDescriptorProto) -> FileDescriptorProto:
    waiting = list(file.message_type)
    while waiting:
        message = waiting.pop()
        waiting += message.nested_type
        for field in message.field:
            field.ClearField("json_name")
    return file
