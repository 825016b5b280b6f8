"""The folder that the demo writes into: made anew each time, never over anything else's files."""

import shutil
from pathlib import Path

from lineseal.errors import InvalidArgumentError

MARK = ".lineseal-demo"
MARK_TEXT = "lineseal demo made this folder and empties it when it runs again.\n"


def fresh(out: Path) -> Path:
    """`out` as an empty folder with our mark; refuses one that holds files and has no mark."""
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise _refusal(out, "is not a folder")
    if out.is_dir() and any(out.iterdir()):
        if not _is_ours(out):
            raise _refusal(out, "holds files that are not the demo's")
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / MARK).write_text(MARK_TEXT)
    return out


def _is_ours(out: Path) -> bool:
    mark = out / MARK
    return mark.is_file() and mark.read_text() == MARK_TEXT


def _refusal(out: Path, why: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"{out} {why}",
        path=str(out),
        remedy="Name another place: lineseal demo --out PATH",
    )
