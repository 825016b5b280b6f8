"""Says which seed a run had, so that it can be played again."""

import jobs
import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    done = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    if any("fault" in report.nodeid for report in done):
        terminalreporter.write_line(f"tests/fault: LINESEAL_FAULT_SEED={jobs.SEED}")
