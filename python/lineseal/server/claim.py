"""One server a data directory: a lock on it, which goes with the process. May use errors."""

import os
from pathlib import Path

from lineseal.errors import LedgerLockedError


class Claim:
    """Held until it is closed; the system gives it up when the process is killed."""

    def __init__(self, data: Path) -> None:
        self._handle: int | None = None
        try:
            import fcntl
        except ImportError:  # not on Windows
            return
        self._handle = os.open(data, os.O_RDONLY)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise LedgerLockedError(
                f"another server serves {data}",
                path="data",
                remedy="Stop that one first, or give this one another directory with --data",
            ) from None
        except OSError:
            pass  # a file system without such locks: each ledger still has its own

    def close(self) -> None:
        """Lets go."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
