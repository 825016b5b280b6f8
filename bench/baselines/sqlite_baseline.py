"""A provenance store on Python's sqlite3, durable at every batch, with the same checks as a ledger.

Takes the same canonical blocks. Knows duplicates, refuses missing parents, keeps edges that can be
followed in both directions. One transaction a batch, WAL, synchronous=FULL.
"""

import hashlib
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import cbrrr

SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA cache_size = -262144; -- 256 MiB: SQLite's own default of 2 MiB would not be fair
CREATE TABLE events (hash BLOB PRIMARY KEY, idx INTEGER UNIQUE, block BLOB);
CREATE TABLE edges (parent INTEGER, child INTEGER, PRIMARY KEY (parent, child)) WITHOUT ROWID;
CREATE INDEX edges_by_child ON edges (child, parent);
"""
CHUNK = 500  # hashes a query: below the limit on variables of every SQLite version


class SqliteStore:
    """events(hash, idx, block) and edges(parent, child)."""

    def __init__(self, path: Path) -> None:
        self.database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.lock = threading.Lock()  # SQLite has one writer; hashing and decoding are not held up
        self.database.executescript(SCHEMA)
        self.length = 0

    def record(self, blocks: Sequence[bytes]) -> list[int]:
        """Store one batch, whole or not at all, synced. Returns the index of each block."""
        hashes = [hashlib.sha256(block).digest() for block in blocks]
        return self.record_hashed(blocks, hashes)

    def record_hashed(self, blocks: Sequence[bytes], hashes: list[bytes]) -> list[int]:
        """The same for blocks whose hashes the caller made."""
        parents = [self._parents(block) for block in blocks]
        with self.lock:
            self.database.execute("BEGIN IMMEDIATE")
            try:
                known = self._indices({*hashes, *(parent for some in parents for parent in some)})
                indices = self._insert(blocks, hashes, parents, known)
            except BaseException:
                self.database.execute("ROLLBACK")
                raise
            self.database.execute("COMMIT")
        return indices

    def get(self, event_hash: bytes) -> bytes:
        query = "SELECT block FROM events WHERE hash = ?"
        (block,) = self.database.execute(query, (event_hash,)).fetchone()
        return bytes(block)

    def close(self) -> None:
        self.database.close()

    @staticmethod
    def _parents(block: bytes) -> list[bytes]:
        """Decoding refuses what is not canonical; a CID's last 32 bytes are the hash."""
        event: Any = cbrrr.decode_dag_cbor(block)
        return [bytes(link)[-32:] for link in event["parents"]]

    def _indices(self, hashes: Iterable[bytes]) -> dict[bytes, int]:
        wanted = list(hashes)
        found: dict[bytes, int] = {}
        for start in range(0, len(wanted), CHUNK):
            some = wanted[start : start + CHUNK]
            marks = ",".join("?" * len(some))
            query = f"SELECT hash, idx FROM events WHERE hash IN ({marks})"
            found.update(self.database.execute(query, some))
        return found

    def _insert(
        self,
        blocks: Sequence[bytes],
        hashes: list[bytes],
        parents: list[list[bytes]],
        known: dict[bytes, int],
    ) -> list[int]:
        index = self.length
        events: list[tuple[bytes, int, bytes]] = []
        edges: list[tuple[int, int]] = []
        for block, name, above in zip(blocks, hashes, parents, strict=True):
            if name in known:
                continue
            events.append((name, index, block))
            edges.extend((known[parent], index) for parent in above)  # KeyError: missing parent
            known[name] = index
            index += 1
        self.database.executemany("INSERT INTO events VALUES (?, ?, ?)", events)
        self.database.executemany("INSERT INTO edges VALUES (?, ?)", edges)
        self.length = index
        return [known[name] for name in hashes]
