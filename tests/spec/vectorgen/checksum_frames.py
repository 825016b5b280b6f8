"""Checksums of DataFrames: C4 of docs/spec/checksums.md."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from .forge import content, encode

if TYPE_CHECKING:
    from .checksums import Checksums

Column = tuple[bytes, bytes]  # head, data


def head(name: Any, type_: str, missing: int = 0, **more: Any) -> bytes:
    return encode({"name": name, "type": type_, "missing": missing} | more)


def items(*values: Any) -> bytes:
    return b"".join(map(encode, values))


def frame(rows: int, columns: list[Column], index: list[Column] | None = None) -> tuple[bytes, int]:
    index = index or []
    top = {
        "method": "sha256-dataframe-1",
        "rows": rows,
        "index": len(index),
        "columns": len(columns),
    }
    every = [*index, *columns]
    return encode(top) + b"".join(h + d for h, d in every), sum(len(d) for _, d in every)


def moments(*pairs: tuple[int, int]) -> bytes:
    """Seconds and nanoseconds."""
    return b"".join(struct.pack("<qI", *pair) for pair in pairs)


def given(name: Any, dtype: str, values: list[Any]) -> dict[str, Any]:
    values = [value if isinstance(value, dict) else content(value) for value in values]
    return {"name": name, "dtype": dtype, "values": values}


INTS = struct.pack("<3q", 1, -2, 3)
INT_COLUMN: Column = (head("n", "int64"), INTS)
INT_GIVEN = given("n", "int64", [1, -2, 3])


def build(out: Checksums) -> None:
    for section in (numbers, text, times, categories, index, refusals):
        section(out)


def one(out: Checksums, name: str, rules: str, column: dict[str, Any], answer: Column) -> None:
    rows = len(column["values"])
    out.accept(
        f"dataframe-{name}", rules, {"dataframe": {"columns": [column]}}, *frame(rows, [answer])
    )


def numbers(out: Checksums) -> None:
    one(out, "int64", "C4.1 C4.2 C4.4", INT_GIVEN, INT_COLUMN)
    one(out, "int64-nullable", "C4.4 C4.5", given("n", "Int64", [1, -2, 3]), INT_COLUMN)
    missing = (head("n", "int64", 1), b"\x01\x00\x01" + struct.pack("<3q", 1, 0, 3))
    one(out, "int64-missing", "C4.4 C4.5", given("n", "Int64", [1, None, 3]), missing)
    nan = struct.pack("<3d", 0.5, float("nan"), -0.0)
    floats = [0.5, {"float": struct.pack(">d", float("nan")).hex()}, -0.0]
    one(
        out,
        "float64-nan-is-a-value",
        "C4.5",
        given("x", "float64", floats),
        (head("x", "float64"), nan),
    )
    masked = (head("x", "float64", 1), b"\x01\x00" + struct.pack("<2d", 0.5, 0.0))
    one(out, "float64-missing", "C4.5", given("x", "Float64", [0.5, None]), masked)
    one(out, "bool", "C4.4", given("b", "bool", [True, False]), (head("b", "bool"), b"\x01\x00"))
    masked = (head("b", "bool", 1), b"\x01\x01\x00" + b"\x01\x00\x00")
    one(out, "bool-missing", "C4.4 C4.5", given("b", "boolean", [True, False, None]), masked)
    small = (head("u", "uint8"), b"\x00\xff")
    one(out, "uint8", "C4.4", given("u", "uint8", [0, 255]), small)
    half = (head("f", "float32"), struct.pack("<2f", 0.5, -1.0))
    one(out, "float32", "C4.4", given("f", "float32", [0.5, -1.0]), half)
    one(out, "no-rows", "C4.1", given("n", "int64", []), (head("n", "int64"), b""))
    out.accept("dataframe-no-columns", "C4.1", {"dataframe": {"columns": []}}, *frame(0, []))
    two = {"columns": [given("b", "int64", [1]), given("a", "int64", [2])]}
    ones, twos = struct.pack("<q", 1), struct.pack("<q", 2)
    columns = [(head("b", "int64"), ones), (head("a", "int64"), twos)]
    out.accept("dataframe-column-order", "C4.1", {"dataframe": two}, *frame(1, columns))
    twice = {"columns": [given("a", "int64", [1]), given("a", "int64", [2])]}
    columns = [(head("a", "int64"), ones), (head("a", "int64"), twos)]
    out.accept("dataframe-equal-names", "C4.2", {"dataframe": twice}, *frame(1, columns))
    numbered = {"columns": [given(0, "int64", [1]), given(-1, "int64", [2])]}
    columns = [(head(0, "int64"), ones), (head(-1, "int64"), twos)]
    out.accept("dataframe-integer-names", "C4.2", {"dataframe": numbered}, *frame(1, columns))


def text(out: Checksums) -> None:
    words = (head("t", "text"), items("a", "", "é"))
    for dtype in ("str", "string", "object", "string[python]"):
        one(out, f"text-{dtype}", "C4.4", given("t", dtype, ["a", "", "é"]), words)
    gap = (head("t", "text", 1), items("a", None))
    for dtype in ("str", "string", "object"):
        one(out, f"text-missing-{dtype}", "C4.4 C4.5", given("t", dtype, ["a", None]), gap)
    nothing = (head("t", "text", 2), items(None, None))
    one(out, "text-all-missing", "C4.4 C4.5", given("t", "object", [None, None]), nothing)
    blobs = (head("t", "bytes", 1), items(b"\x00", None, b""))
    one(out, "bytes", "C4.4 C4.5", given("t", "object", [b"\x00", None, b""]), blobs)


def times(out: Checksums) -> None:
    iso = ["2026-01-01T00:00:00", "1969-12-31T23:59:59.999999", None]
    data = moments((1767225600, 0), (-1, 999999000), (-(2**63), 0))
    naive = (head("t", "datetime", tz=None), data)
    for unit in ("us", "ns"):
        column = given("t", f"datetime64[{unit}]", iso)
        one(out, f"datetime-{unit}", "C4.4 C4.5 C4.6", column, naive)
    whole = (head("t", "datetime", tz=None), moments((1767225600, 0)))
    for unit in ("s", "ms", "us", "ns"):
        column = given("t", f"datetime64[{unit}]", ["2026-01-01T00:00:00"])
        one(out, f"datetime-whole-{unit}", "C4.4", column, whole)
    for name, tz in [
        ("utc", "UTC"),
        ("berlin", "Europe/Berlin"),
        ("fixed", "+05:30"),
        ("west", "-03:00"),
    ]:
        zoned = (head("t", "datetime", tz=tz), moments((1767225600, 0)))
        column = given("t", f"datetime64[us, {tz}]", ["2026-01-01T00:00:00+00:00"])
        one(out, f"datetime-{name}", "C4.6", column, zoned)
    spans = (head("d", "timedelta"), moments((1, 500_000_000), (-1, 999_999_999), (-(2**63), 0)))
    column = given("d", "timedelta64[ns]", [1_500_000_000, -1, None])
    one(out, "timedelta", "C4.4 C4.5", column, spans)


def categories(out: Checksums) -> None:
    def category(dtype: str, values: list[Any], codes: list[int], ordered: bool) -> dict[str, Any]:
        column = {"categories": values, "dtype": dtype, "ordered": ordered, "codes": codes}
        return {"name": "c", "dtype": "category", "values": column}

    def add(name: str, column: dict[str, Any], answer: Column) -> None:
        rows = len(column["values"]["codes"])
        out.accept(
            f"dataframe-{name}",
            "C4.7",
            {"dataframe": {"columns": [column]}},
            *frame(rows, [answer]),
        )

    labels, codes = items("b", "a", "unused"), struct.pack("<4i", 0, 1, -1, 0)
    for ordered in (False, True):
        top = head("c", "category", 1, ordered=ordered, categories=3) + head(None, "text")
        column = category("object", ["b", "a", "unused"], [0, 1, -1, 0], ordered)
        add("category-ordered" if ordered else "category", column, (top, labels + codes))
    numbers = struct.pack("<2q", 10, 20)
    top = head("c", "category", 0, ordered=False, categories=2) + head(None, "int64")
    add(
        "category-int64",
        category("int64", [10, 20], [1, 0], False),
        (top, numbers + struct.pack("<2i", 1, 0)),
    )


def index(out: Checksums) -> None:
    def accept(name: str, index_given: list[Any], levels: list[Column]) -> None:
        case = {"dataframe": {"columns": [INT_GIVEN], "index": index_given}}
        out.accept(f"dataframe-index-{name}", "C4.3", case, *frame(3, [INT_COLUMN], levels))

    accept("default-by-value", [given(None, "int64", [0, 1, 2])], [])
    accept("default-by-value-uint8", [given(None, "uint8", [0, 1, 2])], [])
    numbers = struct.pack("<3q", 0, 1, 2)
    accept("named", [given("id", "int64", [0, 1, 2])], [(head("id", "int64"), numbers)])
    shifted = struct.pack("<3q", 1, 2, 3)
    accept("shifted", [given(None, "int64", [1, 2, 3])], [(head(None, "int64"), shifted)])
    texts = (head("key", "text"), items("a", "b", "b"))
    accept("text", [given("key", "object", ["a", "b", "b"])], [texts])
    levels = [texts, (head(None, "int64"), shifted)]
    both = [given("key", "object", ["a", "b", "b"]), given(None, "int64", [1, 2, 3])]
    accept("two-levels", both, levels)


def refusals(out: Checksums) -> None:
    for name, rules, column in [
        ("object-mixed", "C4.8", given("x", "object", ["a", 1])),
        ("object-integers", "C4.8", given("x", "object", [1, 2])),
        ("object-bools-and-missing", "C4.8", given("x", "object", [True, None])),
        ("object-text-and-bytes", "C4.8", given("x", "object", ["a", b"a"])),
        ("period", "C4.8", given("x", "period[D]", ["2026-01-01"])),
        ("sparse", "C4.8", given("x", "Sparse[float64]", [0.5, 1.0])),
        ("name-null", "C4.2", given(None, "int64", [1])),
        (
            "name-float",
            "C4.2",
            {"name": {"float": "3ff8000000000000"}, "dtype": "int64", "values": [1]},
        ),
        ("name-bool", "C4.2", {"name": True, "dtype": "int64", "values": [1]}),
        ("name-tuple", "C4.2", {"name": ["a", "b"], "dtype": "int64", "values": [1]}),
    ]:
        out.refuse(f"dataframe-{name}", rules, {"dataframe": {"columns": [column]}})
