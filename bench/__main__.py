"""`python -m bench NAME`: prints a table; with --json a last line for programs."""

import argparse
import sys
from pathlib import Path

from . import ingest, large, logger, machine, rpc, trace, verify
from .options import Options

BENCHES = {
    "ingest": ingest.run,
    "verify": verify.run,
    "trace": trace.run,
    "rpc": rpc.run,
    "logger": logger.run,
    "growth": large.run,
}
# Bytes of disk that an event of the large size takes, with those of the other stores of that bench.
ROOM = {
    "ingest": 3_600,
    "verify": 1_400,
    "trace": 700,
    "rpc": 700,
    "logger": 1_000,
    "growth": 1_100,
}
FULL, SHORT = 1_000_000, 100_000
LARGE = 20_000_000  # of growth's goals; it takes an hour
GOALS = {
    "blocks_vs_sqlite": "goal: at least 40",
    "records_vs_sqlite": "goal: at least 5",
    "columns_vs_records": "goal: at least 10",
    "blocks_vs_raw_write": "goal: at least 0.7",
    "settled_vs_raw_write": "goal: at least 0.5",
    "last_vs_first_million": "goal: at least 0.7",
    "ingest_growth": "goal: at most 1.5",
    "vs_hashlib": "goal: at least 5",
    "per_core_vs_sha256": "goal: at least 0.6",
    "get_vs_sqlite": "goal: at least 3",
    "verify_growth": "goal: at most 1.5",
    "chain_all_vs_once": "goal: at most 2",
    "trace_growth": "goal: at most 1.5",
    "batch_vs_sqlite_servicer": "goal: at least 25",
    "batch_vs_echo": "goal: at least 0.25",
    "single_vs_noop": "goal: at least 0.7",
    "log_vs_by_hand": "goal: at most 1.0",
    "log_vs_by_hand_down": "goal: at most 1.0",
    "logger_vs_record_many": "goal: at least 0.5",
    "last_vs_first_step": "goal: at least 0.7",
    "rebuild_vs_read": "goal: at least 0.5",
    "open_clean_seconds": "goal: at most 0.3",
    "open_killed_seconds": "goal: at most 0.3",
    "peak_mib": "goal: at most 667 (700 MB)",
    "bytes_beyond_blocks": "goal: at most 110",
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
    parser.add_argument(
        "--draw", type=Path, default=Path("target/bench"), help="where growth draws (%(default)s)"
    )
    parser.add_argument(
        "--memory", type=int, default=1024, help="MiB that growth may ask for (%(default)s)"
    )
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    given = parse(arguments)
    machine.require_release_build()
    if not machine.hashes_in_hardware():
        print("not measured: this processor has no SHA-256 instructions")
        return 0
    events = given.events or (SHORT if given.short else FULL)
    options = Options(events, given.rounds or 5, given.draw, given.memory << 20, given.folder)
    machine.require_room(options.folder, events * ROOM[given.bench])
    print(f"{given.bench}: {events:,} events, {options.rounds} rounds; {machine.describe(Path())}")
    aim = LARGE if given.bench == "growth" else FULL
    if events < aim:
        print(f"  short run: the goals are for {aim:,} events")
    result = BENCHES[given.bench](options)
    print(result.table(GOALS))
    if given.json:
        print(result.json())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
