"""Events from and to elsewhere: CAR files, Parquet files, other ledgers.

Everything here stands over the primitives of `LedgerAPI`, so that a ledger of a service is exported
and copied into like one of this machine. CAR files are read and judged by the core alone.
"""

from lineseal.exchange.copying import Copied, copy
from lineseal.exchange.exporting import export

__all__ = ["Copied", "copy", "export"]
