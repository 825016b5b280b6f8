"""Which ledgers a service has. May use channel, and the generated messages."""

from __future__ import annotations

from lineseal.client.channel import Channel
from lineseal.errors import CorruptLedgerError
from lineseal.v1 import provenance_pb2 as pb


def ledger_names(target: str, timeout: float = 5.0) -> list[str]:
    """The names of all ledgers of the service at HOST:PORT, ascending."""
    channel, names = Channel(target, timeout), list[str]()
    try:
        request = pb.ListLedgersRequest(page_size=1_000)
        while True:
            answer = channel.meet("ListLedgers", request, timeout)
            if answer.ledgers and names and answer.ledgers[0] <= names[-1]:
                raise CorruptLedgerError(
                    f"the server at {target} sent names of ledgers in no order",
                    remedy="Do not trust this answer; ask the server's operator",
                )
            names.extend(answer.ledgers)
            request.page_token = answer.next_page_token
            if not answer.next_page_token or not answer.ledgers:
                return names
    finally:
        channel.close()
