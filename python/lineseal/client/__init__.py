"""Ledgers of a service: the verbs of `Tracker` over gRPC. Needs `pip install "lineseal[client]"`.

May use LedgerAPI, `_core`, errors, the generated messages of `lineseal.v1`, and grpcio; never the
server. Nothing that a server says is believed: blocks are hashed here.
"""

from lineseal.client.aio import AsyncClient
from lineseal.client.client import Client

__all__ = ["AsyncClient", "Client"]
