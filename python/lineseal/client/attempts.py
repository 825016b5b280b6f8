"""Attempts at one call: for how long they go on, and what the last error says of them.

May use errors, and the errors of the client.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from lineseal.client.errors import rebuilt
from lineseal.errors import (
    LedgerTimeoutError,
    LinesealError,
    OutcomeUnknownError,
    ServiceUnavailableError,
)

if TYPE_CHECKING:
    import grpc

    from lineseal.client.channel import Channel

#: Seconds before the second attempt, and most before any.
FIRST_PAUSE, LAST_PAUSE = 0.05, 2.0
#: Seconds that no pause takes from the last attempt.
RESERVE = 0.2
#: After these it is not known whether a batch was recorded.
OPEN = (LedgerTimeoutError, OutcomeUnknownError, ServiceUnavailableError)


class Attempts:
    """Attempts at one call of a channel, within so many seconds."""

    def __init__(self, channel: Channel, seconds: float) -> None:
        self._channel, self._pause = channel, FIRST_PAUSE
        self._begin = time.monotonic()
        self._end = self._begin + seconds
        self._count = 0
        self._before: LinesealError | None = None

    def left(self) -> float:
        """Seconds left."""
        return self._end - time.monotonic()

    def failed(self, error: grpc.RpcError) -> None:
        """Waits before the next attempt; raises where none would help, or no time is left."""
        self._channel.check()
        made, delay = rebuilt(error, self._channel.address)
        self._count += 1
        room = self.left() - RESERVE
        if not made.retry or room <= 0:
            raise self._told(made) from error
        if isinstance(made, OPEN) or not isinstance(self._before, OPEN):
            self._before = made
        wait = max(delay or 0.0, self._pause * random.uniform(0.5, 1.5))
        self._pause = min(self._pause * 2, LAST_PAUSE)
        time.sleep(min(wait, room))

    def _told(self, made: LinesealError) -> LinesealError:
        """The error of the last attempt, with what was tried."""
        if not made.retry and not isinstance(made, LedgerTimeoutError):
            return made
        last, other = made, self._before
        if isinstance(other, OPEN) and not isinstance(made, OPEN):
            # That attempt may have been recorded, whatever was said of the others.
            last, other = other, made
        also = f"; also: {other.message}" if other and other.message != last.message else ""
        tries = "1 attempt" if self._count == 1 else f"{self._count} attempts"
        last.message += f": {tries} in {time.monotonic() - self._begin:.1f} s{also}"
        return last
