"""ARCHITECTURE.md is held against the tree: its paths exist, its arrows are those of the code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .pages import ROOT

TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
CRATES = ("core", "wire", "columns", "spool")
PYTHON = ROOT / "python" / "lineseal"
ROW = re.compile(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|$", re.MULTILINE)
USE = re.compile(r"\bcrate::\{?(\w+)")
USE_GROUP = re.compile(r"\bcrate::\{([^;]*)\};", re.DOTALL)


def allowed(title: str) -> dict[str, set[str]]:
    """The table below a title: each layer with those that it may use."""
    section = TEXT.split(f"## {title}\n")[1].split("\n## ")[0]
    return {row[1]: set(re.findall(r"`(\w+)`", row[2])) for row in ROW.finditer(section)}


def source(crate: str) -> Path:
    """Where a crate's modules are."""
    return ROOT / "rust" / crate / "src"


def imported(path: Path) -> set[str]:
    """The packages of lineseal that a Python file imports, at its top or anywhere within."""
    return {name.split(".")[1] for name in _imports(path) if name.startswith("lineseal.")}


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: imports are absolute here"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def used(text: str) -> set[str]:
    """The top-level modules that a Rust file names, in code: comments and tests do not count."""
    code = re.sub(r"//[^\n]*", "", text.split("#[cfg(test)]\nmod")[0])
    names = set(USE.findall(code))
    for group in USE_GROUP.findall(code):
        names |= set(re.findall(r"(?:^|,)\s*(\w+)", re.sub(r"\{[^{}]*\}", "", group)))
    return names


@pytest.mark.parametrize("crate", CRATES)
def test_every_layer_of_a_crate_is_in_its_table(crate: str) -> None:
    layers = {path.stem for path in source(crate).iterdir()} - {"lib"}
    assert set(allowed(f"Layers of the {crate}")) == layers


@pytest.mark.parametrize("crate", CRATES)
def test_a_crate_uses_only_what_its_table_allows(crate: str) -> None:
    table = allowed(f"Layers of the {crate}")
    wrong = []
    for path in sorted(source(crate).rglob("*.rs")):
        layer = path.relative_to(source(crate)).parts[0].removesuffix(".rs")
        if layer == "lib":
            continue
        for other in used(path.read_text(encoding="utf-8")) & set(table) - {layer}:
            if other not in table[layer]:
                wrong.append(f"{path.relative_to(ROOT)} uses {other}")
    assert wrong == []


def test_every_package_of_python_is_in_its_table() -> None:
    packages = {path.parent.name for path in PYTHON.glob("*/__init__.py")}
    assert set(allowed("Packages of Python")) == packages


def test_a_package_uses_only_what_the_table_allows() -> None:
    table = allowed("Packages of Python")
    wrong = []
    for path in sorted(PYTHON.glob("*/**/*.py")):
        package = path.relative_to(PYTHON).parts[0]
        for other in imported(path) & set(table) - {package}:
            if other not in table[package]:
                wrong.append(f"{path.relative_to(ROOT)} imports {other}")
    assert wrong == []


@pytest.mark.parametrize("title", [f"Layers of the {crate}" for crate in CRATES])
def test_a_table_has_no_circle(title: str) -> None:
    table = allowed(title)
    while table:
        leaves = {layer for layer, below in table.items() if not below & set(table)}
        assert leaves, f"these layers use one another: {sorted(table)}"
        table = {layer: below for layer, below in table.items() if layer not in leaves}


def test_every_path_named_in_the_map_exists() -> None:
    named = set(re.findall(r"`([\w.-]+(?:/[\w.-]+)+/?|[\w-]+\.(?:md|toml))`", TEXT))
    assert len(named) > 30
    missing = [name for name in sorted(named) if not (ROOT / name).exists()]
    assert missing == []


def test_nothing_committed_names_what_lies_outside_the_project() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        assert "../" + "shared" not in page.read_text(encoding="utf-8"), page
