"""Runs what stands in the documents: each fenced block of a page in turn, in one empty folder.

- ```python: run in one namespace a page. A ```text block directly behind it is its output.
- ```console: lines that begin with "$ " are run by one bash a block, the lines below each are its
  output (stdout and stderr). A status other than 0 fails, unless the next command is `echo $?`.
- ```console server: one `lineseal serve`, which goes on until the page ends (see serving.py).
- ```json, ```toml: parsed. ```mermaid, ```text: for the eye. ```sh: only for lines that the build
  itself runs (SHELL_LINES).

In expected output `…` stands for any text within a line, and a line of `…` alone for any lines.
Behind ```console example and ```text example, hashes and times are those of one run: any of the
same form will do.
"""

import contextlib
import io
import json
import re
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path

from .serving import Serving, environment

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```(\w*)( example| server)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d[ T][\d:.]+)|(?P<hash>\b[0-9a-f]{8,64}\b)|(?P<any>…)"
)
BEFORE, AFTER = "\x01before", "\x01after"
SHELL_LINES = {
    "make demo",
    ". .venv/bin/activate",
    "make test",
    "make lint",
    "pip install .",
    "pip install dag-cbor",
    'pip install ".[cli]"',
    'pip install ".[client]"',
    'pip install ".[server]"',
    'pip install ".[demo]"',
}


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, what else the fence says, its text, its first line."""

    language: str
    note: str
    text: str
    line: int


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(match[1], (match[2] or "").strip(), match[3], text.count("\n", 0, match.start(3)) + 1)
        for match in FENCE.finditer(text)
    ]


def run_page(page: Path, folder: Path) -> int:
    """Run all blocks of `page` with `folder` as working directory; returns how many ran."""
    namespace: dict[str, object] = {"__name__": "__page__"}
    found = blocks(page)
    ran = 0
    with contextlib.chdir(folder), Serving(folder, environment()) as serving:
        for block, after in zip(found, [*found[1:], None], strict=True):
            where = f"{page.relative_to(ROOT)}:{block.line}"
            if block.language == "python":
                said = _run_python(block, namespace, serving, where)
                if after is not None and after.language == "text":
                    check(after, after.text, said, where)
                ran += 1
            elif block.note == "server":
                _start(block, serving, where)
            elif block.language == "console":
                _run_console(block, folder, serving, where)
                ran += 1
            else:
                _look_at(block, where)
    return ran


def check(block: Block, expected: str, found: str, where: str) -> None:
    """Fail with both texts when `found` does not match `expected`."""
    if not re.fullmatch(
        _pattern(expected, block.note == "example"), found.rstrip() + "\n" * bool(found.strip())
    ):
        raise AssertionError(f"{where}: expected\n{expected}\nbut found\n{found}")


def _pattern(expected: str, example: bool) -> str:
    lines = []
    for line in expected.rstrip().splitlines():
        if line.strip() == "…":
            lines.append(r"(?:[^\n]*\n)*?")
        else:
            lines.append(_line_pattern(line.rstrip(), example) + r"[ ]*\n")
    return "".join(lines)


def _line_pattern(line: str, example: bool) -> str:
    pattern, at = "", 0
    for part in EXAMPLE.finditer(line):
        if part["any"]:
            free = r"[^\n]*?"
        elif example:
            free = r"\d{4}-\d\d-\d\d[ T][\d:.]+" if part["time"] else f"[0-9a-f]{{{len(part[0])}}}"
        else:
            continue
        pattern += re.escape(line[at : part.start()]) + free
        at = part.end()
    return pattern + re.escape(line[at:])


def _run_python(block: Block, namespace: dict[str, object], serving: Serving, where: str) -> str:
    out = io.StringIO()
    text = serving.translated(block.text)
    code = compile("\n" * (block.line - 1) + text, where, "exec")
    with contextlib.redirect_stdout(out):
        exec(code, namespace)
    return serving.untranslated(out.getvalue())


def _start(block: Block, serving: Serving, where: str) -> None:
    ((command, expected),) = _commands(block.text)
    found = serving.start(command, len(expected.splitlines()))
    check(block, expected, found, f"{where}: $ {command}")


def _run_console(block: Block, folder: Path, serving: Serving, where: str) -> None:
    commands = _commands(block.text)
    script = "".join(
        f"printf '{BEFORE}\\n'; (exit $status); {serving.translated(command)}\n"
        f"status=$?; printf '{AFTER} %s\\n' $status\n"
        for command, _expected in commands
    )
    done = subprocess.run(
        ["bash", "-c", "status=0\n" + script],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env=serving.environ,
        timeout=120,
        check=False,
    )
    said = serving.untranslated(done.stdout.decode())
    parts = said.split(f"{BEFORE}\n")[1:]
    assert len(parts) == len(commands), f"{where}: bash stopped early:\n{said}"
    for at, ((command, expected), part) in enumerate(zip(commands, parts, strict=True)):
        found, _, status = part.rpartition(f"{AFTER} ")
        check(block, expected, found, f"{where}: $ {command}")
        asked = at + 1 < len(commands) and commands[at + 1][0] == "echo $?"
        assert int(status) == 0 or asked, f"{where}: $ {command}: exit {status}"


def _commands(text: str) -> list[tuple[str, str]]:
    """Each command with its expected output; lines behind "> " go on with the command."""
    commands: list[tuple[str, str]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            commands.append((line[2:], ""))
        elif line.startswith("> ") and not commands[-1][1]:
            commands[-1] = (f"{commands[-1][0]}\n{line[2:]}", "")
        else:
            commands[-1] = (commands[-1][0], commands[-1][1] + line + "\n")
    return commands


def _look_at(block: Block, where: str) -> None:
    if block.language == "json":
        json.loads(block.text)
    elif block.language == "toml":
        tomllib.loads(block.text)
    elif block.language == "sh":
        unknown = set(block.text.split("\n")) - SHELL_LINES - {""}
        assert not unknown, f"{where}: nothing runs {unknown}: use ```console"
    else:
        assert block.language in {"mermaid", "text"}, f"{where}: unknown kind {block.language!r}"
