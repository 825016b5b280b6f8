"""lineseal: a tamper-evident provenance ledger for the life of a model."""
