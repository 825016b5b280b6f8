"""`python -m bench NAME`: prints a table; with --json a last line for programs."""

import argparse
import sys
from pathlib import Path

from . import ingest, machine, rpc, trace, verify
from .options import Options

BENCHES = {"ingest": ingest.run, "verify": verify.run, "trace": trace.run, "rpc": rpc.run}
FULL, SHORT = 1_000_000, 100_000
GOALS = {
    "blocks_vs_sqlite": "goal: at least 10",
    "records_vs_sqlite": "goal: at least 3",
    "ingest_growth": "goal: at most 1.5",
    "vs_hashlib": "goal: at least 3.5",
    "verify_growth": "goal: at most 1.5",
    "chain_all_vs_once": "goal: at most 2",
    "trace_growth": "goal: at most 1.5",
    "batch_vs_sqlite_servicer": "goal: at least 15",
    "batch_vs_echo": "goal: at least 0.2",
    "single_vs_noop": "goal: at least 0.6",
}


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("bench", choices=sorted(BENCHES))
    parser.add_argument("--events", type=int, help=f"the large size (default {FULL:,})")
    parser.add_argument("--rounds", type=int, help="how often each side runs (default: 5)")
    parser.add_argument(
        "--short", action="store_true", help=f"{SHORT:,} events: not the goal's size"
    )
    parser.add_argument("--json", action="store_true", help="a last line for programs")
    parser.add_argument(
        "--folder", type=Path, default=Path("target/bench"), help="disk to measure (%(default)s)"
    )
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    given = parse(arguments)
    machine.require_release_build()
    if not machine.hashes_in_hardware():
        print("not measured: this processor has no SHA-256 instructions")
        return 0
    events = given.events or (SHORT if given.short else FULL)
    options = Options(events, given.rounds or 5, given.folder)
    print(f"{given.bench}: {events:,} events, {options.rounds} rounds; {machine.describe(Path())}")
    if events < FULL:
        print("  short run: the goals are for 1,000,000 events")
    result = BENCHES[given.bench](options)
    print(result.table(GOALS))
    if given.json:
        print(result.json())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
