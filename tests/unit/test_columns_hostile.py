"""Arrow structs that break their own rules are refused, as far as a consumer can know it.

The interface has no lengths of buffers: that they are as long as they should be is believed.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import pytest
from lineseal import InvalidArgumentError, LinesealError, Tracker

tracker = Tracker()
released: list[str] = []


class Schema(ctypes.Structure):
    pass


class Array(ctypes.Structure):
    pass


class Stream(ctypes.Structure):
    pass


def function(of: type[ctypes.Structure], *arguments: Any, result: Any = None) -> Any:
    return ctypes.CFUNCTYPE(result, ctypes.POINTER(of), *arguments)


Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_void_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(Schema))),
    ("dictionary", ctypes.POINTER(Schema)),
    ("release", function(Schema)),
    ("private_data", ctypes.c_void_p),
]
Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(Array))),
    ("dictionary", ctypes.POINTER(Array)),
    ("release", function(Array)),
    ("private_data", ctypes.c_void_p),
]
Stream._fields_ = [
    ("get_schema", function(Stream, ctypes.POINTER(Schema), result=ctypes.c_int)),
    ("get_next", function(Stream, ctypes.POINTER(Array), result=ctypes.c_int)),
    # A pointer as a number: ctypes leaks each text that a callback returns, and warns of it.
    ("get_last_error", function(Stream, result=ctypes.c_void_p)),
    ("release", function(Stream)),
    ("private_data", ctypes.c_void_p),
]

capsule = ctypes.pythonapi.PyCapsule_New
capsule.restype = ctypes.py_object
capsule.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
#: What C pointers point to lives to the end.
KEPT: list[Any] = []
LAST_ERROR = ctypes.create_string_buffer(b"the disk is gone")


@function(Schema)
def release_schema(pointer: Any) -> None:
    released.append("schema")
    pointer.contents.release = function(Schema)()


@function(Array)
def release_array(pointer: Any) -> None:
    released.append("array")
    pointer.contents.release = function(Array)()


@function(Stream)
def release_stream(pointer: Any) -> None:
    released.append("stream")
    pointer.contents.release = function(Stream)()


class Made:
    """A column of one array, to be broken."""

    def __init__(self, format: str, buffers: list[bytes | None], length: int) -> None:
        KEPT.append(self)
        self.data = [ctypes.create_string_buffer(b, len(b)) if b else None for b in buffers]
        addresses = [ctypes.addressof(b) if b else None for b in self.data]
        self.schema = Schema(format=format.encode(), name=b"", release=release_schema)
        self.array = Array(
            length=length,
            n_buffers=len(buffers),
            buffers=(ctypes.c_void_p * len(buffers))(*addresses),
            release=release_array,
        )
        self.array_name = b"arrow_array"

    def adopt(self, *children: Made) -> Made:
        for struct, parts in [
            (self.schema, [child.schema for child in children]),
            (self.array, [child.array for child in children]),
        ]:
            kind = ctypes.POINTER(type(struct))
            struct.children = (kind * len(parts))(*[ctypes.pointer(part) for part in parts])
            struct.n_children = len(parts)
        return self

    def but(self, **fields: Any) -> Made:
        """With an array that has other fields."""
        for name, value in fields.items():
            setattr(self.array, name, value)
        return self

    def having(self, **fields: Any) -> Made:
        """With a schema that has other fields."""
        for name, value in fields.items():
            setattr(self.schema, name, value)
        return self

    def pointing(self, at: Made) -> Made:
        self.schema.dictionary = ctypes.pointer(at.schema)
        self.array.dictionary = ctypes.pointer(at.array)
        return self

    def __arrow_c_array__(self, requested: object = None) -> tuple[object, object]:
        return (
            capsule(ctypes.addressof(self.schema), b"arrow_schema", None),
            capsule(ctypes.addressof(self.array), self.array_name, None),
        )


def ints(*numbers: int, size: int = 4) -> bytes:
    return b"".join(number.to_bytes(size, "little", signed=True) for number in numbers)


def column(length: int = 2) -> Made:
    return Made("i", [None, ints(1, 2, 3, 4)], length)


def listing(format: str, *buffers: bytes) -> Made:
    return Made(format, [None, *buffers], 1).adopt(column(2))


def texts(*offsets: int) -> Made:
    return Made("u", [None, ints(*offsets), b"abcdef"], len(offsets) - 1)


def misnamed() -> Made:
    made = column()
    made.array_name = b"arrow_arrays"
    return made


def endless() -> Made:
    made = Made("+l", [None, ints(0, 1)], 1)
    return made.adopt(made)


def views(*words: int) -> Made:
    return Made("vu", [None, ints(*words), b"0123456789" * 3, ints(30, size=8)], 1)


BROKEN: dict[str, Callable[[], Made]] = {
    "negative length": lambda: column(-1),
    "negative offset": lambda: column().but(offset=-1),
    "length and offset beyond memory": lambda: column(2**63 - 1).but(offset=2**63 - 1),
    "bytes beyond memory": lambda: column(2**62),
    "fewer buffers than the type has": lambda: column().but(n_buffers=1),
    "negative number of buffers": lambda: column().but(n_buffers=-1),
    "no buffers": lambda: column().but(buffers=None),
    "a null buffer of values": lambda: Made("i", [None, None], 2),
    "no format": lambda: column().having(format=None),
    "a format that there is not": lambda: column().having(format=b"?"),
    "a format that is not UTF-8": lambda: column().having(format=b"\xff"),
    "a name that is not UTF-8": lambda: column().having(name=b"\xff"),
    "negative number of children": lambda: Made("+s", [None], 1).having(n_children=-1),
    "children that are not there": lambda: Made("+s", [None], 1).having(n_children=1),
    "a list without its column": lambda: Made("+l", [None, ints(0, 1)], 1),
    "a list whose type alone has a child": lambda: Made("+l", [None, ints(0, 1)], 1).having(
        n_children=1, children=column().adopt(column()).schema.children
    ),
    "types without end": endless,
    "a dictionary that is not there": lambda: column().having(
        dictionary=ctypes.pointer(column().schema)
    ),
    "a capsule of another name": misnamed,
    "released before": lambda: column().but(release=function(Array)()),
    "a size that is no number": lambda: Made("w:x", [None, b"abc"], 1),
    "a size beyond memory": lambda: Made("w:9223372036854775807", [None, b"abc"], 2),
    "a negative size": lambda: Made("+w:-1", [None], 1).adopt(column()),
    "last offset negative": lambda: texts(0, -1),
    "offsets that run backwards": lambda: texts(0, 5, 3, 4),
    "offsets that begin below": lambda: texts(-5, 3, 4),
    "an offset beyond the last": lambda: texts(0, 9, 4),
    "a list beyond its column": lambda: listing("+l", ints(0, 9)),
    "a list view beyond its column": lambda: listing("+vl", ints(1), ints(2)),
    "a list view of negative size": lambda: listing("+vl", ints(1), ints(-1)),
    "a struct longer than its column": lambda: Made("+s", [None], 4).adopt(column(2)),
    "a fixed-size list longer than its column": lambda: Made("+w:3", [None], 2).adopt(column(2)),
    "a place beyond the dictionary": lambda: column().pointing(column(2)),
    "a negative place in a dictionary": lambda: Made("c", [None, b"\xff"], 1).pointing(
        column()
    ),
    "places that are no integers": lambda: texts(0, 1).pointing(column()),
    "a view of negative size": lambda: views(-1, 0, 0, 0),
    "a view into no buffer": lambda: views(20, 0, 1, 0),
    "a view into a negative buffer": lambda: views(20, 0, -1, 0),
    "a view beyond its buffer": lambda: views(20, 0, 0, 11),
    "a view before its buffer": lambda: views(20, 0, 0, -1),
    "views without buffers": lambda: Made("vu", [None, ints(0, 0, 0, 0)], 1),
    "a map without entries": lambda: Made("+m", [None, ints(0, 1)], 1),
    "a map whose entries have no values": lambda: Made("+m", [None, ints(0, 1)], 1).adopt(
        Made("+s", [None], 1).adopt(texts(0, 1))
    ),
    "a shape that is none": lambda: Made("+w:2", [None], 1).adopt(column()).having(
        metadata=metadata(b"arrow.fixed_shape_tensor", b'{"shape": [3]}')
    ),
    "a shape whose product is that of 64 bits alone": lambda: Made("+w:2", [None], 1)
    .adopt(column(2))
    .having(
        metadata=metadata(
            b"arrow.fixed_shape_tensor", b'{"shape": [9223372036854775809, 2]}'
        )
    ),
    "a shape that is no JSON": lambda: Made("+w:2", [None], 1).adopt(column()).having(
        metadata=metadata(b"arrow.fixed_shape_tensor", b"{")
    ),
}  # fmt: skip


def metadata(name: bytes, parameters: bytes) -> int:
    pairs = [b"ARROW:extension:name", name, b"ARROW:extension:metadata", parameters]
    packed = ints(2) + b"".join(ints(len(text)) + text for text in pairs)
    KEPT.append(ctypes.create_string_buffer(packed, len(packed)))
    return ctypes.addressof(KEPT[-1])


@pytest.mark.parametrize("make", BROKEN.values(), ids=BROKEN)
def test_a_broken_struct_is_refused(make: Callable[[], Made]) -> None:
    made = make()
    with pytest.raises((LinesealError, ValueError)):
        tracker.record_predictions(parents=(), output=made)
    assert len(tracker) == 0


def test_what_is_not_broken_is_taken_and_released_once() -> None:
    released.clear()
    with Tracker() as other:
        made = other.record_predictions(parents=(), output=column())
        assert [other.get(one).payload["output"] for one in made] == [1, 2]
        sound = Made("+s", [None], 2).adopt(column(2)).having()
        assert other.get(other.record_predictions(parents=(), output=sound)[1]).payload[
            "output"
        ] == {"": 2}
    assert sorted(released) == ["array", "array", "schema", "schema"]


class Streaming:
    """A stream that gives its column so many times, then ends with `status`."""

    def __init__(self, column: Made, times: int, status: int) -> None:
        def get_schema(_: Any, out: Any) -> int:
            out[0] = column.schema
            return 0

        def get_next(_: Any, out: Any) -> int:
            self.times -= 1
            if self.times >= 0:
                out[0] = column.array
                return 0
            return status

        self.column, self.times = column, times
        kinds = dict(Stream._fields_)
        self.stream = Stream(
            get_schema=kinds["get_schema"](get_schema),
            get_next=kinds["get_next"](get_next),
            get_last_error=kinds["get_last_error"](lambda _: ctypes.addressof(LAST_ERROR)),
            release=release_stream,
        )

    def __arrow_c_stream__(self, requested: object = None) -> object:
        return capsule(ctypes.addressof(self.stream), b"arrow_array_stream", None)


@pytest.mark.filterwarnings("error")
def test_a_stream_that_breaks_off_records_nothing() -> None:
    released.clear()
    with pytest.raises(InvalidArgumentError, match="the disk is gone"):
        tracker.record_predictions(parents=(), output=Streaming(column(), 2, 5))
    assert len(tracker) == 0
    assert sorted(released) == ["array", "array", "schema", "stream"]


def test_a_stream_is_read_to_its_end() -> None:
    released.clear()
    with Tracker() as other:
        made = other.record_predictions(parents=(), output=Streaming(column(), 3, 0))
        assert [other.get(one).payload["output"] for one in made] == [1, 2] * 3
    assert sorted(released) == ["array"] * 3 + ["schema", "stream"]


def test_a_stream_without_functions_is_refused() -> None:
    empty = Streaming(column(), 0, 0)
    empty.stream.get_next = dict(Stream._fields_)["get_next"]()
    with pytest.raises(InvalidArgumentError, match="no functions"):
        tracker.record_predictions(parents=(), output=empty)
