"""Checksums of docs/spec/checksums.md: streams of items by the oracles and of struct."""

from __future__ import annotations

import hashlib
import struct
from typing import Any

from . import checksum_frames
from .forge import encode, wrap


class Checksums:
    """Collects the cases of checksums.json."""

    def __init__(self) -> None:
        self.cases: list[dict[str, Any]] = []

    def accept(self, name: str, rules: str, given: Any, stream: bytes, size: int) -> None:
        method = self._method(given)
        case = {
            "name": f"checksum-{name}",
            "rules": rules.split(),
            "method": method,
            "accept": True,
        }
        digest = hashlib.sha256(stream).hexdigest()
        answer = {"checksum": f"sha256:{digest}", "num_bytes": size, "stream": stream.hex()}
        self.cases.append(case | {"input": given} | answer)

    def refuse(self, name: str, rules: str, given: Any) -> None:
        method = self._method(given)
        case = {
            "name": f"checksum-{name}",
            "rules": rules.split(),
            "method": method,
            "accept": False,
        }
        self.cases.append(case | {"input": given})

    @staticmethod
    def _method(given: dict[str, Any]) -> str:
        methods = {
            "file": "file",
            "directory": "dir-1",
            "array": "array-1",
            "dataframe": "dataframe-1",
        }
        return "sha256-" + methods[next(iter(given))]


def build() -> dict[str, Any]:
    out = Checksums()
    for section in (files, directories, arrays, texts):
        section(out)
    checksum_frames.build(out)
    return wrap("checksums", out.cases)


def files(out: Checksums) -> None:
    for name, data in {
        "empty": b"",
        "abc": b"abc",
        "newlines": b"a\r\nb\n",
        "zeros": bytes(100),
    }.items():
        out.accept(f"file-{name}", "C1.1", {"file": data.hex()}, data, len(data))


def _tree(entries: dict[str, bytes]) -> tuple[bytes, int]:
    """The stream of a directory; entries stand in the order that C2.3 wants."""
    stream = encode({"method": "sha256-dir-1"})
    for path, data in entries.items():
        stream += encode([path, len(data), hashlib.sha256(data).digest()])
    return stream, sum(map(len, entries.values()))


def directories(out: Checksums) -> None:
    def accept(name: str, rules: str, given: Any, entries: dict[str, bytes]) -> None:
        out.accept(f"directory-{name}", rules, {"directory": given}, *_tree(entries))

    accept("one-file", "C2.1", {"a.txt": "616263"}, {"a.txt": b"abc"})
    accept("empty-file", "C2.1", {"a.txt": ""}, {"a.txt": b""})
    nested = {"b/c": "01", "a/b/c": "02", "a-b": "03", "a": None, "B": "04"}
    accept(
        "order",
        "C2.2 C2.3",
        nested,
        {"B": b"\x04", "a-b": b"\x03", "a/b/c": b"\x02", "b/c": b"\x01"},
    )
    order = {"a/b": "01", "a.b": "02", "a0": "03", "a": None}
    accept("order-around-the-slash", "C2.3", order, {"a.b": b"\x02", "a/b": b"\x01", "a0": b"\x03"})
    unicode = {"é": "01", "e\u0301": "02", "\uffff": "03", "😀": "04"}
    entries = {"e\u0301": b"\x02", "é": b"\x01", "\uffff": b"\x03", "😀": b"\x04"}
    accept("unicode", "C2.3 C2.4", unicode, entries)
    hidden = {".git/HEAD": "01", ".DS_Store": "02", "a": "03", "__pycache__/x": "04"}
    entries = {".DS_Store": b"\x02", ".git/HEAD": b"\x01", "__pycache__/x": b"\x04", "a": b"\x03"}
    accept("hidden", "C2.5", hidden, entries)
    accept("empty-directory-ignored", "C2.6", {"a": "01", "b/c": None}, {"a": b"\x01"})
    linked = {"a": "01", "b": {"link": "a"}, "d/e": {"link": "../a"}}
    accept("links-to-files", "C2.7", linked, {"a": b"\x01", "b": b"\x01", "d/e": b"\x01"})
    odd = {"a b": "01", "a\nb": "02", "a\\b": "03"}
    accept("odd-names", "C2.2 C2.4", odd, {"a\nb": b"\x02", "a b": b"\x01", "a\\b": b"\x03"})
    for name, rules, given in [
        ("empty", "C2.6", {}),
        ("of-empty-directories", "C2.6", {"a": None, "b/c": None}),
        ("link-to-a-directory", "C2.7", {"a/b": "01", "c": {"link": "a"}}),
        ("link-to-nothing", "C2.7", {"a": "01", "c": {"link": "b"}}),
        ("link-to-itself", "C2.7", {"a": "01", "c": {"link": "c"}}),
    ]:
        out.refuse(f"directory-{name}", rules, {"directory": given})
    bad = {"directory": {b"a\xff".hex(): "01"}, "path_hex": True}
    out.refuse("directory-name-not-utf-8", "C2.4", bad)


def array_head(dtype: str, shape: list[int]) -> bytes:
    return encode({"method": "sha256-array-1", "dtype": dtype, "shape": shape})


def arrays(out: Checksums) -> None:
    def accept(
        name: str, rules: str, dtype: str, shape: list[int], data: bytes, **more: Any
    ) -> None:
        given = {"dtype": dtype, "shape": shape, "data": data.hex()} | more
        stream = array_head(dtype, shape) + data
        out.accept(f"array-{name}", rules, {"array": given}, stream, len(data))

    six = struct.pack("<6d", 0.0, 0.5, 1.0, 1.5, 2.0, -2.5)
    accept("float64", "C3.1 C3.2", "float64", [6], six)
    accept("float64-2-3", "C3.1", "float64", [2, 3], six)
    accept("float64-fortran", "C3.1", "float64", [2, 3], six, order="F")
    accept("float64-big-endian", "C3.2", "float64", [3, 2], six, numpy=">f8")
    accept("0d", "C3.1", "int64", [], struct.pack("<q", -7))
    accept("empty", "C3.1", "float32", [0], b"")
    accept("empty-2d", "C3.1", "float32", [3, 0], b"")
    accept("bool", "C3.2", "bool", [3], b"\x01\x00\x01")
    accept("complex", "C3.2", "complex64", [1], struct.pack("<2f", 1.0, -2.0))
    accept(
        "complex-big-endian", "C3.2", "complex128", [1], struct.pack("<2d", 1.0, -2.0), numpy=">c16"
    )
    odd = bytes.fromhex("000000000000f8ff 0000000000000080 010000000000f07f")
    accept("float-bits", "C3.2", "float64", [3], odd)
    for dtype, code in [("int8", "b"), ("int16", "h"), ("int32", "i"), ("int64", "q")]:
        accept(dtype, "C3.2", dtype, [2], struct.pack(f"<2{code}", -1, 100))
    for dtype, code in [("uint8", "B"), ("uint16", "H"), ("uint32", "I"), ("uint64", "Q")]:
        accept(dtype, "C3.2", dtype, [2], struct.pack(f"<2{code}", 0, 200))
    accept("float16", "C3.2", "float16", [2], struct.pack("<2e", 0.25, -1.0))
    accept("float32", "C3.2", "float32", [2], struct.pack("<2f", 0.25, -1.0))
    for unit in ("D", "h", "m", "s", "ms", "us", "ns"):
        times = struct.pack("<3q", 0, -1, -(2**63))
        accept(f"datetime-{unit}", "C3.3", f"datetime64[{unit}]", [3], times)
    accept("timedelta", "C3.3", "timedelta64[ms]", [1], struct.pack("<q", 1500))


def texts(out: Checksums) -> None:
    def accept(
        name: str, dtype: str, shape: list[int], values: list[Any], given: list[Any], numpy: str
    ) -> None:
        data = b"".join(map(encode, values))
        array = {"dtype": dtype, "shape": shape, "values": given, "numpy": numpy}
        rules = "C3.4" if dtype == "text" else "C3.5"
        stream = array_head(dtype, shape) + data
        out.accept(f"array-{name}", rules, {"array": array}, stream, len(data))

    words = ["cat", "", "é😀"]
    accept("text-u", "text", [3], words, words, "<U8")
    accept("text-u-big-endian", "text", [3], words, words, ">U3")
    accept("text-object", "text", [3], words, words, "object")
    accept("text-string-dtype", "text", [3], words, words, "StringDType")
    accept("text-2d", "text", [3, 1], words, words, "object")
    accept("text-object-empty", "text", [0], [], [], "object")
    accept("bytes", "bytes", [2], [b"ab", b""], [{"bytes": "6162"}, {"bytes": ""}], "S4")
    for name, values, numpy in [
        ("object-mixed", ["a", 1], "object"),
        ("object-null", ["a", None], "object"),
        ("object-integers", [1, 2], "object"),
        ("longdouble", [1, 2], "longdouble"),
        ("unit-of-years", ["2026"], "datetime64[Y]"),
        ("unit-of-25-s", [0], "timedelta64[25s]"),
        ("unit-none", ["NaT"], "datetime64"),
    ]:
        rules = "C3.3" if name.startswith("unit") else "C3.6"
        given = {"shape": [len(values)], "values": values, "numpy": numpy}
        out.refuse(f"array-{name}", rules, {"array": given})
