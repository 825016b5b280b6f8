"""What serves with the Node client: the Express example. (Its own tests: `make client-node`.)"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from languages import ROOT, Program
from running import Process
from served import lead_to_the_dataset, started

EXPRESS = ROOT / "examples" / "express"


def test_every_answer_of_the_example_leads_to_the_dataset(
    program_of: Callable[[str], Program], server: Process, tmp_path: Path
) -> None:
    assert program_of("node")
    install = ["npm", "ci", "--silent", "--no-fund", "--no-audit"]
    subprocess.run(install, cwd=EXPRESS, check=True, timeout=200)
    command = ["node", "server.js"]
    with started(server, "node-example", tmp_path, command, EXPRESS) as example:
        lead_to_the_dataset(example)
        assert example.lineseal("audit-streams")
