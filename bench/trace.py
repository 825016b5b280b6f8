"""Tracing: the same DAG at the end of a small and of a large ledger, per visited event."""

from contextlib import ExitStack, closing
from math import isqrt

from . import growth
from .blocks import Prediction, Template, Workload, dataset, digest, encode
from .options import Options
from .stores import Blocks, record_all, record_workload, scratch
from .timing import Result, Side, alternate, seconds

TRACES = 10  # a side


def run(options: Options) -> Result:
    small, *others = (*growth.sizes(options.events), options.events)
    dag, tip = lattice(small)
    sides = {}
    with scratch(options.folder) as folder, ExitStack() as opened:
        for size in (small, *others):
            ledger = opened.enter_context(closing(Blocks(folder / str(size))))
            fill_before(ledger, size - len(dag))
            record_all(ledger, dag)
            sides[growth.side_name("trace", size)] = tracing(ledger, tip, len(dag))
        result = Result("trace", alternate(options.rounds, sides))
    growth.add_ratio(result, "trace_growth", "trace", options.events)
    return result


def lattice(events: int) -> tuple[list[bytes], str]:
    """About `events` blocks, topologically: an origin, square layers of two parents each, a tip.

    Every event is an ancestor of the tip, whose hash is returned beside them.
    """
    width = min(isqrt(events), 100)
    blocks = [dataset("origin")]
    layer = [digest(blocks[0])] * width
    number = 0
    for _ in range(events // width):
        above, layer = layer, []
        for place in range(width):
            number += 1
            parents = tuple(sorted({above[place], above[(place + 1) % width]}))
            blocks.append(Template(len(parents)).fill(Prediction(number, parents)))
            layer.append(digest(blocks[-1]))
    blocks.append(encode(Prediction(number + 1, tuple(sorted(layer)))))
    return blocks, digest(blocks[-1]).hex()


def fill_before(ledger: Blocks, events: int) -> None:
    """Events that no trace of the lattice visits."""
    if events > 0:
        cold = events // 100
        record_workload(ledger, Workload(events - cold, cold))


def tracing(ledger: Blocks, tip: str, visited: int) -> Side:
    def once() -> None:
        found = sum(1 for _ in ledger.tracker.trace(tip))
        if found != visited:
            raise SystemExit(f"bench: a trace found {found} events where there are {visited}")

    return Side(visited * TRACES, lambda: sum(seconds(once) for _ in range(TRACES)))
