"""Shapes that a walk could choke on: an event with very many children, a very long chain.

Each verb is run to its end, here and over gRPC, and the memory that its process and the server's
hold meanwhile is printed beside what they hold before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import rpc
from .memory import Watch, last, lines
from .timing import Result, progress

WORK = "bench.large_work"
HUB, CHAIN = 4, 20  # the hub has a quarter of the events, the chain a twentieth
VERBS = (
    ("hub", "impact"),
    ("hub", "events"),
    ("hub", "find"),
    ("chain", "trace"),
    ("chain", "ancestors"),
)
MIB = 1 << 20
SERVED = "data"  # as `rpc.serving` calls it


def run(result: Result, folder: Path, events: int) -> None:
    names = {
        "hub": made(folder, "hub", max(events // HUB, 1_000))["origin"],
        "chain": made(folder, "chain", max(events // CHAIN, 1_000))["tip"],
    }
    result.notes.append(
        f"  {'walks':<28}{'events':>11}{'a second':>11}{'MiB before':>12}{'MiB most':>10}"
        f"{'server before':>15}{'server most':>13}"
    )
    for shape, verb in VERBS:
        progress(f"{verb} over the {shape}")
        row = walked(str(folder / SERVED / shape), verb, names[shape])
        result.notes.append(f"  {f'{shape}: {verb}':<28}{row}")
    for shape, verb in VERBS:
        progress(f"{verb} over the {shape}, gRPC")
        with served(folder) as (address, watch):
            target = f"grpc://{address}/{shape}"
            walked(target, "open", "")
            before = watch.peak()
            row = walked(target, verb, names[shape])
            row += f"{before / MIB:>15,.0f}{watch.peak() / MIB:>13,.0f}"
        result.notes.append(f"  {f'{shape}: {verb}, gRPC':<28}{row}")
    progress("")


def made(folder: Path, shape: str, events: int) -> dict[str, str]:
    progress(f"making a {shape} of {events:,} events")
    (folder / SERVED).mkdir(exist_ok=True)
    found, _ = last(WORK, shape, folder / SERVED / shape, events)
    return found


def walked(target: str, verb: str, name: str) -> str:
    (_, before), (line, most) = lines(WORK, "walk", target, verb, name)
    rate = line["events"] / line["seconds"]
    return f"{line['events']:>11,}{rate:>11,.0f}{before / MIB:>12,.0f}{most / MIB:>10,.0f}"


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, Watch]]:
    with rpc.serving(rpc.OURS, str(folder)) as (address, process):
        watch = Watch(process)
        try:
            yield address, watch
        finally:
            watch.stop()
