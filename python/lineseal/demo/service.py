"""The second half of the story: the same lives over gRPC. May use all of the demo, and the client.

The code that is shown is the code that runs, over the names in `Scene.names`.
"""

import json
import shlex
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from lineseal import Receipt
from lineseal.demo.grpcurl import Grpcurl
from lineseal.demo.server import Server
from lineseal.demo.stage import Stage
from lineseal.demo.study import Study

#: Predictions a batch, and in smaller ones; so many are acknowledged when the server is killed.
BATCH, SMALL_BATCH, KILLED_AT = 40, 3, 36

NAMES = """\
from collections import Counter
from lineseal import Client
from lineseal.demo.life import predictions, record_data, record_release, record_training
from lineseal.demo.service import batches
client = Client("{address}", ledger="default")
"""

RECORD = """\
data = record_data(client, {study})
built = record_training(client, {study}, data)
release = record_release(client, {study}, data, built)
"""

LOG = """\
answers = []
for batch in batches(predictions({study}, release.deployment), {size}):
    answers += client.record_many(batch)
"""

COUNT = """\
seen = Counter(event.payload["prediction_id"] for event in client.events("prediction"))
print(len(seen) == {count}, set(seen.values()) == {{1}})
"""

STUB = """\
import grpc
from lineseal.v1.event_pb2 import EventDraft, FeedbackRecord, NewEvent, Parent, Value
from lineseal.v1.provenance_pb2 import RecordRequest
from lineseal.v1.provenance_pb2_grpc import ProvenanceServiceStub
answer = answers[0]
label = FeedbackRecord(value=Value(int_value={truth}), kind="true-label")
parent = Parent(hash=bytes.fromhex(answer.hash))
draft = EventDraft(time={time}, parents=[parent], feedback=label)
request = RecordRequest(ledger="default", events=[NewEvent(draft=draft)])
with grpc.insecure_channel("{address}") as channel:
    receipt = ProvenanceServiceStub(channel).Record(request).receipts[0]
"""

AGAIN = """\
mine = client.record_feedback(value={truth}, kind="true-label", parents=answer, time={time})
print(mine.hash == receipt.hash.hex(), mine.created)
"""

GRPCURL = """\
{program} -plaintext -d '{{"ledger": "default", "events": [{{"json": "'$(
  echo '{draft}' | base64 | tr -d '\\n'
)'"}}]}}' {address} lineseal.v1.ProvenanceService/Record"""


SAME = """\
import base64
from lineseal import Tracker
here = Tracker().record_dataset(name="digits", version="2")
print(base64.b64decode("{hash}").hex() == here.hash)
"""


def batches(records: list[Any], size: int) -> Iterator[list[Any]]:
    """The records in lists of at most so many."""
    rest = iter(records)
    while batch := list(islice(rest, size)):
        yield batch


@dataclass
class Scene:
    """What the acts of this half share."""

    stage: Stage
    server: Server
    #: What the code that is shown may use.
    names: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The ledger's address."""
        return f"grpc://{self.server.address}/default"


def tell(stage: Stage, server: Server, told: list[Study], whole: Receipt, tool: Grpcurl) -> str:
    """Tell this half; `whole` is what the first half recorded as the first study's dataset.

    Returns the hash of one prediction in the server's ledger.
    """
    scene = Scene(stage, server)
    _open(scene, told)
    with scene.names["client"]:
        _record(scene, "digits", whole)
        _crash(scene, "tumours")
        _stub(scene, told[1])
        _grpcurl(scene, tool)
        _verify(scene)
    _close(scene)
    answer: Receipt = scene.names["answer"]
    return answer.hash


def _open(scene: Scene, told: list[Study]) -> None:
    def serve() -> str:
        scene.server.start()
        return f"answers: {scene.server.address}"

    scene.stage.heading("The same over gRPC: a server in a process of its own")
    scene.stage.act(f"{scene.server.line} &", serve)
    scene.names |= zip(("digits", "tumours"), told, strict=True)
    scene.stage.say(
        "In Python, with digits and tumours, the two studies from above, and the functions of the"
        " demo\nthat recorded them; batches cuts a list into lists of at most so many:"
    )
    code = NAMES.format(address=scene.server.address)
    scene.stage.code(code, scene.names, word="connected")


def _record(scene: Scene, study: str, whole: Receipt) -> None:
    stage, names = scene.stage, scene.names
    stage.heading("A model's life through the client, with the functions that recorded it above")
    stage.code(RECORD.format(study=study), names, word="recorded")
    same = f'print(data.whole.hash == "{whole.hash}")'
    stage.code(same, names, word="the same data, the same name as in the file", prints="True")
    stage.code(LOG.format(study=study, size=BATCH), names, word="logged")
    stage.say(f"  {len(names['answers'])} predictions in batches of {BATCH}, each durable")


def _crash(scene: Scene, study: str) -> None:
    stage, names = scene.stage, scene.names
    before = len(names["answers"])
    stage.heading("kill -9 of the server in the middle of recording")
    stage.code(RECORD.format(study=study), names, word="recorded")
    names["answers"] = []
    killer = Killer(scene)
    stage.say(f"Another hand, once {KILLED_AT} predictions of the next are acknowledged:")
    stage.say(f"$ kill -9 {scene.server.pid}; {scene.server.line} &")
    with killer:
        stage.code(LOG.format(study=study, size=SMALL_BATCH), names, word="the client carried on")
    count = len(names["answers"])
    stage.say(f"  killed after {killer.seen} of {count} were acknowledged; back in {killer.away}")
    stage.code(
        COUNT.format(count=before + count), names, word="none lost, none twice", prints="True True"
    )


class Killer(threading.Thread):
    """Kills the server when enough is acknowledged, and starts it again at the same address."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(daemon=True)
        self._scene = scene
        self._needless = threading.Event()
        self._failure: Exception | None = None
        #: How many predictions were acknowledged by then, and how long nobody answered.
        self.seen, self.away = 0, ""

    def run(self) -> None:
        """What the thread does."""
        names, server = self._scene.names, self._scene.server
        while len(names["answers"]) < KILLED_AT:
            if self._needless.wait(0.0005):
                return
        try:
            server.kill()
            self.seen = len(names["answers"])
            start = time.perf_counter()
            server.start()
            self.away = f"{time.perf_counter() - start:.1f} s"
        except Exception as failure:
            self._failure = failure

    def __enter__(self) -> None:
        self.start()

    def __exit__(self, kind: type[BaseException] | None, *_where: object) -> None:
        """Wait for the thread; its failure is the story's, where the story has none itself."""
        self._needless.set()
        if kind is None:
            self.join()
            if self._failure is not None:
                raise self._failure


def _stub(scene: Scene, study: Study) -> None:
    truth, now = int(study.test[0, -1]), time.time_ns() // 1000
    values = {"truth": truth, "time": now, "address": scene.server.address}
    scene.stage.heading("Another program, without our client: plain gRPC, a typed draft")
    scene.stage.code(STUB.format(**values), scene.names, word="recorded, durable")
    scene.stage.say("The client encodes and hashes the same record here, before it asks:")
    word = "the server's hash is ours; nothing was added"
    scene.stage.code(AGAIN.format(**values), scene.names, word=word, prints="True False")


def _grpcurl(scene: Scene, tool: Grpcurl) -> None:
    scene.stage.heading("And from a shell: grpcurl, by reflection, a JSON draft")
    tool.wait()
    if tool.folder is None:
        scene.stage.say(f"left out: {tool.missing}")
        return
    draft = {"type": "dataset", "record": {"name": "digits", "version": "2"}}
    program = "grpcurl" if shutil.which("grpcurl") else shlex.quote(str(tool.folder / "grpcurl"))
    line = GRPCURL.format(draft=json.dumps(draft), address=scene.server.address, program=program)
    said = scene.stage.shell(line, word="recorded, durable")
    (receipt,) = json.loads(said)["receipts"]
    word = "a Tracker in memory gives the same hash"
    scene.stage.code(SAME.format(hash=receipt["hash"]), scene.names, word=word, prints="True")


def _verify(scene: Scene) -> None:
    answer: Receipt = scene.names["answer"]
    where = ("--ledger", scene.url)
    scene.stage.heading("Does it hold? The client fetches every block and rehashes it here")
    scene.stage.command("trace", answer.hash[:12], *where, word="down to the data")
    scene.stage.command("verify", *where)
    scene.stage.say("What the server says of itself is another question, and rests on its word:")
    asked = "report = client.server_verify(answer)\nprint(report.verdict, report.checked)"
    scene.stage.code(asked, scene.names, word="the server agrees", prints="ok 10")


def _close(scene: Scene) -> None:
    def stop() -> str:
        status = scene.server.stop()
        if status != 0:
            raise RuntimeError(f"the server ended with {status}; see {scene.server.log}")
        return "drained: exit 0"

    scene.stage.heading("The server goes, and its files are a ledger like any other")
    scene.stage.act(f"kill -TERM {scene.server.pid}", stop)
    scene.stage.command("verify", "--ledger", str(scene.server.data / "default"))
