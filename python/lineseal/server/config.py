"""Every setting of a server, with its default and its bounds. May use lineseal.errors."""

from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from typing import Any

from lineseal.errors import InvalidArgumentError


def setting(default: Any, help: str, *, least: float = 1) -> Any:
    """A number with a lower bound, and what it means."""
    return field(default=default, metadata={"help": help, "least": least})


@dataclass(frozen=True, kw_only=True)
class Config:
    """How a server runs. Each field is a flag, an environment variable and a key of the file."""

    data: str = field(metadata={"help": "Directory of the ledgers, made when it is not there."})
    listen: str = field(
        default="127.0.0.1:50051",
        metadata={"help": "Address and port; port 0 takes a free one."},
    )
    insecure: bool = field(
        default=False,
        metadata={"help": "Allow an address that other machines reach, in the clear."},
    )
    unary_threads: int = setting(16, "Calls with one answer that run at once.")
    stream_threads: int = setting(8, "Traces, impacts and verifications that run at once.")
    admin_threads: int = setting(4, "Calls about ledgers themselves that run at once.")
    queue: int = setting(64, "Calls of each kind that may wait for a thread.", least=0)
    stall_timeout: float = setting(
        60.0, "Seconds after which a call whose client neither sends nor reads is cancelled."
    )
    grace: float = setting(30.0, "Seconds that calls in flight get when the server stops.", least=0)

    def __post_init__(self) -> None:
        for each in fields(self):
            least = each.metadata.get("least")
            if least is not None and not getattr(self, each.name) >= least:
                raise InvalidArgumentError(
                    f"{each.name} is {getattr(self, each.name)}, less than {least}",
                    path=each.name,
                )
        host, _port = self.endpoint
        if not self.insecure and not is_loopback(host):
            raise InvalidArgumentError(
                f"{self.listen} can be reached from other machines, without encryption or login",
                path="listen",
                remedy="Listen on 127.0.0.1, or allow it with --insecure",
            )

    @property
    def endpoint(self) -> tuple[str, int]:
        """Host and port of `listen`."""
        host, colon, port = self.listen.rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        if not (colon and host and port.isascii() and port.isdigit() and int(port) < 65_536):
            raise InvalidArgumentError(
                f"{self.listen!r} is no address to listen on",
                path="listen",
                remedy="Give HOST:PORT, such as 127.0.0.1:50051",
            )
        return host, int(port)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the host."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
