"""Makes tests/spec/vectors/*.json; with --check says whether they are what it would make.

Uses only software that we did not write (tests/spec/vectors/README.md), so that the vectors prove
something about ours.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from vectorgen import checksums, conversions, drafts, envelope, frame, records, values

VECTORS = Path(__file__).parent / "vectors"
FILES = {
    "frame": frame,
    "envelope": envelope,
    "values": values,
    "records": records,
    "drafts": drafts,
    "conversions": conversions,
    "checksums": checksums,
}


def text(file: dict[str, Any]) -> str:
    """One case a line, so that a diff shows which cases changed."""
    head = {key: value for key, value in file.items() if key != "cases"}
    cases = ",\n".join(json.dumps(case, separators=(",", ":")) for case in file["cases"])
    return json.dumps(head)[:-1] + ', "cases": [\n' + cases + "\n]}\n"


def main(arguments: list[str]) -> int:
    stale = []
    for name, module in FILES.items():
        path, new = VECTORS / f"{name}.json", text(module.build())
        if "--check" not in arguments:
            path.write_text(new)
        elif not path.exists() or path.read_text() != new:
            stale.append(path.name)
    if stale:
        print(f"{', '.join(stale)}: not what make_vectors.py makes; run it and commit the result")
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
