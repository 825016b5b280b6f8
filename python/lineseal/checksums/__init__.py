"""Checksums of artifacts, by the methods of docs/spec/checksums.md.

NumPy and pandas are recognised when somebody else has loaded them.
"""

from __future__ import annotations

import os
import sys

from lineseal._arguments import as_path
from lineseal.errors import InvalidArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypedDict

    class Checksum(TypedDict):
        """The three fields of datasets and models."""

        checksum: str
        checksum_method: str
        num_bytes: int


__all__ = ["checksum"]


def checksum(of: Any) -> Checksum:
    """The fields checksum, checksum_method and num_bytes of an artifact, for `record_dataset` and
    `record_model`: `tracker.record_model(name="m", **checksum("model.pkl"))`.

    Args:
        of: A path (str or path-like) of a file or a directory, whose files all count; a NumPy array
            of any shape; or a pandas DataFrame, whose index counts unless it is the default one.

    Returns:
        `checksum` is `sha256:` and 64 hex digits; `num_bytes` counts the bytes of content.

    Raises:
        InvalidArgumentError: It holds what the methods cannot state without doubt.
        OSError: A file cannot be read.
    """
    if isinstance(of, (str, os.PathLike)):
        from lineseal.checksums.files import of_path

        return of_path(as_path(of, "the path"))
    if _is(of, "numpy", "ndarray"):
        from lineseal.checksums.arrays import of_array

        return of_array(of)
    if _is(of, "pandas", "DataFrame"):
        from lineseal.checksums.frames import of_frame

        return of_frame(of)
    raise InvalidArgumentError(
        f"there is no checksum method for {type(of).__name__}", remedy=_remedy(of)
    )


def _is(of: object, module: str, name: str) -> bool:
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(of, getattr(loaded, name))


def _remedy(of: object) -> str:
    if hasattr(of, "toarray"):
        return "Give the dense array: value.toarray()"
    if _is(of, "pandas", "Series"):
        return "Give series.to_frame() or series.to_numpy()"
    if isinstance(of, (bytes, bytearray, memoryview)):
        return "Give numpy.frombuffer(value, 'uint8'), or the path of a file that holds it"
    return "Give the path of a file or directory, a NumPy array or a pandas DataFrame"
