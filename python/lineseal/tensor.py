"""Arrays in events, readable without NumPy. May use the standard library alone."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    import numpy

    Array: TypeAlias = numpy.ndarray[Any, Any]


class Tensor:
    """An array as an event holds it: a NumPy array that was recorded comes back as this.

    Attributes:
        dtype: bool, int8 … int64, uint8 … uint64, float16, float32, float64, complex64 or
            complex128.
        shape: Lengths of the axes; `()` for a single element.
        data: The elements in C order, little-endian; bools as bytes 0 and 1.
    """

    __slots__ = ("data", "dtype", "shape")

    def __init__(self, dtype: str, shape: tuple[int, ...], data: bytes) -> None:
        self.dtype = dtype
        self.shape = tuple(shape)
        self.data = bytes(data)

    def numpy(self) -> Array:
        """A new, writable NumPy array of the same dtype (native byte order), shape and bits."""
        import numpy

        little = numpy.dtype(self.dtype).newbyteorder("<")
        array = numpy.frombuffer(self.data, dtype=little).reshape(self.shape)
        return array.astype(numpy.dtype(self.dtype), copy=True)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        array = self.numpy()
        return array if dtype is None else array.astype(dtype)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Tensor):
            return NotImplemented
        mine = (self.dtype, self.shape, self.data)
        return mine == (other.dtype, other.shape, other.data)

    def __hash__(self) -> int:
        return hash((self.dtype, self.shape, self.data))

    def __repr__(self) -> str:
        return f"Tensor({self.dtype}, shape={self.shape}, {len(self.data)} bytes)"
