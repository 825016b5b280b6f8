"""Cancels calls whose client neither sends nor reads. May use nothing."""

import threading
import time
from collections.abc import Callable


class Watch:
    """One thread that looks every so often at the calls which wait for their client."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        # Changed by one operation at a time, which needs no lock: two for every call are dear.
        self._waiting: dict[object, tuple[float, Callable[[], object]]] = {}
        self._ended = threading.Event()
        threading.Thread(target=self._run, name="lineseal-watch", daemon=True).start()

    def waits(self, call: object, cancel: Callable[[], object]) -> None:
        """From now on `call` waits for its client."""
        self._waiting[call] = (time.monotonic() + self._timeout, cancel)

    def goes_on(self, call: object) -> None:
        """`call` waits no more."""
        self._waiting.pop(call, None)

    def close(self) -> None:
        """Ends the thread."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.wait(min(1.0, self._timeout / 4)):
            now = time.monotonic()
            for call, (due, cancel) in self._waiting.copy().items():
                # Who takes it out is the one who acts.
                if due < now and self._waiting.pop(call, None) is not None:
                    cancel()
