"""Record over gRPC, durable, against servers that do less: nothing, or the same on SQLite.

Server and clients are processes of their own, and start anew in every round; requests are made
before any timer. Clients send prebuilt bytes, so that what is measured is the server.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import grpc
from lineseal import _core
from lineseal.v1 import event_pb2, provenance_pb2

from . import load, machine
from .blocks import INPUTS, OUTPUT, Prediction, Workload
from .options import Options
from .timing import Result, Side, alternate

LEDGER = "default"
CLIENTS = 4
SINGLE_CLIENTS, IN_FLIGHT = 2, 32  # 64 in flight
SIZES = (100, 10_000)  # batches besides those of 1,000
Command = Sequence[str]
OURS: Command = ("lineseal.cli", "serve", "--listen", "127.0.0.1:0", "--data")
EMPTY: Command = ("bench.baselines.grpc_servicers", "empty")
WAITING: Command = ("bench.baselines.grpc_servicers", "waiting")
SQLITE: Command = ("bench.baselines.grpc_servicers", "sqlite")


def run(options: Options) -> Result:
    """A million events elsewhere are 200,000 here: SQLite's servicer takes seconds for them."""
    workload = Workload(max(options.events // 5, 2_000))
    singles = Workload(max(options.events // 100, 500), cold=1)
    with tempfile.TemporaryDirectory(dir=made(options.folder)) as name:
        remote = sides_of(Path(name), workload, singles)
        sides = {name: Side(side.events, side.seconds) for name, side in remote.items()}
        result = Result("rpc", alternate(options.rounds, sides))
    result.notes = [f"  {'cores kept busy':<24}{'server':>13}{'clients':>13}"]
    result.notes += [f"  {name:<24}{side.busy()}" for name, side in remote.items()]
    result.ratio("batch_vs_sqlite_servicer", "batch 1,000", "sqlite servicer")
    result.ratio("batch_vs_echo", "batch 1,000", "empty servicer")
    result.ratio("single_vs_noop", "single", "no-op")
    result.ratio("single_vs_waiting", "single", "waiting")
    result.ratio("drafts_vs_blocks", "drafts 1,000", "batch 1,000")
    return result


def sides_of(folder: Path, workload: Workload, singles: Workload) -> dict[str, "Remote"]:
    parents = [request(some) for some in parts(workload.parents, 1_000)]
    blocks = [block for batch in workload.batches for block in batch]
    thousands = requests_in(folder / "1000", [request(some) for some in workload.batches])
    drafts = requests_in(folder / "drafts", map(drafted, workload.predictions))
    one_by_one = [request([block]) for batch in singles.batches for block in batch]
    alone = requests_in(folder / "1", one_by_one, SINGLE_CLIENTS)
    nothing = requests_in(folder / "0", [b""] * len(one_by_one), SINGLE_CLIENTS)
    first = [request(some) for some in parts(singles.parents, 1_000)]
    sides = {
        "batch 1,000": Remote(OURS, folder, parents, thousands, workload.events),
        "empty servicer": Remote(EMPTY, folder, parents, thousands, workload.events),
        "sqlite servicer": Remote(SQLITE, folder, parents, thousands, workload.events),
        "drafts 1,000": Remote(OURS, folder, parents, drafts, workload.events),
        "single": Remote(OURS, folder, first, alone, len(one_by_one), IN_FLIGHT),
        "no-op": Remote(EMPTY, folder, [], nothing, len(one_by_one), IN_FLIGHT),
        "waiting": Remote(WAITING, folder, [], nothing, len(one_by_one), IN_FLIGHT),
    }
    for size in SIZES:
        several = requests_in(folder / str(size), map(request, parts(distinct(blocks), size)))
        count = len(set(blocks))
        sides[f"batch {size:,}"] = Remote(OURS, folder, parents, several, count)
    return sides


def made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def parts(blocks: Sequence[bytes], size: int) -> Iterator[Sequence[bytes]]:
    return (blocks[at : at + size] for at in range(0, len(blocks), size))


def distinct(blocks: Sequence[bytes]) -> Sequence[bytes]:
    """A batch of 10,000 may not hold one block twice."""
    return list(dict.fromkeys(blocks))


def request(blocks: Sequence[bytes]) -> bytes:
    return _core.make_batch_blocks(list(blocks)).request(LEDGER)


def drafted(batch: Sequence[Prediction]) -> bytes:
    """The same events as typed drafts."""
    message = provenance_pb2.RecordRequest(ledger=LEDGER)
    for prediction in batch:
        draft = message.events.add().draft
        draft.time = prediction.time
        draft.parents.extend(event_pb2.Parent(hash=parent) for parent in prediction.parents)
        record = draft.prediction
        record.prediction_id = prediction.prediction_id
        record.output.text_value = OUTPUT
        for name, value in INPUTS.items():
            record.inputs.map_value.entries[name].double_value = value
    return message.SerializeToString()


def requests_in(stem: Path, requests: Iterable[bytes], clients: int = CLIENTS) -> list[Path]:
    """Files of requests, one a client; the n-th request goes to the n-th client, in turn."""
    every = list(requests)
    files = [stem.with_suffix(f".{client}") for client in range(clients)]
    for client, file in enumerate(files):
        load.write(file, every[client::clients])
    return files


class Remote:
    """A side with a server of its own: `before` is recorded outside the timer, the files inside."""

    def __init__(
        self,
        command: Command,
        folder: Path,
        before: list[bytes],
        files: list[Path],
        events: int,
        in_flight: int = 1,
    ) -> None:
        self.command, self.folder, self.before = command, folder, before
        self.files, self.events, self.in_flight = files, events, in_flight
        self.cores: list[tuple[float, float]] = []

    def seconds(self) -> float:
        """From the first request of any client to the last answer."""
        with (
            tempfile.TemporaryDirectory(dir=self.folder) as data,
            serving(self.command, data) as (address, process),
        ):
            with grpc.insecure_channel(address) as channel:
                call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(load.RECORD)
                for one in self.before:
                    call(one)
            server = machine.processor_time(process)
            taken, clients = loaded(address, self.files, self.in_flight)
            server = machine.processor_time(process) - server
        self.cores.append((server / taken, clients / taken))
        return taken

    def busy(self) -> str:
        """Which of the two was the bottleneck: medians of processor time over time."""
        server, clients = (median(side) for side in zip(*self.cores, strict=True))
        return f"{server:>13.2f}{clients:>13.2f}"


@contextmanager
def serving(command: Command, data: str) -> Iterator[tuple[str, int]]:
    """Address and process of a server."""
    started = [sys.executable, "-m", *command, f"{data}/data" if command[0] == OURS[0] else data]
    with subprocess.Popen(
        started,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process.pid
        finally:
            process.terminate()


def loaded(address: str, files: list[Path], in_flight: int) -> tuple[float, float]:
    """Seconds that it took, and seconds of processor time of all clients."""
    with ExitStack() as stack:
        clients = [stack.enter_context(client(address, file, in_flight)) for file in files]
        said = [(one.stdin, one.stdout) for one in clients]
        pipes = [(to, back) for to, back in said if to and back and back.readline() == "ready\n"]
        for to, _ in pipes:
            to.write("go\n")
            to.flush()
        times = [back.readline().split() for _, back in pipes]
    if [len(some) for some in times] != [3] * len(files):
        raise SystemExit(f"bench: a client of {address} failed")
    starts, ends, cpu = (list(map(float, each)) for each in zip(*times, strict=True))
    return max(ends) - min(starts), sum(cpu)


def client(address: str, file: Path, in_flight: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bench.load", address, str(file), str(in_flight)]
    return subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
