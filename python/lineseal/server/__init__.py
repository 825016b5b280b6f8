"""The service: ledgers under one directory, over gRPC. Needs the extra `lineseal[server]`.

`lineseal serve` runs it; `Server` starts one inside a program:

    with Server(Config(data="ledgers", listen="127.0.0.1:0")) as server:
        client = Client(server.address)
"""

from lineseal.server.config import Config
from lineseal.server.server import Server

__all__ = ["Config", "Server"]
