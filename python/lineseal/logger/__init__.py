"""`PredictionLogger`: predictions in a spool before `log` returns, in the ledger soon after.

`logger` is the class and what it does across forks and at the end; `settings`, `targets` and
`parents` read what it is given; `folders` are the spools of a machine, `cursor` reads one, `pieces`
and `delivery` record what is in it, `sender` is the thread that does so, `draining` that by hand;
`refused` keeps what no ledger takes; `remedies` say what can be done; `audit` looks for what is
missing. May use lineseal and, for a service, its client.
"""

from lineseal.logger.audit import audit_streams
from lineseal.logger.logger import PredictionLogger

__all__ = ["PredictionLogger", "audit_streams"]
