"""Addresses of services and of their ledgers. May use errors."""

from __future__ import annotations

from lineseal.errors import InvalidArgumentError

SCHEME = "grpc://"
#: Where `lineseal serve` answers unless it is told otherwise.
PORT = 50051


def target_of(address: str) -> str:
    """HOST:PORT of an address, with or without `grpc://`."""
    target = address.removeprefix(SCHEME).removesuffix("/")
    if address.startswith(SCHEME) and "/" in target:
        raise InvalidArgumentError(
            f"{address[:80]!r} is the address of a ledger, not of a service",
            remedy="Give host:port and ledger=NAME apart, or the whole to open_ledger",
        )
    host, colon, port = target.rpartition(":")
    if host.startswith("[") != host.endswith("]") or "/" in target or not (host and colon):
        raise _unusable(address)
    if ":" in host and not host.startswith("["):
        raise _unusable(address)
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise _unusable(address)
    return target


def split(address: str) -> tuple[str, str]:
    """HOST:PORT and ledger of `grpc://host:port/ledger`; port and ledger may be left out."""
    target, _, ledger = address.removeprefix(SCHEME).partition("/")
    if target and (":" not in target or target.endswith("]")):
        target += f":{PORT}"
    return target_of(target), ledger.removesuffix("/") or "default"


def _unusable(address: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"{address[:80]!r} is no address of a service",
        remedy="Give host:port, or grpc://host:port/ledger; IPv6 in brackets, as [::1]:50051",
    )
