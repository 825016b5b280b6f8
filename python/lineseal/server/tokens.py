"""Page tokens: opaque, bound to the request, the ledger and its length at the first page.

The length makes the pages one snapshot. A token is no secret and opens nothing: its digest is there
so that one that was altered, or belongs to another request, is refused instead of misread.
"""

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass

from google.protobuf.message import Message

from lineseal.errors import InvalidArgumentError

LAYOUT = struct.Struct(">BQQ16s")
VERSION = 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where the last page ended, and how long the ledger was at the first."""

    last: int | None
    length: int


def write(place: Place, request: Message, ledger_id: str) -> str:
    """The token of a place."""
    digest = _digest(place, request, ledger_id)
    raw = LAYOUT.pack(VERSION, place.last, place.length, digest)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def read(token: str, request: Message, ledger_id: str) -> Place | None:
    """The place of a token; None for the first page."""
    if not token:
        return None
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        version, last, length, digest = LAYOUT.unpack(raw)
    except (binascii.Error, struct.error, ValueError):
        raise refused("is none of this server's") from None
    place = Place(last, length)
    if version != VERSION or digest != _digest(place, request, ledger_id):
        raise refused("belongs to another request or ledger")
    return place


def refused(why: str) -> InvalidArgumentError:
    """The error about a token."""
    return InvalidArgumentError(
        f"the page token {why}",
        path="page_token",
        remedy="Send the last answer's next_page_token with the fields of the first request",
    )


def _digest(place: Place, request: Message, ledger_id: str) -> bytes:
    """Of everything that the token stands for; the size of a page may change."""
    bound = type(request)()
    bound.CopyFrom(request)
    for free in ("page_token", "page_size"):
        bound.ClearField(free)
    said = f"{ledger_id} {place.last} {place.length} {request.DESCRIPTOR.full_name} ".encode()
    return hashlib.sha256(said + bound.SerializeToString(deterministic=True)).digest()[:16]
