"""Cancels calls whose client neither sends nor reads. May use nothing."""

import threading
import time
from collections.abc import Callable


class Watch:
    """One thread that looks every so often at the calls which wait for their client."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._waiting: dict[object, tuple[float, Callable[[], object]]] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        threading.Thread(target=self._run, name="lineseal-watch", daemon=True).start()

    def waits(self, call: object, cancel: Callable[[], object]) -> None:
        """From now on `call` waits for its client."""
        with self._lock:
            self._waiting[call] = (time.monotonic() + self._timeout, cancel)

    def goes_on(self, call: object) -> None:
        """`call` waits no more."""
        with self._lock:
            self._waiting.pop(call, None)

    def close(self) -> None:
        """Ends the thread."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.wait(min(1.0, self._timeout / 4)):
            now = time.monotonic()
            with self._lock:
                late = [(c, cancel) for c, (due, cancel) in self._waiting.items() if due < now]
                for call, _cancel in late:
                    del self._waiting[call]
            for _call, cancel in late:
                cancel()
