"""Values of a host language for E8: what each is in the block, stated by hand."""

from __future__ import annotations

import struct
from typing import Any

from .forge import content, encode, event, wrap
from .values import tensor


class Conversions:
    """Collects the cases of conversions.json."""

    def __init__(self) -> None:
        self.cases: list[dict[str, Any]] = []

    def accept(self, name: str, rules: str, given: Any, output: Any, **more: Any) -> None:
        encode(event("a/b", {"x": output}))  # it must have an encoding
        case = {"name": f"conversion-{name}", "rules": rules.split(), "accept": True}
        self.cases.append(case | more | {"input": given, "output": content(output)})

    def refuse(self, name: str, rules: str, given: Any, path: str = "", **more: Any) -> None:
        """`path` is that inside the value."""
        case = {"name": f"conversion-{name}", "rules": rules.split(), "accept": False}
        self.cases.append(case | more | {"input": given, "path": path})


def bits(value: float) -> dict[str, str]:
    return {"float": struct.pack(">d", value).hex()}


def build() -> dict[str, Any]:
    out = Conversions()
    for section in (floats, times, time_fields, shapes, numpy, keys, refusals):
        section(out)
    return wrap("conversions", out.cases)


def floats(out: Conversions) -> None:
    for name, value, text in [
        ("nan", float("nan"), "NaN"),
        ("infinity", float("inf"), "Infinity"),
        ("minus-infinity", float("-inf"), "-Infinity"),
    ]:
        out.accept(name, "E8.1", bits(value), {"lineseal:float": text})
    out.accept("nan-with-payload", "E8.1", {"float": "fff8000000000001"}, {"lineseal:float": "NaN"})
    out.accept("minus-zero", "E8.1 E1.6", bits(-0.0), 0.0)
    nested = {"map": {"a": [bits(-0.0), bits(float("nan"))]}}
    out.accept("floats-nested", "E8.1", nested, {"a": [0.0, {"lineseal:float": "NaN"}]})


def times(out: Conversions) -> None:
    for name, given, text in [
        ("utc", "2026-11-24T06:00:00+00:00", "2026-11-24T06:00:00.000000Z"),
        ("microseconds", "2024-02-29T23:59:59.999999+00:00", "2024-02-29T23:59:59.999999Z"),
        ("offset", "2026-01-01T00:30:00.000001+01:00", "2025-12-31T23:30:00.000001Z"),
        ("negative-offset", "2026-01-01T00:30:00-05:45", "2026-01-01T06:15:00.000000Z"),
        ("offset-with-seconds", "1900-01-01T00:00:00+00:19:32", "1899-12-31T23:40:28.000000Z"),
        ("year-1", "0001-01-01T00:00:00+00:00", "0001-01-01T00:00:00.000000Z"),
        ("year-9999", "9999-12-31T23:59:59.999999+00:00", "9999-12-31T23:59:59.999999Z"),
    ]:
        out.accept(f"datetime-{name}", "E8.2", {"datetime": given}, text)
    zone = {"datetime_in_zone": ["2026-07-01T12:00:00", "Europe/Berlin"]}
    out.accept("datetime-zone", "E8.2", zone, "2026-07-01T10:00:00.000000Z")
    fold = {"datetime_in_zone": ["2026-10-25T02:30:00", "Europe/Berlin", 1]}
    out.accept("datetime-second-of-two", "E8.2", fold, "2026-10-25T01:30:00.000000Z")
    whole = {"pandas_timestamp": "2026-01-01T00:00:00.000001000+00:00"}
    out.accept("timestamp-of-microseconds", "E8.2", whole, "2026-01-01T00:00:00.000001Z")
    naive = {"datetime": "2026-11-24T06:00:00"}
    out.refuse("datetime-naive", "E8.2", naive)
    out.refuse("datetime-naive-nested", "E8.2", {"map": {"a": [None, naive]}}, ".a[1]")
    out.refuse("datetime-year-0", "E8.2", {"datetime": "0001-01-01T00:00:00+01:00"})
    out.refuse("datetime-year-10000", "E8.2", {"datetime": "9999-12-31T23:30:00-01:00"})
    fine = {"pandas_timestamp": "2026-01-01T00:00:00.000000001+00:00"}
    out.refuse("timestamp-of-nanoseconds", "E8.2", fine)
    out.refuse("timestamp-naive", "E8.2", {"pandas_timestamp": "2026-01-01T00:00:00"})
    out.refuse(
        "numpy-datetime", "E8.7", {"numpy_scalar": ["datetime64[us]", "2026-01-01T00:00:00"]}
    )
    out.accept("date", "E8.3", {"date": "2024-02-29"}, "2024-02-29")
    out.accept("date-year-1", "E8.3", {"date": "0001-01-01"}, "0001-01-01")


def time_fields(out: Conversions) -> None:
    where = {"field": "started_at"}
    micros = 1_795_500_000_000_001
    out.accept("field-integer", "E8.8 E10.5", micros, micros, **where)
    aware = {"datetime": "1970-01-01T00:00:00.000001+00:00"}
    out.accept("field-datetime", "E8.8", aware, 1, **where)
    before = {"datetime": "1970-01-01T00:59:59.999999+01:00"}
    out.accept("field-datetime-before-1970", "E8.8", before, -1, **where)
    out.accept(
        "field-datetime-year-1",
        "E8.8",
        {"datetime": "0001-01-01T00:00:00+00:00"},
        -62_135_596_800_000_000,
        **where,
    )
    out.refuse("field-naive", "E8.8", {"datetime": "2026-01-01T00:00:00"}, **where)
    out.refuse("field-float", "E8.8", bits(1.5), **where)
    out.refuse("field-text", "E8.8", "2026-01-01T00:00:00.000000Z", **where)
    out.refuse("field-date", "E8.8", {"date": "2026-01-01"}, **where)
    out.refuse("field-bool", "E8.8", True, **where)


def shapes(out: Conversions) -> None:
    out.accept("path", "E8.4", {"path": "data/digits.csv"}, "data/digits.csv")
    out.accept("enum-text", "E8.4", {"enum": "gpu"}, "gpu")
    out.accept("enum-integer", "E8.4", {"enum": 7}, 7)
    out.accept("enum-of-a-date", "E8.4", {"enum": {"date": "2024-02-29"}}, "2024-02-29")
    config = {"dataclass": {"depth": 3, "path": {"path": "x"}, "sub": {"dataclass": {"a": None}}}}
    out.accept("dataclass", "E8.4", config, {"depth": 3, "path": "x", "sub": {"a": None}})
    out.accept("tuple", "E8.4", {"tuple": [1, {"tuple": []}, "a"]}, [1, [], "a"])
    out.accept("named-tuple", "E8.4", {"named_tuple": {"x": 1, "y": 2}}, [1, 2])
    out.accept("bytearray", "E8.4", {"bytearray": "00ff"}, b"\x00\xff")
    out.accept("memoryview", "E8.4", {"memoryview": "00ff"}, b"\x00\xff")


def numpy(out: Conversions) -> None:
    numbers = struct.pack("<4i", 1, -2, 3, -4)
    for name, dtype, order in [
        ("little", "<i4", "C"),
        ("big", ">i4", "C"),
        ("fortran", "<i4", "F"),
    ]:
        given = {
            "numpy_array": {
                "dtype": dtype,
                "shape": [2, 2],
                "values": [1, -2, 3, -4],
                "order": order,
            }
        }
        out.accept(f"array-{name}", "E8.5", given, tensor("int32", [2, 2], numbers))
    none = {"numpy_array": {"dtype": "float64", "shape": [0, 3], "values": []}}
    out.accept("array-empty", "E8.5", none, tensor("float64", [0, 3], b""))
    zero_d = {"numpy_array": {"dtype": "bool", "shape": [], "values": [True]}}
    out.accept("array-0d", "E8.5", zero_d, tensor("bool", [], b"\x01"))
    for dtype, value, output in [
        ("float64", 0.5, 0.5),
        ("float32", 0.1, struct.unpack("<f", struct.pack("<f", 0.1))[0]),
        ("float16", 0.25, 0.25),
        ("int8", -128, -128),
        ("int64", -(2**63), -(2**63)),
        ("uint64", 2**64 - 1, 2**64 - 1),
        ("bool", True, True),
        ("str", "é", "é"),
    ]:
        out.accept(f"scalar-{dtype}", "E8.5", {"numpy_scalar": [dtype, value]}, output)
    out.accept(
        "scalar-nan", "E8.5 E8.1", {"numpy_scalar": ["float32", "nan"]}, {"lineseal:float": "NaN"}
    )
    out.refuse("scalar-complex", "E8.7", {"numpy_scalar": ["complex128", "1+2j"]})
    for dtype, values in [("object", ["a"]), ("U3", ["abc"]), ("datetime64[us]", [0])]:
        given = {"numpy_array": {"dtype": dtype, "shape": [1], "values": values}}
        out.refuse(f"array-{dtype}", "E8.7", {"map": {"a": given}}, ".a")


def keys(out: Conversions) -> None:
    out.accept("keys-text", "E8.6", {"map": {"1": 0, "": 1}}, {"1": 0, "": 1})
    out.accept("keys-nested", "E8.6", {"tuple": [{"map": {"a": {"map": {}}}}]}, [{"a": {}}])
    for name, key in {
        "integer": 1,
        "null": None,
        "bool": True,
        "tuple": {"tuple": ["a"]},
        "bytes": {"bytes": "61"},
        "enum": {"enum": "a"},
    }.items():
        out.refuse(f"keys-{name}", "E8.6", {"pairs": [[key, 0]]})
    out.refuse("keys-integer-nested", "E8.6", {"map": {"a": [{"pairs": [[1, 0]]}]}}, ".a[0]")


def refusals(out: Conversions) -> None:
    out.accept("list-for-a-set", "E8.7", ["a", "b"], ["a", "b"])
    out.accept("text-for-a-decimal", "E8.7", "1.50", "1.50")
    for name, given in {
        "set": {"set": ["a"]},
        "frozenset": {"frozenset": []},
        "decimal": {"decimal": "1.5"},
        "timedelta": {"timedelta": 1},
        "complex": {"complex": [1, 2]},
        "object": {"object": True},
        "function": {"function": True},
        "class": {"class": True},
        "generator": {"generator": True},
        "time-of-day": {"time_of_day": "12:00:00"},
    }.items():
        out.refuse(name, "E8.7", given)
    out.refuse("set-nested", "E8.7", {"map": {"a": [{"tuple": [{"set": [1]}]}]}}, ".a[0][0]")
    for name, given in {"2-pow-64": 2**64, "below-least": -(2**63) - 1}.items():
        out.refuse(f"integer-{name}", "E1.8", given)
    out.refuse("lone-surrogate", "E1.9", {"surrogate": "d800"})
    out.refuse("path-not-utf-8", "E1.9", {"path_bytes": "612fff"})
