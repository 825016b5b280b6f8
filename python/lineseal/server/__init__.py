"""The service: ledgers under one directory, over gRPC. Needs the extra `lineseal[server]`.

`lineseal serve` runs it. Inside a program, a test or a notebook:

    with Server(Config(data="ledgers", listen="127.0.0.1:0")) as server:
        client = Client(server.address)
"""

from lineseal.server.config import Config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from lineseal.server.server import Server

__all__ = ["Config", "Server"]


def __getattr__(name: str) -> object:
    """Loads grpc only when a server is asked for: settings are read without it."""
    if name == "Server":
        from lineseal.server.server import Server

        return Server
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
