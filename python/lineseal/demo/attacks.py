"""Three ways to tamper with a model's life, each done to a copy. May use lineseal only.

They need no flaw of lineseal: they are what anyone can do who may write to the disk.
"""

import hashlib
import pickle
import shutil
from pathlib import Path
from typing import Any

from lineseal import Link, Tracker, codec


def swap_model(file: Path, folder: Path) -> Path:
    """A copy of the pickled model with its classes reversed: 0 becomes 9. Same name, same size."""
    model = pickle.loads(file.read_bytes())
    model.classes_ = model.classes_[::-1].copy()
    swapped = folder / file.name
    swapped.parent.mkdir(parents=True)
    swapped.write_bytes(pickle.dumps(model))
    return swapped


def rewrite(ledger: Path, target: str, change: dict[str, Any], copy: Path) -> int:
    """A ledger like `ledger` whose event `target` says `change`, with every hash that rests on it.

    The result is consistent in itself. Returns how many events have a new name.
    """
    names: dict[str, tuple[str, str]] = {}
    blocks = []
    with Tracker(ledger, read_only=True) as old:
        for event in old.events():
            content = codec.decode(event.block)
            if event.hash == target:
                content["payload"] |= change
            _rename_parents(content, names)
            block = codec.encode(content)
            blocks.append(block)
            names[event.cid] = (hashlib.sha256(block).hexdigest(), codec.cid(block))
    with Tracker(copy) as new:
        new.record_blocks(blocks)
    return sum(old != new for old, (_hash, new) in names.items())


def _rename_parents(content: dict[str, Any], names: dict[str, tuple[str, str]]) -> None:
    """Put the parents' new names in, sorted by hash and role as the format asks."""
    new = [names[link.cid] for link in content["parents"]]
    roles = content.get("roles", [""] * len(new))
    pairs = sorted((hash, role.encode(), cid) for (hash, cid), role in zip(new, roles, strict=True))
    content["parents"] = [Link(cid) for _hash, _role, cid in pairs]
    if "roles" in content:
        content["roles"] = [role.decode() for _hash, role, _cid in pairs]


def flip_a_byte(ledger: Path, block: bytes, word: bytes, copy: Path) -> Path:
    """A copy of the ledger's directory with one bit changed inside `block`, at `word`, on disk."""
    shutil.copytree(ledger, copy)
    for segment in sorted((copy / "segments").glob("*.car")):
        data = bytearray(segment.read_bytes())
        at = data.find(block)
        if at >= 0:
            data[at + block.index(word)] ^= 1
            segment.write_bytes(data)
            return segment
    raise LookupError("the event stands in no segment")
