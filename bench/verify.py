"""Verification: the whole ledger against hashlib, its growth, deep chains, and reads by hash."""

import random
from contextlib import ExitStack, closing
from pathlib import Path

from . import growth, probe
from .baselines import bare_sha256, hashlib_verify
from .baselines.sqlite_baseline import SqliteStore
from .blocks import Prediction, Template, Workload, dataset, digest
from .options import Options
from .stores import Blocks, record_all, record_workload, scratch
from .timing import Result, Side, alternate, progress, seconds

GETS = 20_000


def run(options: Options) -> Result:
    with scratch(options.folder) as folder, ExitStack() as opened:
        sides = whole_ledger(folder, options.events)
        sides |= chain(folder, opened, depth=max(options.events // 10, 100))
        sides |= gets(folder, opened, options.events)
        result = Result("verify", alternate(options.rounds, sides))
    result.ratio("vs_hashlib", growth.side_name("verify_all", options.events), "hashlib loop")
    growth.add_ratio(result, "verify_growth", "verify_all", options.events)
    result.ratio("chain_all_vs_once", "chain from its last", "chain from all")
    result.ratio("per_core_vs_sha256", "verify_all on one core", "bare SHA-256")
    result.ratio("get_vs_sqlite", "get", "sqlite get")
    return result


def whole_ledger(folder: Path, events: int) -> dict[str, Side]:
    """verify_all in a fresh process at each size; the loop over the largest one's segments."""
    sides = {}
    for size in (*growth.sizes(events), events):
        path = folder / f"ledger-{size}"
        # The share of the (smaller) parents is the same at each size.
        with closing(Blocks(path)) as ledger:
            record_workload(ledger, Workload(size, cold=size // 100))
            length = len(ledger.tracker)
        sides[growth.side_name("verify_all", size)] = fresh_process(
            path, length, growth.times(size)
        )
    segments = sorted((path / "segments").glob("*.car"))
    sides["hashlib loop"] = Side(length, lambda: seconds(lambda: hashlib_verify.verify(segments)))
    progress("compiling the bare SHA-256")
    bare_sha256.build()
    sides["verify_all on one core"] = Side(length, lambda: probe.verify_all(path, one_core=True))
    sides["bare SHA-256"] = Side(length, lambda: bare_sha256.seconds(segments))
    return sides


def fresh_process(path: Path, length: int, times: int) -> Side:
    return Side(length * times, lambda: sum(probe.verify_all(path) for _ in range(times)))


def chain(folder: Path, opened: ExitStack, depth: int) -> dict[str, Side]:
    """A chain verified from all its events in one call, and from its last alone."""
    template, blocks = Template(parents=1), [dataset("origin")]
    for number in range(1, depth):
        blocks.append(template.fill(Prediction(number, (digest(blocks[-1]),))))
    names = [digest(block).hex() for block in blocks]
    ledger = opened.enter_context(closing(Blocks(folder / "chain")))
    record_all(ledger, blocks)
    verify = ledger.tracker.verify
    return {
        "chain from all": Side(depth, lambda: seconds(lambda: verify(names))),
        "chain from its last": Side(depth, lambda: seconds(lambda: verify(names[-1]))),
    }


def gets(folder: Path, opened: ExitStack, events: int) -> dict[str, Side]:
    """Random reads by hash, the block returned; the same events in both stores, in memory."""
    workload = Workload(events, cold=events // 100)
    ledger = opened.enter_context(closing(Blocks(folder / f"ledger-{events}")))
    store = opened.enter_context(closing(SqliteStore(folder / "gets.sqlite")))
    progress("filling SQLite")
    record_workload(store, workload)
    every = [block for batch in workload.batches for block in batch]
    wanted = [digest(block) for block in random.Random(0).choices(every, k=GETS)]
    texts = [name.hex() for name in wanted]
    get = ledger.tracker.get
    return {
        "get": Side(GETS, lambda: seconds(lambda: [get(text).block for text in texts])),
        "sqlite get": Side(GETS, lambda: seconds(lambda: [store.get(name) for name in wanted])),
    }
