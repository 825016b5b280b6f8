"""ARCHITECTURE.md is held against the tree: its paths exist, its arrows are those of the code."""

import re

from .pages import ROOT

TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
CORE = ROOT / "rust" / "core" / "src"
ROW = re.compile(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|$", re.MULTILINE)
USE = re.compile(r"\bcrate::\{?(\w+)")
USE_GROUP = re.compile(r"\bcrate::\{([^;]*)\};", re.DOTALL)


def allowed() -> dict[str, set[str]]:
    """The table of layers: each with the layers that it may use."""
    section = TEXT.split("## Layers of the core")[1].split("\n## ")[0]
    return {row[1]: set(re.findall(r"`(\w+)`", row[2])) for row in ROW.finditer(section)}


def used(text: str) -> set[str]:
    """The top-level modules that a Rust file names, in code: comments and tests do not count."""
    code = re.sub(r"//[^\n]*", "", text.split("#[cfg(test)]\nmod")[0])
    names = set(USE.findall(code))
    for group in USE_GROUP.findall(code):
        names |= set(re.findall(r"(?:^|,)\s*(\w+)", re.sub(r"\{[^{}]*\}", "", group)))
    return names


def test_every_layer_of_the_core_is_in_the_table() -> None:
    layers = {path.stem for path in CORE.iterdir()} - {"lib"}
    assert set(allowed()) == layers


def test_the_core_uses_only_what_the_table_allows() -> None:
    table = allowed()
    wrong = []
    for path in sorted(CORE.rglob("*.rs")):
        layer = path.relative_to(CORE).parts[0].removesuffix(".rs")
        if layer == "lib":
            continue
        for other in used(path.read_text(encoding="utf-8")) & set(table) - {layer}:
            if other not in table[layer]:
                wrong.append(f"{path.relative_to(ROOT)} uses {other}")
    assert wrong == []


def test_the_table_has_no_circle() -> None:
    table = allowed()
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
