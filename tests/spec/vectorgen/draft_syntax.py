"""Drafts for E13 and what else is about the JSON itself: syntax, numbers, bytes, links, limits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .forge import artifact, custom, event, parent

if TYPE_CHECKING:
    from .drafts import Drafts

DIGITS = event("dataset", {"name": "digits"})


def build(out: Drafts) -> None:
    for section in (
        document,
        keys,
        twice,
        numbers,
        bytes_and_links,
        text,
        limits,
    ):
        section(out)


def document(out: Drafts) -> None:
    plain = '{"type":"dataset","record":{"name":"digits"}}'
    out.accept("plain", "E13.1 E13.2", plain, DIGITS)
    spaced = ' \t\r\n{ "record" : { "name" : "\\u0064igits" } , "type" : "data\\u0073et" } \n'
    out.accept("spaces-and-escapes", "E13.1 E13.2", spaced, DIGITS)
    for name, bad in {
        "empty": "",
        "white-space": " \n",
        "list": f"[{plain}]",
        "text": '"dataset"',
        "null": "null",
        "cut": plain[:-1],
        "two": plain + plain,
        "text-after": plain + " x",
        "comma": '{"type":"dataset","record":{"name":"digits"},}',
        "single-quotes": plain.replace('"', "'"),
        "comment": plain + " // digits",
        "byte-order-mark": "\ufeff" + plain,
        "nan-literal": '{"type":"a/b","time":1,"record":{"x":NaN}}',
        "infinity-literal": '{"type":"a/b","time":1,"record":{"x":-Infinity}}',
        "leading-zero": '{"type":"a/b","time":1,"record":{"x":01}}',
        "plus": '{"type":"a/b","time":1,"record":{"x":+1}}',
        "bare-point": '{"type":"a/b","time":1,"record":{"x":1.}}',
        "raw-newline-in-text": '{"type":"a/b","time":1,"record":{"x":"\n"}}',
    }.items():
        out.refuse(f"json-{name}", "E13.1", bad)
    broken = plain.encode().replace(b"digits", b"\xff").hex()
    out.refuse("json-not-utf-8", "E13.1", None, draft_hex=broken)
    latin = plain.encode().replace(b"digits", b"\xed\xa0\x80").hex()
    out.refuse("json-encoded-surrogate", "E13.1", None, draft_hex=latin)


def keys(out: Drafts) -> None:
    whole = {
        "type": "model",
        "time": 5,
        "actor": "ada",
        "parents": [{"hash": parent(1).digest.hex(), "role": "base"}],
        "no_parents": False,
        "record": {"name": "m"},
    }
    given = event("model", {"name": "m"}, time=5, actor="ada", parents=[parent(1)], roles=["base"])
    out.accept("all-keys", "E13.2 E5.3", json.dumps(whole), given)
    for name, more in {"v": {"v": 1}, "payload": {"payload": {}}, "roles": {"roles": []}}.items():
        out.refuse(f"key-{name}", "E13.2", json.dumps(whole | more))
    for key in ("type", "record"):
        less = {k: v for k, v in whole.items() if k != key}
        out.refuse(f"key-{key}-missing", "E13.2", json.dumps(less))
    for name, record in {"null": None, "list": [], "text": "digits"}.items():
        out.refuse(f"record-{name}", "E13.2", json.dumps(whole | {"record": record}))
    for name, type_ in {"unknown": "checkpoint", "custom": "custom", "empty": ""}.items():
        out.refuse(f"type-{name}", "E3.4", json.dumps(whole | {"type": type_}), "type")
    for name, type_ in {"upper-case": "a/B", "two-slashes": "a/b/c", "newline": "a/b\n"}.items():
        out.refuse(f"type-name-{name}", "E3.5", json.dumps(whole | {"type": type_}), "type")
    for name, type_ in {"unknown": "lineseal/later", "log": "lineseal/log"}.items():
        out.refuse(f"type-lineseal-{name}", "E13.12", json.dumps(whole | {"type": type_}), "type")
    gap = {"stream": "s", "first_seq": 3, "last_seq": 9, "count": 7, "reason": "queue full"}
    known = {"type": "lineseal/gap", "time": 1, "record": gap}
    out.accept("lineseal-gap", "E13.12", json.dumps(known), event("lineseal/gap", gap))
    own = {"type": "acme/gap", "time": 1, "record": {}}
    out.accept("custom-empty", "E13.12 E12.4", json.dumps(own), event("acme/gap", {}))
    for name, time in {"text": '"1"', "float": "1.0", "exponent": "1e0", "bool": "true"}.items():
        bad = '{"type":"model","time":' + time + ',"record":{"name":"m"}}'
        out.refuse(f"time-{name}", "E8.8 E3.6", bad, "time")
    big = '{"type":"model","time":9223372036854775808,"record":{"name":"m"}}'
    out.refuse("time-too-great", "E3.6", big, "time")
    for name, actor in {"integer": 1, "list": ["ada"]}.items():
        out.refuse(f"actor-{name}", "E3.7", json.dumps(whole | {"actor": actor}), "actor")


def twice(out: Drafts) -> None:
    out.accept_x("key-in-two-maps", "E13.3", '[{"a":1},{"a":{"a":2}}]', [{"a": 1}, {"a": {"a": 2}}])
    out.accept_x("key-in-two-cases", "E13.3", '{"a":1,"A":2}', {"a": 1, "A": 2})
    hash_ = parent(1).digest.hex()
    for name, bad in {
        "top": '{"type":"dataset","type":"dataset","record":{"name":"d"}}',
        "record": '{"type":"dataset","record":{"name":"d"},"record":{"name":"d"}}',
        "field": '{"type":"dataset","record":{"name":"d","name":"d"}}',
        "field-null": '{"type":"dataset","record":{"name":"d","uri":null,"uri":"x"}}',
        "field-escaped": '{"type":"dataset","record":{"name":"d","n\\u0061me":"d"}}',
        "custom": '{"type":"a/b","time":1,"record":{"x":1,"x":1}}',
        "deep": '{"type":"a/b","time":1,"record":{"x":[{"y":{"a":1,"b":2,"a":1}}]}}',
        "metric": '{"type":"evaluation","time":1,"record":{"metrics":{"a":0.5,"a":0.5}}}',
        "code": '{"type":"training","time":1,"record":{"run_id":"r","model_name":"m",'
        '"code":{"uri":"u","uri":"u"}}}',
        "parent": '{"type":"model","parents":[{"hash":"HASH","hash":"HASH"}],'.replace(
            "HASH", hash_
        )
        + '"record":{"name":"m"}}',
        "bytes-form": '{"type":"a/b","time":1,"record":{"x":{"/":{"bytes":"","bytes":""}}}}',
        "float-form": '{"type":"a/b","time":1,'
        '"record":{"x":{"lineseal:float":"NaN","lineseal:float":"NaN"}}}',
    }.items():
        out.refuse(f"twice-{name}", "E13.3", bad)


def numbers(out: Drafts) -> None:
    for text, value in {
        "0": 0,
        "-0": 0,
        "9007199254740993": 2**53 + 1,
        "9223372036854775808": 2**63,
        "18446744073709551615": 2**64 - 1,
        "-9223372036854775808": -(2**63),
    }.items():
        out.accept_x(f"integer-{text}", "E13.4", text, value)
    for name, text in {
        "2-pow-64": "18446744073709551616",
        "below-least": "-9223372036854775809",
        "100-digits": "1" * 100,
        "minus-2-pow-64": "-18446744073709551616",
    }.items():
        out.refuse_x(f"integer-{name}", "E13.4", text)
    for text, value in {
        "1.0": 1.0,
        "1e2": 100.0,
        "1E+2": 100.0,
        "-1.5e-3": -0.0015,
        "0.1": 0.1,
        "9007199254740993.0": 9007199254740992.0,
        "9007199254740995.0": 9007199254740996.0,
        "1e23": 1e23,
        "8.41e21": 8.41e21,
        "5e-324": 5e-324,
        "2.2250738585072011e-308": float.fromhex("0x0.fffffffffffffp-1022"),
        "1.7976931348623158e308": float.fromhex("0x1.fffffffffffffp+1023"),
        "18446744073709551616.0": 2.0**64,
        "0.0": 0.0,
        "-0.0": 0.0,
        "-0e0": 0.0,
        "1e-400": 0.0,
        "-1e-400": 0.0,
        "0e999": 0.0,
    }.items():
        out.accept_x(f"float-{text}", "E13.5 E8.1", text, value)
    for text in (
        "1e400",
        "-1e400",
        "1.7976931348623159e308",
        "1e99999999999",
        "1" + "0" * 309 + ".0",
    ):
        name = text if len(text) < 30 else "310-digits"
        out.refuse_x(f"float-{name}", "E13.5", text)


def slash(inside: Any) -> str:
    """The JSON of bytes or a link."""
    return json.dumps({"/": inside})


def bytes_and_links(out: Drafts) -> None:
    for text, value in {
        "": b"",
        "AA": b"\x00",
        "AP8": b"\x00\xff",
        "+/+/": b"\xfb\xff\xbf",
    }.items():
        name = text.replace("/", "s").replace("+", "p") or "empty"
        out.accept_x(f"bytes-{name}", "E13.6 E6.4", slash({"bytes": text}), value)
    link = artifact("weights")
    out.accept_x("link", "E13.6 E6.1", slash(str(link)), link)
    out.accept_x("link-in-a-list", "E13.6 E6.1 E6.4", f"[[{slash(str(link))}]]", [[link]])
    out.accept_x("slash-among-others", "E13.6 E6.5", '{"/":1,"/home":2}', {"/": 1, "/home": 2})
    map_ = {"/": {"bytes": "AA"}, "a": 1}
    out.accept_x("slash-is-then-ordinary", "E13.6 E6.5", json.dumps(map_), map_)
    upper = "B" + str(link)[1:].upper()
    for name, bad in {
        "padding": '{"/":{"bytes":"AA=="}}',
        "url-alphabet": '{"/":{"bytes":"-_-_"}}',
        "bits-left": '{"/":{"bytes":"AB"}}',
        "one-digit": '{"/":{"bytes":"A"}}',
        "space": '{"/":{"bytes":"AA "}}',
        "integer": '{"/":{"bytes":1}}',
        "another-key": '{"/":{"byte":"AA"}}',
        "two-keys": '{"/":{"bytes":"AA","x":1}}',
        "no-key": '{"/":{}}',
        "slash-integer": '{"/":1}',
        "slash-null": '{"/":null}',
        "link-empty": '{"/":""}',
        "link-version-0": '{"/":"QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG"}',
        "link-upper-case": slash(upper),
        "link-base58": '{"/":"zb2rhe5P4gXftAwvA4eXQ5HJwsER2owDyS9sKaQRRVQPn93bA"}',
        "link-cut": slash(str(link)[:-1]),
        "link-padded": slash(f"{link}="),
        "link-is-a-hash": slash(link.digest.hex()),
    }.items():
        out.refuse_x(f"slash-{name}", "E13.6", bad)
    out.refuse_x("link-to-an-event", "E6.1", slash(str(parent(1))))
    out.refuse_x(
        "link-to-an-event-deep", "E6.1", f'[{{"a":{slash(str(parent(1)))}}}]', "payload.x[0].a"
    )


def text(out: Drafts) -> None:
    out.accept_x("escapes", "E13.7 E6.2", r'"\"\\\/\b\f\n\r\t\u0000\u00e9"', '"\\/\b\f\n\r\t\x00é')
    out.accept_x("surrogate-pair", "E13.7", r'"\ud83d\ude00"', "😀")
    out.accept_x("not-normalised", "E13.7 E6.2", r'["\u00e9","e\u0301"]', ["é", "e\u0301"])
    for name, bad in {
        "high": r'"\ud800"',
        "low": r'"\udc00"',
        "exchanged": r'"\ude00\ud83d"',
        "high-then-text": r'"\ud83dx"',
        "in-a-key": r'{"\ud800":1}',
    }.items():
        out.refuse_x(f"surrogate-{name}", "E13.7", bad, None)


def limits(out: Drafts) -> None:
    deep: Any = []
    for _ in range(21):
        deep = [deep]
    out.accept_x("depth-24", "E13.14 E1.14", "[" * 22 + "]" * 22, deep)
    out.refuse_x("depth-25", "E13.14 E1.14", "[" * 23 + "]" * 23)
    many = [
        '{"type":"a/b","time":1,"record":{"x":',
        {"repeat": "[", "times": 100_000},
        {"repeat": "]", "times": 100_000},
        "}}",
    ]
    out.refuse("depth-100000", "E13.14 E1.14", many)
    form = '{"lineseal:float":"NaN"}'
    nan: Any = {"lineseal:float": "NaN"}
    for _ in range(21):
        nan = [nan]
    out.accept_x("depth-24-form", "E13.14 E13.13 E7.12", "[" * 21 + form + "]" * 21, nan)
    out.refuse_x("depth-25-form", "E13.14 E7.12", "[" * 22 + form + "]" * 22)
    big = ['{"type":"a/b","time":1,"record":{"x":"', {"repeat": "a", "times": 1 << 20}, '"}}']
    out.refuse("size-1-mib-text", "E13.14 E1.1", big)
    # base64 of zeros; 12 digits more than fit
    big_bytes = [
        '{"type":"a/b","time":1,"record":{"x":{"/":{"bytes":"',
        {"repeat": "AAAA", "times": (1 << 20) // 3 + 1},
        '"}}}}',
    ]
    out.refuse("size-1-mib-bytes", "E13.14 E1.1", big_bytes)
    crowd = [
        '{"type":"model","record":{"name":"m"},"parents":[',
        {"prefix": '{"hash":"', "counter": 32, "suffix": '"},', "times": 1024},
        '{"hash":"' + "ff" * 32 + '"}]}',
    ]
    out.refuse("parents-1025", "E4.1", crowd, "parents")
    out.accept_x(
        "empty-values-nested",
        "E12.7",
        '[null,"",[],{},{"a":null}]',
        custom([None, "", [], {}, {"a": None}])["payload"]["x"],
    )
