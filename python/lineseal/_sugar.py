"""Makes the `record_*` methods from the record classes, so that fields are stated once.

May use `inspect`, which `dataclasses` has loaded anyway.
"""

from __future__ import annotations

import inspect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Concatenate, ParamSpec

    from lineseal._core import Receipt
    from lineseal._ledger_api import LedgerAPI
    from lineseal.records import Record

    P = ParamSpec("P")


def recorder(make: Callable[P, Record]) -> Callable[Concatenate[LedgerAPI, P], Receipt]:
    """A method that builds a record from its keywords and records it."""

    def method(self: LedgerAPI, /, *args: P.args, **fields: P.kwargs) -> Receipt:
        return self.record(make(*args, **fields))

    stem = make.__name__.removesuffix("Record").lower()
    method.__name__ = f"record_{stem}"
    method.__qualname__ = f"LedgerAPI.record_{stem}"
    method.__doc__ = (
        f"Records one {make.__name__} and returns its receipt when it is durable.\n\n"
        f"Keywords are the fields of the record:\n\n{make.__doc__}\n"
        "Also, as every record: `parents`, `time` and `actor` (see `lineseal.records.Record`).\n\n"
        "Raises:\n"
        "    InvalidRecordError: A rule of the event format is broken; `field` says where.\n"
        "    ParentNotFoundError: A parent is not in the ledger; `hash` says which.\n"
    )
    signature = inspect.signature(make.__init__)
    vars(method)["__signature__"] = signature.replace(return_annotation="Receipt")
    return method
