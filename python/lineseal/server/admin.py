"""CreateLedger, GetLedger and ListLedgers. May use call, ledgers, tokens and messages."""

from lineseal.server import tokens
from lineseal.server.call import Call, parse
from lineseal.server.events import page_size
from lineseal.server.ledgers import Ledgers, Opened, check_name
from lineseal.v1 import provenance_pb2 as pb


def create_ledger(ledgers: Ledgers, call: Call, request: bytes) -> bytes:
    """Makes a ledger, or finds it."""
    asked = parse(pb.CreateLedgerRequest, request)
    ledger, created = ledgers.create(asked.ledger)
    return pb.CreateLedgerResponse(ledger=numbers(ledger), created=created).SerializeToString()


def get_ledger(ledgers: Ledgers, call: Call, request: bytes) -> bytes:
    """A ledger in numbers."""
    asked = parse(pb.GetLedgerRequest, request)
    return pb.GetLedgerResponse(ledger=ledgers.get(asked.ledger).use(numbers)).SerializeToString()


def list_ledgers(ledgers: Ledgers, call: Call, request: bytes) -> bytes:
    """A page of the names; its token is the last of them."""
    asked = parse(pb.ListLedgersRequest, request)
    size = page_size(asked.page_size, 1_000, 100)
    if asked.page_token:
        try:
            check_name(asked.page_token)
        except ValueError:
            raise tokens.refused("is none of this server's") from None
    names = [name for name in ledgers.names() if name > asked.page_token]
    answer = pb.ListLedgersResponse(ledgers=names[:size])
    if len(names) > size:
        answer.next_page_token = names[size - 1]
    return answer.SerializeToString()


def numbers(ledger: Opened) -> pb.Ledger:
    """A ledger's numbers as a message."""
    stats = ledger.stats()
    told = ("id", "origin", "events", "batches", "groups", "segments", "bytes", "read_only")
    return pb.Ledger(
        name=ledger.name,
        format=str(stats["format"]),
        torn=[pb.TornTail(**tail) for tail in stats["torn"]],
        durable_slots=stats["durable_slots"],
        damage=stats["damage"],
        poisoned=stats["poisoned"] or "",
        **{key: stats[key] for key in told},
    )
