"""Every setting of a server, once: with default, bound and meaning. May use lineseal.errors.

Flags, environment, file and `--help` are made from these fields.
"""

import os
from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from typing import Any

from lineseal.errors import InvalidArgumentError


def setting(default: Any, metavar: str, help: str, *, least: float | None = None) -> Any:
    """A field with what it means, how its value is called, and the least that it may be."""
    about = {"metavar": metavar, "help": help, "least": least}
    return field(default=default, metadata=about)


@dataclass(frozen=True, kw_only=True)
class Config:
    """How a server runs."""

    data: str = setting("lineseal-data", "DIR", "Directory of the ledgers.")
    listen: str = setting(
        "127.0.0.1:50051", "HOST:PORT", "Where to answer; port 0 takes a free one."
    )
    insecure: bool = setting(
        False, "", "Answer in the clear on an address that other machines reach."
    )
    record_threads: int = setting(
        0, "N", "Batches that are recorded at once; 0 for two a processor.", least=0
    )
    read_threads: int = setting(8, "N", "Events and pages that are read at once.", least=1)
    stream_threads: int = setting(
        8, "N", "Traces, impacts and verifications that run at once.", least=1
    )
    admin_threads: int = setting(4, "N", "Calls about ledgers that run at once.", least=1)
    queue: int = setting(64, "N", "Calls of each of these kinds that may wait.", least=0)
    stall_timeout: float = setting(
        60.0, "SECONDS", "A call whose client neither sends nor reads so long ends.", least=0.1
    )
    grace: float = setting(
        30.0, "SECONDS", "What calls in flight get when the server stops.", least=0
    )

    def __post_init__(self) -> None:
        for each in fields(self):
            value, least = getattr(self, each.name), each.metadata["least"]
            if least is not None and not value >= least:
                raise InvalidArgumentError(
                    f"{each.name} is {value}, less than {least}", path=each.name
                )
        host, _port = self.endpoint
        if not self.insecure and not is_loopback(host):
            raise InvalidArgumentError(
                f"other machines reach {self.listen}, and there is neither encryption nor login",
                path="listen",
                remedy="Listen on 127.0.0.1, or allow it with --insecure",
            )

    @property
    def recording(self) -> int:
        """Threads that record. More than these cost more switching than they gain, unless the disk
        is slow.
        """
        return self.record_threads or max(4, 2 * (os.cpu_count() or 1))

    @property
    def endpoint(self) -> tuple[str, int]:
        """Host and port of `listen`."""
        host, _colon, port = self.listen.rpartition(":")
        bare = host.removeprefix("[").removesuffix("]")
        if bare and port.isascii() and port.isdigit() and int(port) < 65_536:
            return bare, int(port)
        raise InvalidArgumentError(
            f"{self.listen!r} is no address to listen on",
            path="listen",
            remedy="Give HOST:PORT, such as 127.0.0.1:50051",
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the host."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
