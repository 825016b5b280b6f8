"""Files that appear when they are whole. May use the standard library and errors."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from pathlib import Path
from typing import IO, TYPE_CHECKING

from lineseal._arguments import as_path
from lineseal.errors import InvalidArgumentError, StorageError, StorageFullError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def whole(target: object, overwrite: bool) -> Iterator[IO[bytes]]:
    """A stream whose bytes become the file when the block ends well; a given stream as it is."""
    if hasattr(target, "write"):
        yield target  # type: ignore[misc]  # whoever has `write` is asked for bytes alone
        return
    path = Path(as_path(target, "the file"))
    if not overwrite:
        _refuse_taken(path)
    with written(str(path)), _beside(path) as (file, temporary):
        yield file
        file.flush()
        os.fsync(file.fileno())
        _put(temporary, path, overwrite)


@contextlib.contextmanager
def written(what: str) -> Iterator[None]:
    """Tells what the system refuses while a file is written."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise (StorageFullError if full else StorageError)(
            f"{what} cannot be written: {error.strerror or error}",
            path=what,
            remedy="Make room, or write elsewhere" if full else "Name a place that can be written",
        ) from error


@contextlib.contextmanager
def _beside(path: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """A new file in the same directory, with the rights that a new file gets; gone at the end."""
    # Not by `tempfile`, whose files are their owner's alone.
    name = path.parent / f".lineseal-{secrets.token_hex(8)}.part"
    file = name.open("xb")
    try:
        with file:
            yield file, name
    finally:
        name.unlink(missing_ok=True)


def _put(temporary: Path, path: Path, overwrite: bool) -> None:
    """Gives the file its name, and the name to the disk."""
    if overwrite:
        os.replace(temporary, path)
    else:
        try:
            # Unlike a rename it takes no name that another program took meanwhile.
            os.link(temporary, path)
        except FileExistsError:
            _refuse_taken(path)
            raise
        except OSError:
            # Not every file system has hard links.
            _refuse_taken(path)
            os.replace(temporary, path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _refuse_taken(path: Path) -> None:
    if os.path.lexists(path):
        raise InvalidArgumentError(
            f"{path} is there already",
            path=str(path),
            remedy="Choose another name, or give overwrite=True to replace it",
        )
