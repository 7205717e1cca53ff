"""The web of imports has no loop and no arrow upwards, and what is light stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("atl_core", "bot", "training")

ROOMS_BELOW_STUDIO = ("audio", "captioner", "genre", "drafts", "jobs")
VALUES = {
    "atl_core.audio.listening",
    "atl_core.captioner.protocol",
    "atl_core.genre.verdict",
    "atl_core.drafts.draft",
    "atl_core.edits",
    "atl_core.audio.source",
    "atl_core.jobs.job",
}
"""What sibling rooms may import of one another: values and the captioners' protocol."""

EVERYWHERE = {"atl_core.errors", "atl_core.progress", "atl_core.settings", "atl_core.weights"}
HEAVY = ("torch", "librosa", "transformers", "sklearn", "scipy", "matplotlib", "numba", "av")


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {
    module_name(path): path for package in PACKAGES for path in (ROOT / package).rglob("*.py")
}


def imports_of(name: str, *, at_load: bool = False) -> Iterator[str]:
    """Modules of this project that a module imports; with `at_load`, only as it is loaded."""
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    for node in _loaded(tree) if at_load else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            assert node.module
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module


def _loaded(node: ast.AST) -> Iterator[ast.AST]:
    """Nodes that run when the module is loaded: no function bodies, nothing for type checkers."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from _loaded(child)


def room(name: str) -> str:
    """The room of a module: `audio` for atl_core.audio.decode, `studio` for atl_core.studio."""
    return name.split(".")[1] if name.startswith("atl_core.") else name.split(".")[0]


@pytest.mark.parametrize("name", sorted(name for name in MODULES if name.startswith("atl_core")))
def test_no_arrow_points_upwards(name: str) -> None:
    for imported in imports_of(name):
        top = imported.split(".")[0]
        assert top not in {"bot", "training", "discord"}, f"{name} imports {imported}"
        if top != "atl_core" or imported in EVERYWHERE | {"atl_core"}:
            continue
        if name in EVERYWHERE:
            pytest.fail(f"{name} is for everybody and must not import {imported}")
        if room(name) == "lyrics":
            assert room(imported) == "lyrics", f"{name} imports {imported}"
        if room(name) in ROOMS_BELOW_STUDIO:
            siblings = {"lyrics", room(name)}
            assert room(imported) in siblings or imported in VALUES, f"{name} imports {imported}"


def test_only_the_discord_front_end_knows_discord() -> None:
    for name in MODULES:
        if not name.startswith("bot.discord"):
            strangers = [i for i in imports_of(name) if i.split(".")[0] == "discord"]
            assert not strangers, f"{name} imports {strangers}"


def test_front_ends_come_in_by_the_studio() -> None:
    """They may use errors, settings, weights and every room's values, but never open a model."""
    for name in MODULES:
        if name.startswith("bot"):
            for imported in imports_of(name):
                assert room(imported) != "captioner", f"{name} imports {imported}"
                assert imported not in {"atl_core.audio.listen", "atl_core.drafts.store"}, (
                    f"{name} imports {imported}"
                )


def test_there_is_no_loop() -> None:
    graph = {
        name: {i for i in imports_of(name, at_load=True) if i in MODULES and i != name}
        for name in MODULES
    }
    TopologicalSorter(graph).prepare()


def test_there_is_no_loop_among_the_features_of_discord() -> None:
    """Imports for type checking and in functions counted."""
    graph = {
        name: {i for i in imports_of(name) if i in MODULES and i.startswith("bot.discord.")}
        for name in MODULES
        if name.startswith("bot.discord.")
    }
    TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("name", ["bot.cli", "atl_core.studio", "atl_core.drafts.draft"])
def test_what_a_front_end_loads_is_light(name: str) -> None:
    """Front ends answer at once; only the thread that runs a model pays for loading one."""
    code = f"import sys, {name}; print(*sorted(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.split() == []
