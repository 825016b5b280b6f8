"""Blocks for E1 and E3.1: the encoding, and what every version keeps. The hex is by hand."""

from __future__ import annotations

from typing import Any

from .forge import CUSTOM, Blocks, Link, around, artifact, custom, encode, event, parent

RAW_LINK = "d82a 5825 00 01551220" + "11" * 32
MIB = 1 << 20


def build() -> dict[str, Any]:
    out = Blocks()
    for section in (
        sizes,
        whole,
        heads,
        floats,
        simple,
        integers,
        text,
        keys,
        links,
        depth,
        counts,
    ):
        section(out)
    first(out)
    return out.file()


def sizes(out: Blocks) -> None:
    head = around("5a")  # bytes with a length of four bytes
    room = MIB - len(bytes.fromhex(head)) - 4
    out.accept_hex("size-1-mib", "E1.1", [head + f"{room:08x}", {"repeat": "00", "times": room}])
    head_text = around("7a")  # text with a length of four bytes
    out.accept_hex(
        "size-1-mib-less-one",
        "E1.1",
        [head_text + f"{room - 1:08x}", {"repeat": "61", "times": room - 1}],
    )
    out.refuse(
        "size-1-mib-and-one",
        "E1.1",
        "frame",
        [head + f"{room + 1:08x}", {"repeat": "00", "times": room + 1}],
    )
    out.refuse(
        "size-2-mib",
        "E1.1",
        "frame",
        [head_text + f"{2 * room:08x}", {"repeat": "61", "times": 2 * room}],
    )


def whole(out: Blocks) -> None:
    block = encode(custom([1, "two"])).hex()
    out.accept("whole-list", "E1.2", custom([1, "two"]))
    out.accept("whole-thing", "E1.2", event("dataset", {"name": "digits"}))
    out.refuse("whole-empty", "E1.2", "frame", "")
    out.refuse("whole-cut-by-one", "E1.2", "frame", block[:-2])
    out.refuse("whole-cut-in-a-key", "E1.2", "frame", block[:10])
    out.refuse("whole-zero-after", "E1.2", "frame", block + "00")
    out.refuse("whole-item-after", "E1.2", "frame", block + "a0")
    out.refuse("whole-twice", "E1.2", "frame", block + block)


def heads(out: Blocks) -> None:
    edges = [23, 24, 255, 256, 65535, 65536, 2**32 - 1, 2**32]
    out.accept("head-integers-at-edges", "E1.3 E6.3", custom(edges + [-1 - n for n in edges]))
    out.accept("head-texts-at-edges", "E1.3", custom(["a" * n for n in (0, 23, 24, 255, 256)]))
    out.accept("head-lists-at-edges", "E1.3", custom([[0] * 23, [0] * 24, b"0" * 23, b"0" * 24]))
    long = {
        "23-in-two-bytes": "1817",
        "minus-24-in-two-bytes": "3817",
        "255-in-three-bytes": "1900ff",
        "65535-in-five-bytes": "1a0000ffff",
        "2-pow-32-less-one-in-nine-bytes": "1b00000000ffffffff",
        "text-length": "780161",
        "text-length-255-in-three-bytes": ["7900ff", {"repeat": "61", "times": 255}],
        "bytes-length": "580100",
        "list-count": "980100",
        "map-count": "b801617900",
        "tag-42-in-three-bytes": "d9002a" + RAW_LINK[5:],
    }
    for name, value in long.items():
        parts = value if isinstance(value, list) else [value]
        block = [around(parts[0].replace(" ", "")), *parts[1:]]
        out.refuse(f"head-long-{name}", "E1.3", "frame", block if parts[1:] else block[0])
    event_map = CUSTOM.replace("a5", "b805", 1) + "00"
    out.refuse("head-long-event-map", "E1.3", "frame", event_map)
    out.refuse("head-reserved-28", "E1.3", "frame", around("1c"), note="additional information 28")

    out.accept("length-definite-empty", "E1.4", custom(["", b"", [], {}]))
    out.accept("length-definite", "E1.4", custom(["a", b"a", [1], {"a": 1}]))
    endless = {
        "text": "7f6161ff",
        "bytes": "5f4100ff",
        "list": "9f00ff",
        "list-empty": "9fff",
        "map": "bf617900ff",
    }
    for name, value in endless.items():
        out.refuse(f"length-indefinite-{name}", "E1.4", "frame", around(value))
    out.refuse("length-break-alone", "E1.4", "frame", around("ff"))
    out.refuse("length-indefinite-event", "E1.4", "frame", CUSTOM.replace("a5", "bf", 1) + "00ff")


def floats(out: Blocks) -> None:
    out.accept("float-64-whole", "E1.5 E6.3", custom(1.0))
    out.accept("float-64-extremes", "E1.5 E6.3", custom([1.7976931348623157e308, 5e-324, 0.1]))
    bad = {
        "half-1": "f93c00",
        "single-1": "fa3f800000",
        "single-0": "fa00000000",
        "nan": "fb7ff8000000000000",
        "nan-payload": "fbfff8000000000001",
        "infinity": "fb7ff0000000000000",
        "minus-infinity": "fbfff0000000000000",
        "half-nan": "f97e00",
    }
    for name, value in bad.items():
        out.refuse(f"float-{name}", "E1.5", "frame", around(value))
    out.accept("zero-positive", "E1.6", custom(0.0))
    out.accept("zero-almost", "E1.6 E6.3", custom(-5e-324))
    zero = "fb8000000000000000"
    out.refuse("zero-negative", "E1.6", "frame", around(zero))
    out.refuse("zero-negative-deep", "E1.6", "frame", around("81 a1 6179" + zero))
    metric = encode(event("evaluation", {"metrics": {"loss": 0.0}})).hex()
    out.refuse("zero-negative-metric", "E1.6", "frame", metric.replace("fb0000000000000000", zero))


def simple(out: Blocks) -> None:
    out.accept("simple-three", "E1.7 E6.4", custom([False, True, None]))
    out.accept("simple-null", "E1.7 E9.5", custom(None))
    bad = {"undefined": "f7", "0": "e0", "16": "f0", "32": "f820", "false-in-two-bytes": "f814"}
    for name, value in bad.items():
        out.refuse(f"simple-{name}", "E1.7", "frame", around(value))


def integers(out: Blocks) -> None:
    out.accept("integer-least", "E1.8 E6.3", custom(-(2**63)))
    out.accept("integer-greatest", "E1.8 E6.3", custom(2**64 - 1))
    out.accept("integer-2-pow-53-and-one", "E1.8 E6.3", custom([2**53 + 1, 2**63]))
    out.refuse("integer-below-least", "E1.8", "frame", around("3b8000000000000000"))
    out.refuse("integer-minus-2-pow-64", "E1.8", "frame", around("3bffffffffffffffff"))


def text(out: Blocks) -> None:
    out.accept("utf8-every-length", "E1.9 E6.2", custom("a é € 😀"))
    out.accept(
        "utf8-edges", "E1.9 E6.2", custom("\x00\x7f\x80\u07ff\u0800\ud7ff\ue000\uffff\U0010ffff")
    )
    bad = {
        "ff": "61ff",
        "overlong-nul": "62c080",
        "overlong-slash": "63e080af",
        "surrogate": "63eda080",
        "surrogate-pair": "66eda0bdedb880",
        "beyond": "64f4908080",
        "cut": "61c3",
        "stray-continuation": "6180",
    }
    for name, value in bad.items():
        out.refuse(f"utf8-{name}", "E1.9", "frame", around(value))
    out.refuse("utf8-in-a-key", "E1.9", "frame", around("a161ff00"))


def keys(out: Blocks) -> None:
    out.accept("key-text", "E1.10", custom({"": 0, "a": 1}))
    out.accept("key-digits", "E1.10", custom({"1": 0}))
    for name, value in {"integer": "a10100", "bytes": "a1417900", "null": "a1f600"}.items():
        out.refuse(f"key-{name}", "E1.10", "frame", around(value))
    out.accept("order-shorter-first", "E1.11", custom({"b": 0, "aa": 1}))
    out.accept("order-by-bytes", "E1.11", custom({"z": 0, "é": 1, "éé": 2, "😀": 3}))
    bad = {
        "bytes": "a2 6162 00 6161 01",
        "length": "a2 626161 00 6162 01",
        "alphabet": "a2 62c3a9 00 617a 01",
        "deep": "81 a2 6162 00 6161 01",
    }
    for name, value in bad.items():
        out.refuse(f"order-{name}", "E1.11", "frame", around(value))
    # time and type exchanged
    swapped = "a5 6176 01 6474797065 63612f62 6474696d65 01 67706172656e7473 80 677061796c6f6164 a0"
    out.refuse("order-envelope", "E1.11", "frame", swapped)
    out.accept("twice-not-one-map", "E1.12", custom([{"a": 0}, {"a": 0}, {"a": {"a": 0}}]))
    out.accept("twice-not-the-same", "E1.12 E6.2", custom({"é": 0, "e\u0301": 1}))
    out.refuse("twice", "E1.12", "frame", around("a2 6161 00 6161 00"))
    out.refuse("twice-deep", "E1.12", "frame", around("81 a2 6161 00 6161 01"))
    twice = CUSTOM.replace("a5 6176 01", "a6 6176 01 6176 01")
    out.refuse("twice-envelope", "E1.12", "frame", twice + "00")


def links(out: Blocks) -> None:
    out.accept("link-raw", "E1.13 E6.1 E6.4", custom(artifact("weights")))
    out.accept("link-parent", "E1.13", custom(0, parents=[parent(1)]))
    digest = "11" * 32
    bad = {
        "tag-1": "c1 00",
        "tag-2-bignum": "c2 49 010000000000000000",
        "tag-41": "d829 5825 00 01551220" + digest,
        "tag-55799-self-described": "d9d9f7 00",
        "of-text": "d82a 6161",
        "of-integer": "d82a 00",
        "of-a-link": "d82a " + RAW_LINK,
        "without-00": "d82a 5824 01551220" + digest,
        "with-01": "d82a 5825 01 01551220" + digest,
        "empty": "d82a 40",
        "short": "d82a 5824 00 01551220" + digest[2:],
        "long": "d82a 5826 00 01551220" + digest + "00",
        "version-0": "d82a 5823 00 1220" + digest,
        "version-2": "d82a 5825 00 02551220" + digest,
        "dag-pb": "d82a 5825 00 01701220" + digest,
        "dag-json": "d82a 5827 00 01a9021220" + digest,
        "sha2-512": "d82a 5845 00 01551340" + digest * 2,
        "sha3-256": "d82a 5825 00 01551620" + digest,
        "identity": "d82a 5826 00 01550021" + digest + "00",
    }
    for name, value in bad.items():
        out.refuse(f"link-{name}", "E1.13", "frame", around(value))


def depth(out: Blocks) -> None:
    # the event is 1 deep, its payload 2: 22 more are allowed
    out.accept_hex("depth-24-lists", "E1.14", around("81" * 21 + "80"))
    out.accept_hex("depth-24-maps", "E1.14", around("a16179" * 21 + "a0"))
    out.accept_hex("depth-24-and-a-link", "E1.14", around("81" * 22 + RAW_LINK))
    out.refuse("depth-25-lists", "E1.14", "frame", around("81" * 22 + "80"))
    out.refuse("depth-25-maps", "E1.14", "frame", around("a16179" * 22 + "a0"))
    out.refuse("depth-25-mixed", "E1.14", "frame", around("81a16179" * 11 + "8100"))
    bomb = [around(""), {"repeat": "81", "times": 200_000}, "00"]
    out.refuse("depth-200000", "E1.14", "frame", bomb)
    form = "a1 6e 6c696e657365616c3a666c6f6174 63 4e614e"  # {"lineseal:float": "NaN"}
    out.accept_hex("depth-24-form", "E1.14 E7.12", around("81" * 21 + form))
    out.refuse("depth-25-form", "E1.14", "frame", around("81" * 22 + form))
    sealed = {"lineseal:sealed": parent(1)}
    out.accept("depth-form-sealed", "E7.12", custom([sealed]))


def counts(out: Blocks) -> None:
    out.accept_hex("count-fills-list", "E1.15", around("9818" + "00" * 24))
    out.accept_hex("count-fills-bytes", "E1.15", around("5818" + "00" * 24))
    bad = {
        "list-2-pow-63": "9b8000000000000000",
        "list-2-pow-64": "9bffffffffffffffff",
        "list-65536": "9a00010000",
        "map-2-pow-64": "bbffffffffffffffff",
        "map-one-too-many": "a2617900",
        "text-2-pow-64": "7bffffffffffffffff",
        "bytes-2-pow-32": "5b0000000100000000",
        "bytes-one-too-many": "4200",
    }
    for name, value in bad.items():
        out.refuse(f"count-{name}", "E1.15", "frame", around(value))


def first(out: Blocks) -> None:
    """E3.1: what a block of any version has."""
    thing = event("dataset", {"name": "digits"})
    raw = Link(0x55, bytes(32))
    out.accept("first-no-parents", "E3.1", thing | {"type": "model"})
    out.accept("first-a-parent", "E3.1", thing | {"parents": [parent(0)]})
    without_v = {key: value for key, value in thing.items() if key != "v"}
    without_parents = {key: value for key, value in thing.items() if key != "parents"}
    bad = {
        "v-missing": without_v,
        "v-0": thing | {"v": 0},
        "v-negative": thing | {"v": -1},
        "v-text": thing | {"v": "1"},
        "v-float": thing | {"v": 1.0},
        "v-bool": thing | {"v": True},
        "v-null": thing | {"v": None},
        "parents-missing": without_parents,
        "parents-null": thing | {"parents": None},
        "parents-map": thing | {"parents": {}},
        "parents-one-link": thing | {"parents": parent(1)},
        "parents-text": thing | {"parents": [str(parent(1))]},
        "parents-bytes": thing | {"parents": [bytes(32)]},
        "parents-raw": thing | {"parents": [raw]},
        "parents-raw-after-good": thing | {"parents": [parent(1), raw]},
    }
    for name, value in bad.items():
        out.refuse(f"first-{name}", "E3.1", "frame", value, cddl="raw" not in name)
    for name, value in {"list": "80", "integer": "01", "text": "6176", "null": "f6"}.items():
        out.refuse(f"first-{name}", "E3.1", "frame", value, cddl=True)
    out.refuse("first-map-empty", "E3.1", "frame", "a0", cddl=True)
