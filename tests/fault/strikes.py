"""Every system call that a life makes on its ledger, struck in turn: by SIGKILL, by an error, by
taking only a part. After each strike nothing acknowledged is lost, no batch is there in part, no
answer is wrong, and recording goes on.
"""

import errno
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import strace
import victim
from jobs import Job
from lineseal import LinesealError
from lives import Life

#: What a full disk refuses.
GROWING = {
    *("mkdir", "openat", "rename", "pwrite64", "pwritev", "ftruncate", "fallocate"),
    *("fdatasync", "fsync", "sync_file_range", "copy_file_range"),
}
#: Not the ledger's: the shell of the process.
NOT_STRUCK = {"execve", "readlink", "readlinkat"}
#: A close that fails has closed.
ONLY_KILLED = {"close"}
#: What SHORT counts, as `short.c` does.
MOVING = {"pread64", "pwrite64"}

KILL, EIO, ENOSPC, SHORT, FULL = "SIGKILL", "EIO", "ENOSPC", "short", "short, then full"


@dataclass(frozen=True)
class Strike:
    """The `when`-th call of this name, in every thread that gets so far."""

    call: str
    when: int
    fault: str

    def __str__(self) -> str:
        return f"{self.fault} at {self.call} number {self.when}"


class Range:
    """Strikes the lives of one kind."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.log = life.room / "strace.log"

    @cached_property
    def preload(self) -> Path:
        """The library that makes reads and writes short."""
        library, source = self.life.room / "short.so", Path(__file__).with_name("short.c")
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
        return library

    @cached_property
    def calls(self) -> list[strace.Call]:
        """Every call of a life without strikes that concerns the ledger's files."""
        self.life.begin()
        options = ["-s", "4096", "-e", "trace=%file,%desc", "-o", str(self.log)]
        done = victim.run(self.life.command, "strace", "-f", "-qq", "-y", *options)
        self.life.check_end(done)
        assert self.life.is_complete(done.stdout), done.stderr
        mine = (call for call in strace.calls(self.log) if str(self.life.ledger) in call.args)
        return [call for call in mine if call.name not in NOT_STRUCK]

    @cached_property
    def paths(self) -> list[str]:
        """Every path of the ledger's that a call named."""
        found = set()
        for call in self.calls:
            for piece in call.args.replace("<", '"').replace(">", '"').split('"'):
                if piece.startswith(str(self.life.ledger)):
                    found.add(piece)
        return sorted(found)

    def strikes(self) -> Iterator[Strike]:
        """One for each call and each way in which it can fail."""
        most: dict[str, int] = {}
        for (_, name), count in Counter((call.pid, call.name) for call in self.calls).items():
            most[name] = max(most.get(name, 0), count)
        for name, count in sorted(most.items()):
            faults = [KILL]
            faults += [] if name in ONLY_KILLED else [EIO]
            faults += [ENOSPC] if name in GROWING else []
            yield from (Strike(name, n, fault) for fault in faults for n in range(1, count + 1))
        names = [call.name for call in self.calls]
        moved, written = sum(name in MOVING for name in names), names.count("pwrite64")
        yield from (Strike("pread64 or pwrite64", n, SHORT) for n in range(1, moved + 1))
        yield from (Strike("pwrite64", n, FULL) for n in range(1, written + 1))

    def jobs(self) -> Iterator[Job]:
        """Each strike as something to do."""
        for strike in self.strikes():
            yield Job(f"{self.life.name}: {strike}", lambda strike=strike: self.strike(strike))

    def strike(self, strike: Strike) -> str:
        """Strikes a life, looks at what is left, lets recording go on; what became of it."""
        life = self.life
        life.begin()
        under, settings = self._under(strike)
        done = victim.run(life.command, *under, **settings)
        try:
            if strike.fault != KILL or done.returncode == 0:
                life.check_end(done)
            life.look(done.stdout)
            life.go_on()
        except (AssertionError, LinesealError) as error:
            error.add_note(f"{strike}: {done.stdout}{done.stderr}")
            raise
        if strike.fault == KILL:
            return "killed" if done.returncode else "outlived"
        told_of_it = done.returncode or victim.refusals(done.stdout)
        return "told of it" if told_of_it else "got over it"

    def _under(self, strike: Strike) -> tuple[list[str], dict[str, str]]:
        if strike.fault in {SHORT, FULL}:
            settings = {"LD_PRELOAD": str(self.preload), "SHORT_UNDER": str(self.life.ledger)}
            then = {"SHORT_THEN": str(errno.ENOSPC)} if strike.fault == FULL else {}
            return [], settings | then | {"SHORT_AT": str(strike.when)}
        how = "signal=KILL" if strike.fault == KILL else f"error={strike.fault}"
        inject = f"inject={strike.call}:{how}:when={strike.when}"
        options = [f"-P{path}" for path in self.paths]
        trace = ["-e", f"trace={strike.call}", "-e", inject, "-o", str(self.log)]
        return ["strace", "-f", "-qq", *options, *trace], {}
