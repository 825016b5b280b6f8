"""`sha256-file` and `sha256-dir-1` (C1, C2 of docs/spec/checksums.md)."""

from __future__ import annotations

import hashlib
import os
import stat

from lineseal.checksums.stream import Stream, refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineseal.checksums import Checksum

CHUNK = 1 << 20
LINK = "Put the content there, or take the checksum of the link's target"


def of_path(path: str) -> Checksum:
    """The checksum of a file or a directory; a link that the user names is followed."""
    mode = os.stat(path).st_mode
    if stat.S_ISDIR(mode):
        return _of_directory(path)
    if not stat.S_ISREG(mode):
        raise refuse(path, "neither a file nor a directory", "Give the path of one")
    digest, size = _digest(path)
    return {
        "checksum": f"sha256:{digest.hex()}",
        "checksum_method": "sha256-file",
        "num_bytes": size,
    }


def _of_directory(root: str) -> Checksum:
    files = sorted((_utf8(relative), path) for relative, path in _walk(root))
    if not files:
        raise refuse(root, "the directory holds no file", "Look whether the path is right")
    stream = Stream("sha256-dir-1")
    stream.head(method=stream.method)
    for relative, path in files:
        digest, size = _digest(path)
        # Not content of its own: num_bytes counts the bytes of the files.
        stream.item([relative.decode(), size, digest])
        stream.num_bytes += size
    return stream.result()


def _walk(root: str) -> Iterator[tuple[str, str]]:
    """Every file below: its path with `/` from the root, and as the system has it."""
    pending = [("", root)]
    while pending:
        prefix, directory = pending.pop()
        with os.scandir(directory) as entries:
            for entry in entries:
                relative = prefix + entry.name
                if entry.is_dir(follow_symlinks=False):
                    pending.append((relative + "/", entry.path))
                elif _is_file(entry):
                    yield relative, entry.path
                elif entry.is_symlink():
                    raise refuse(entry.path, "a link to a directory or to nothing", LINK)
                else:
                    raise refuse(entry.path, "neither a file nor a directory", "Take it away")


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link to itself
        return False


def _utf8(relative: str) -> bytes:
    try:
        return relative.encode()
    except UnicodeEncodeError:
        raise refuse(repr(relative), "the name is not valid UTF-8", "Rename the file") from None


def _digest(path: str) -> tuple[bytes, int]:
    """SHA-256 and length of a file that keeps still meanwhile."""
    sha, read = hashlib.sha256(), 0
    with open(path, "rb", buffering=0) as file:
        while chunk := file.read(CHUNK):
            sha.update(chunk)
            read += len(chunk)
        size = os.fstat(file.fileno()).st_size
    if size != read:
        raise refuse(path, "the file changed while it was read", "Try again when it is written")
    return sha.digest(), read
