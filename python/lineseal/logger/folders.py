"""The spools of a machine: one folder a process, whose lock says that the process lives.

    <root>/20261124T160417-1f0c…/  lock, about.json, acked, lost, 0000000000.rows, …
    <root>/refused/                rows that the ledger did not take, each with its error
    <root>/damaged/                segments in which something could not be read

Folders are 0700, files 0600. A folder whose lock can be had was left by a process that is gone: who
has the lock sends what is in it and deletes it. Where it begins and ends a folder has a dot before
its name, and holds no rows. May use errors.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import secrets
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from lineseal.errors import LinesealError, ReadOnlyError, StorageError, StorageFullError

LOCK, ABOUT, ACKED, ROWS = "lock", "about.json", "acked", ".rows"
REFUSED, DAMAGED = "refused", "damaged"
#: A folder that begins or ends, and the seconds after which its process was killed at it.
HIDDEN, LONG = re.compile(r"\.\d{8}T\d{6}-[0-9a-f]{16}", re.ASCII), 3_600
#: Locks that this process has, and what is held while one is taken or given up. A fork waits for
#: it: with a lock of which its child does not know, the spool's process would seem to live.
_held: set[int] = set()
_forking = threading.RLock()


@dataclass(frozen=True)
class About:
    """What a spool says of itself, to whoever finds it."""

    target: str | None
    stream: str
    pid: int
    host: str
    started: str


@dataclass(frozen=True)
class Folder:
    """A spool whose lock is ours."""

    path: Path
    about: About
    lock: int

    def segments(self) -> list[int]:
        """The numbers of its segments."""
        return sorted(
            int(path.stem) for path in self.path.glob("*" + ROWS) if path.stem.isdecimal()
        )

    def segment(self, number: int) -> Path:
        """Where a segment lies."""
        return self.path / f"{number:010}{ROWS}"

    def close(self) -> None:
        """Leaves it to whoever comes."""
        _let_go(self.lock)

    def delete(self) -> None:
        """Removes it: out of sight first, so that nobody meets a part of it."""
        hidden = self.path.with_name(f".{self.path.name}")
        try:
            with suppress(FileNotFoundError):  # Somebody else removed it.
                self.path.rename(hidden)
            shutil.rmtree(hidden, ignore_errors=True)
        finally:
            self.close()


def prepared(root: Path) -> Path:
    """The folder of all spools, made where it is missing and found usable."""
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        there = root.stat()
        mode = there.st_mode & 0o777
        if not os.access(root, os.R_OK | os.W_OK | os.X_OK):
            raise ReadOnlyError(
                f"the spool's folder {root} cannot be written to",
                path=str(root),
                remedy="Give this user the right to write there, or another spool=",
            )
        if there.st_uid != os.geteuid():  # Root could write, and the owner read.
            raise ReadOnlyError(
                f"the spool's folder {root} belongs to another user (uid {there.st_uid})",
                path=str(root),
                remedy="It holds what models were asked: chown it, or give another spool=",
            )
        if mode & 0o077:
            raise ReadOnlyError(
                f"the spool's folder {root} is open to others (mode {mode:o})",
                path=str(root),
                remedy=f"It holds what models were asked: chmod 700 {root}, or another spool=",
            )
    except OSError as error:
        raise unusable(error, root) from error
    return root


def begin(root: Path, label: str, target: str | None) -> Folder:
    """A new spool of this process, its lock held from the moment that it can be seen."""
    _sweep(root)
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(8)}"
    stream = f"{label}-{name}"
    now = datetime.now(UTC).isoformat(timespec="seconds")
    about = About(target, stream, os.getpid(), socket.gethostname(), now)
    new, path = root / f".{name}", root / name
    with ExitStack() as undo:  # Every row tries again, on a disk that is full for hours.
        try:
            new.mkdir(mode=0o700)
            undo.callback(shutil.rmtree, new, ignore_errors=True)
            lock = _locked(new / LOCK, fcntl.LOCK_EX, os.O_RDWR | os.O_CREAT | os.O_EXCL)
            undo.callback(_let_go, lock)
            write(new / ABOUT, json.dumps(asdict(about)).encode(), sync=True)
            _sync(new)
            new.rename(path)
            undo.callback(shutil.rmtree, path, ignore_errors=True)
            _sync(root)
        except OSError as error:
            raise unusable(error, root) from error
        undo.pop_all()
    return Folder(path, about, lock)


def everyone(root: Path) -> Iterator[tuple[Path, About]]:
    """The spools that are there, the eldest first."""
    with suppress(OSError):
        for path in sorted(root.iterdir()):
            about = None if path.name.startswith(".") else _about(path)
            if about is not None:
                yield path, about


def adopt(path: Path, about: About) -> Folder | None:
    """The spool as ours, if the process that wrote it is gone and nobody else has it."""
    try:
        lock = _locked(path / LOCK, fcntl.LOCK_EX, os.O_RDWR)
    except OSError:
        return None
    with suppress(OSError):
        if os.path.samestat(os.fstat(lock), os.stat(path / LOCK)):
            return Folder(path, about, lock)
    _let_go(lock)
    return None


def is_alive(path: Path) -> bool:
    """Whether a process has the spool."""
    try:
        _let_go(_locked(path / LOCK, fcntl.LOCK_SH, os.O_RDONLY))
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False


def _locked(file: Path, how: int, flags: int) -> int:
    """A handle of the file, with a lock."""
    with _forking:
        handle = os.open(file, flags | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, how | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            raise
        _held.add(handle)
        return handle


def _let_go(lock: int) -> None:
    with _forking:
        if lock in _held:  # A child let go of it before.
            _held.remove(lock)
            os.close(lock)


def _in_child() -> None:
    """Locks are the parent's alone, also those that its other threads are about to use."""
    while _held:
        os.close(_held.pop())
    _forking.release()


os.register_at_fork(
    before=_forking.acquire, after_in_parent=_forking.release, after_in_child=_in_child
)


def _sweep(root: Path) -> None:
    """Removes what is left of folders whose processes were killed while they began or ended."""
    with suppress(OSError):
        for path in root.iterdir():
            if HIDDEN.fullmatch(path.name) and path.stat().st_mtime < time.time() - LONG:
                shutil.rmtree(path, ignore_errors=True)


def write(path: Path, content: bytes, *, sync: bool = False) -> None:
    """A file for this user alone, whole or not at all."""
    new = path.with_name(f".{path.name}.new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        if sync:
            file.flush()
            os.fsync(file.fileno())
    new.replace(path)


def _sync(folder: Path) -> None:
    """Makes the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _about(path: Path) -> About | None:
    try:
        said = json.loads((path / ABOUT).read_bytes())
        return About(**{name: said[name] for name in About.__dataclass_fields__})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def unusable(error: OSError, path: Path) -> LinesealError:
    """An operating system's refusal, of the table."""
    full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
    kind = StorageFullError if full else StorageError
    remedy = "Make room on its disk" if full else "Give another spool=, on a local disk"
    return kind(f"the spool in {path}: {error}", path=str(path), remedy=remedy)
