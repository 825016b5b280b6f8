"""The floor of any durable store: append a batch's bytes to one file, fdatasync, next batch."""

import os
from collections.abc import Sequence
from pathlib import Path


class RawFile:
    """Nothing is checked, hashed, named or indexed."""

    def __init__(self, path: Path) -> None:
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND)

    def record(self, blocks: Sequence[bytes]) -> None:
        data = b"".join(blocks)
        if os.write(self.file, data) != len(data):
            raise OSError("short write")
        os.fdatasync(self.file)

    def close(self) -> None:
        os.close(self.file)
