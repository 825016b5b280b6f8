"""Blocks for E6 and E7: values and the reserved forms."""

from __future__ import annotations

import struct
from typing import Any

from .forge import Blocks, artifact, custom, event, parent

SIZES = {
    "bool": 1,
    "int8": 1,
    "int16": 2,
    "int32": 4,
    "int64": 8,
    "uint8": 1,
    "uint16": 2,
    "uint32": 4,
    "uint64": 8,
    "float16": 2,
    "float32": 4,
    "float64": 8,
    "complex64": 8,
    "complex128": 16,
}


def tensor(dtype: Any, shape: Any, data: Any) -> dict[str, Any]:
    return {"lineseal:tensor": {"dtype": dtype, "shape": shape, "data": data}}


def build() -> dict[str, Any]:
    out = Blocks()
    for section in (values, reserved, floats, tensors, sizes, sealed, places):
        section(out)
    return out.file()


def values(out: Blocks) -> None:
    link = artifact("weights")
    out.accept("value-links-nested", "E6.1 E6.4", custom([{"a": link}, [link]]))
    out.refuse("value-link-to-an-event", "E6.1", "record", custom(parent(1)), cddl=False)
    deep = custom([{"a": [parent(1)]}])
    out.refuse("value-link-to-an-event-deep", "E6.1", "record", deep, cddl=False)
    unknown = event("dataset", {"name": "d", "later": parent(1)})
    out.refuse("value-link-in-an-unknown-field", "E6.1", "record", unknown, cddl=False)

    out.accept("text-composed", "E6.2", custom("é"))
    out.accept("text-decomposed", "E6.2", custom("e\u0301"))
    out.accept("text-white-space-and-nul", "E6.2", custom(" \t\r\n\u00a0\u2028\x00 "))
    out.accept("float-one", "E6.3", custom(1.0))
    out.accept("integer-one", "E6.3", custom(1))
    out.accept("float-2-pow-53", "E6.3", custom(float(2**53)))
    every = [None, True, 0, -1, 0.5, "", "a", b"", b"\x00\xff", [], {}, [[{"a": [link]}]], link]
    out.accept("value-every-kind", "E6.4", custom(every))
    out.accept("value-empties-nested", "E6.4", custom({"a": [None, "", [], {}, b""]}))
    out.accept("value-keys", "E6.5", custom({"": 0, "/": 1, "a.b[0]": 2, "\x00": 3, "é": 4}))
    near = {"lineseal": 0, "linesea:": 1, "Lineseal:float": 2, " lineseal:x": 3, "x/lineseal:y": 4}
    out.accept("value-keys-almost-reserved", "E6.5 E7.1", custom(near))


def reserved(out: Blocks) -> None:
    out.accept("reserved-float", "E7.1 E7.2", custom({"lineseal:float": "NaN"}))
    inside = {"a": {"lineseal:float": "Infinity"}, "b": [{"lineseal:float": "-Infinity"}]}
    out.accept("reserved-inside", "E7.1 E7.2", custom(inside))
    nan = "NaN"
    for name, value in {
        "two-keys": {"lineseal:float": nan, "x": 1},
        "two-reserved": {"lineseal:float": nan, "lineseal:sealed": parent(1)},
        "unknown": {"lineseal:decimal": "1.5"},
        "prefix-only": {"lineseal:": 1},
        "other-case": {"lineseal:Float": nan},
        "with-space": {"lineseal:float ": nan},
        "deep": [{"a": {"lineseal:x": 1}}],
        "inside-a-form": tensor({"lineseal:x": 1}, [], b""),
    }.items():
        out.refuse(f"reserved-{name}", "E7.1", "record", custom(value))
    for name, bad in {
        "unknown-field": event("dataset", {"name": "d", "lineseal:x": 1}),
        "top-of-custom": event("a/b", {"x": 1, "lineseal:x": 1}),
        "metric": event("evaluation", {"metrics": {"lineseal:x": 1.0}}),
        "in-properties": event("dataset", {"name": "d", "properties": {"lineseal:x": 1, "y": 2}}),
        "in-code": event(
            "training", {"run_id": "r", "model_name": "m", "code": {"lineseal:x": 1, "uri": "u"}}
        ),
    }.items():
        out.refuse(f"reserved-{name}", "E7.1", "record", bad)


def floats(out: Blocks) -> None:
    for name, value in {
        "lower-case": "nan",
        "plus": "+Infinity",
        "short": "inf",
        "number": "1.0",
        "empty": "",
        "integer": 1,
        "null": None,
        "real-float": 0.5,
        "list": ["NaN"],
    }.items():
        out.refuse(f"float-form-{name}", "E7.2", "record", custom({"lineseal:float": value}))


def tensors(out: Blocks) -> None:
    out.accept("tensor-1d", "E7.3 E7.4 E7.5 E7.6", custom(tensor("uint8", [3], b"\x01\x02\x03")))
    out.accept("tensor-0d", "E7.3 E7.5 E7.6", custom(tensor("float64", [], struct.pack("<d", 0.5))))
    image = tensor("int16", [2, 3], struct.pack("<6h", *range(6)))
    out.accept("tensor-2d-in-inputs", "E7.3 E7.11", _prediction(inputs={"image": image}))
    out.accept("tensor-none", "E7.5 E7.6", custom(tensor("int64", [0], b"")))
    huge = [2**62, 0, 2**63 - 1]
    out.accept("tensor-none-huge", "E7.5 E7.6", custom(tensor("complex128", huge, b"")))
    good = {"dtype": "uint8", "shape": [1], "data": b"\x01"}
    for name, value in {
        "list": [],
        "null": None,
        "empty": {},
        "no-dtype": {k: v for k, v in good.items() if k != "dtype"},
        "no-shape": {k: v for k, v in good.items() if k != "shape"},
        "no-data": {k: v for k, v in good.items() if k != "data"},
        "one-more": good | {"order": "C"},
    }.items():
        out.refuse(f"tensor-form-{name}", "E7.3", "record", custom({"lineseal:tensor": value}))
    for dtype, size in SIZES.items():
        out.accept(f"tensor-{dtype}", "E7.4 E7.6", custom(tensor(dtype, [2], bytes(2 * size))))
    for name, value in {
        "float": "float",
        "bfloat16": "bfloat16",
        "numpy-code": "<f8",
        "upper-case": "Float64",
        "longdouble": "float128",
        "object": "object",
        "empty": "",
        "integer": 8,
        "null": None,
    }.items():
        bad = custom(tensor(value, [1], b"\x00"))
        out.refuse(f"tensor-dtype-{name}", "E7.4", "record", bad)
    for name, value in {
        "negative": [-1],
        "float": [1.0],
        "text": ["1"],
        "null-inside": [None],
        "bool": [True],
        "too-great": [2**63, 0],
        "integer": 1,
        "null": None,
        "map": {},
    }.items():
        bad = custom(tensor("uint8", value, b"\x00"))
        out.refuse(f"tensor-shape-{name}", "E7.5", "record", bad)


def sizes(out: Blocks) -> None:
    for name, (dtype, shape, data) in {
        "short": ("int32", [2], bytes(7)),
        "long": ("int32", [2], bytes(9)),
        "empty": ("uint8", [1], b""),
        "0d-empty": ("uint8", [], b""),
        "none-but-data": ("uint8", [0], b"\x00"),
        "wraps-at-2-pow-64": ("uint8", [2**32, 2**32], b""),
        "wraps-to-8": ("float64", [2**61 + 1], bytes(8)),
    }.items():
        bad = custom(tensor(dtype, shape, data))
        out.refuse(f"tensor-size-{name}", "E7.6", "record", bad, cddl=False)
    for name, value in {"text": "\x00", "list": [0], "null": None}.items():
        bad = custom(tensor("uint8", [1], value))
        out.refuse(f"tensor-data-{name}", "E7.6", "record", bad)
    out.accept("tensor-bool-both", "E7.7", custom(tensor("bool", [2], b"\x00\x01")))
    out.accept("tensor-bool-0d", "E7.7", custom(tensor("bool", [], b"\x01")))
    out.refuse("tensor-bool-2", "E7.7", "record", custom(tensor("bool", [1], b"\x02")), cddl=False)
    late = custom(tensor("bool", [3], b"\x00\x01\xff"))
    out.refuse("tensor-bool-ff", "E7.7", "record", late, cddl=False)
    odd = bytes.fromhex("000000000000f8ff 0000000000000080 010000000000f07f 000000000000f0ff")
    out.accept("tensor-float-bits", "E7.8", custom(tensor("float64", [4], odd)))
    out.accept(
        "tensor-half-bits", "E7.8", custom(tensor("float16", [2], bytes.fromhex("017e0080")))
    )
    out.accept(
        "tensor-complex", "E7.8", custom(tensor("complex64", [1], struct.pack("<2f", 1, -2)))
    )


def sealed(out: Blocks) -> None:
    out.accept("sealed", "E7.9", custom({"lineseal:sealed": parent(1)}))
    form = {"lineseal:sealed": parent(2)}
    out.accept("sealed-inputs", "E7.9 E7.11", _prediction(inputs=form, output=[form, form]))
    for name, (value, cddl) in {
        "raw": (artifact("weights"), False),
        "text": (str(parent(1)), True),
        "null": (None, True),
        "bytes": (bytes(36), True),
        "list": ([parent(1)], True),
    }.items():
        bad = custom({"lineseal:sealed": value})
        out.refuse(f"sealed-{name}", "E7.9", "record", bad, cddl=cddl)


def places(out: Blocks) -> None:
    """E7.11: where a form may stand."""
    nan = {"lineseal:float": "NaN"}
    forms = {
        "float": nan,
        "tensor": tensor("uint8", [0], b""),
        "sealed": {"lineseal:sealed": parent(1)},
    }
    properties = event("dataset", {"name": "d", "properties": dict(forms), "later": nan})
    out.accept("form-in-properties", "E7.11 E9.3", properties)
    out.accept("form-as-feedback", "E7.11", event("feedback", {"value": forms["sealed"]}))
    out.accept("form-as-a-metric", "E7.11 E10.7", event("evaluation", {"metrics": {"loss": nan}}))
    for name, form in forms.items():
        out.refuse(f"form-is-custom-payload-{name}", "E7.11", "record", event("a/b", form))
        bad = event("dataset", {"name": "d", "properties": form})
        out.refuse(f"form-is-properties-{name}", "E7.11", "record", bad)
        bad = event("evaluation", {"metrics": form})
        out.refuse(f"form-is-metrics-{name}", "E7.11", "record", bad)
        bad = event("dataset", {"name": form})
        out.refuse(f"form-is-a-text-{name}", "E7.11", "record", bad)
    for name in ("tensor", "sealed"):
        bad = event("evaluation", {"metrics": {"loss": forms[name]}})
        out.refuse(f"form-is-a-metric-{name}", "E7.11", "record", bad)
    bad = event("dataset", {"name": "d", "num_rows": nan})
    out.refuse("form-is-a-count", "E7.11", "record", bad)


def _prediction(**fields: Any) -> dict[str, Any]:
    return event("prediction", {"prediction_id": "p-1"} | fields, parents=[parent(1)])
