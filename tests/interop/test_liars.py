"""Every language refuses a server that lies, and says why."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from hashlib import sha256
from typing import Any

import pytest
from languages import Program
from lying import Liar, lying
from running import Process

Lie = Callable[[list[Any]], list[Any]]


def edited(messages: list[Any]) -> list[Any]:
    """The first event that names a run has another, under the old hash."""
    for event in reversed(list(_events(messages))):
        if b"run-1" in event.block:
            event.block = event.block.replace(b"run-1", b"run-2")
            break
    return messages


def renamed(messages: list[Any]) -> list[Any]:
    """The same, under the hash that the new bytes have."""
    edited(messages)
    for event in _events(messages):
        event.hash = sha256(event.block).digest()
    return messages


def without_a_parent(messages: list[Any]) -> list[Any]:
    """The oldest ancestor is left out."""
    del messages[-1].events[-1]
    return messages


def without_the_event(messages: list[Any]) -> list[Any]:
    """What was asked for is left out."""
    del messages[0].events[0]
    return messages


def turned_round(messages: list[Any]) -> list[Any]:
    """Parents before their children."""
    for message in messages:
        events = list(message.events)[::-1]
        del message.events[:]
        message.events.extend(events)
    return messages


def _at_the_end(messages: list[Any], block: bytes) -> list[Any]:
    for each in _events(messages):
        each.index += 1
    last = messages[-1].events.add(block=block, hash=sha256(block).digest())
    last.index = 0
    return messages


def with_a_stranger(messages: list[Any]) -> list[Any]:
    """An event that is no ancestor, true in itself, in a place of its own."""
    return _at_the_end(messages, STRANGER)


def with_one_twice(messages: list[Any]) -> list[Any]:
    """The oldest ancestor comes again, as if it lay in another place, too."""
    return _at_the_end(messages, messages[-1].events[-1].block)


def with_another_place(messages: list[Any]) -> list[Any]:
    """The oldest ancestor is said to be recorded last."""
    messages[-1].events[-1].index = messages[0].events[0].index + 1
    return messages


def nothing(messages: list[Any]) -> list[Any]:
    """No answer at all."""
    for message in messages:
        del message.events[:]
    return messages


#: The dataset of the worked example of docs/spec/event-format.md.
STRANGER = bytes.fromhex(
    "a46176016474797065676461746173657467706172656e747380677061796c6f6164a1646e616d6566646967697473"
)
LIES = [
    edited,
    renamed,
    without_a_parent,
    without_the_event,
    turned_round,
    with_a_stranger,
    with_one_twice,
    with_another_place,
    nothing,
]


def _events(messages: list[Any]) -> Iterator[Any]:
    for message in messages:
        yield from message.events


@pytest.fixture(scope="module")
def liar(server: Process) -> Iterator[tuple[str, Liar]]:
    with ExitStack() as stack:
        yield stack.enter_context(lying(server.address))


def test_the_same_server_is_believed_while_it_is_honest(
    program: Program, recorded: Callable[[str], Any], liar: tuple[str, Liar]
) -> None:
    address, server = liar
    server.lies.clear()
    hashes = {"model": recorded(program.name)["model"]}
    answer = program.answer("check", address, f"by-{program.name}", given=hashes)
    assert answer["model"]["checked"] == 5


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_a_trace_that_is_a_lie_is_refused(
    program: Program, recorded: Callable[[str], Any], liar: tuple[str, Liar], lie: Lie
) -> None:
    address, server = liar
    hashes = {"model": recorded(program.name)["model"]}
    server.lies = {"Trace": lie}
    done = program.run("check", address, f"by-{program.name}", given=hashes)
    assert done.returncode == 1, done.stdout + done.stderr
    answer = json.loads(done.stdout)["model"]
    assert answer["ok"] is False
    assert answer["error"].startswith("CORRUPT_LEDGER: ")


def another_hash(messages: list[Any]) -> list[Any]:
    """The receipt is for something else."""
    messages[0].receipts[0].hash = bytes(32)
    return messages


def no_hash(messages: list[Any]) -> list[Any]:
    """The receipt names nothing."""
    messages[0].receipts[0].hash = b""
    return messages


def no_receipt(messages: list[Any]) -> list[Any]:
    """There is none."""
    del messages[0].receipts[:]
    return messages


def one_more(messages: list[Any]) -> list[Any]:
    """There is another for the same event."""
    messages[0].receipts.append(messages[0].receipts[0])
    return messages


@pytest.mark.parametrize(
    "lie", [another_hash, no_hash, no_receipt, one_more], ids=lambda lie: lie.__name__
)
def test_a_receipt_that_is_a_lie_is_refused(
    program: Program, recorded: Callable[[str], Any], liar: tuple[str, Liar], lie: Lie
) -> None:
    address, server = liar
    assert recorded(program.name)
    server.lies = {"Record": lie}
    done = program.run("record", address, f"by-{program.name}")
    assert done.returncode == 2, done.stdout
    assert done.stderr.startswith("error: CORRUPT_LEDGER: "), done.stderr
