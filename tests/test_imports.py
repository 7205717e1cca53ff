"""Imports point downwards, never round a circle, and what is light stays light."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("atl_core", "bot", "training")

ROOMS: tuple[tuple[str, ...], ...] = (
    ("errors",),
    ("files", "threads"),
    ("database", "manifest"),
    ("settings", "weights", "progress"),
    ("machine",),
    ("lyrics",),
    ("audio",),
    ("flow",),
    ("captioner", "genre"),
    ("drafts",),
    ("edits",),
    ("plans",),
    ("pipeline",),
    ("jobs",),
    ("studio",),
    ("admin",),
    ("bot.clean", "bot.secrets", "bot.phrases"),
    ("bot.answers",),
    ("bot.options", "bot.files", "bot.rhymes"),
    ("bot.logs", "bot.errors", "bot.render", "bot.dispatch"),
    ("bot.progress", "bot.supervisor", "bot.tap"),
    ("bot.terminal", "bot.discord"),
    ("bot.cli",),
    ("bot.__main__",),
)
"""Every room, lowest first. A module imports from its own room and from lower ones."""
VALUES = {
    "atl_core.audio.listening",
    "atl_core.captioner.protocol",
    "atl_core.genre.verdict",
    "atl_core.drafts.draft",
}
"""What rooms of one row may import of one another: values and the captioners' protocol."""

HEAVY = ("torch", "librosa", "transformers", "sklearn", "scipy", "matplotlib", "numba", "av")


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {
    module_name(path): path for package in PACKAGES for path in (ROOT / package).rglob("*.py")
}


@cache
def imports_of(name: str) -> tuple[str, ...]:
    """Modules of this project that a module imports, wherever in it and for whatever purpose."""
    return tuple(_imports_of(name))


def _imports_of(name: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            assert node.module
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module


def room(name: str) -> str:
    """The room of a module: `audio` for atl_core.audio.decode, `bot.cli` for bot.cli.song."""
    parts = name.split(".")
    return parts[1] if parts[0] == "atl_core" and len(parts) > 1 else ".".join(parts[:2])


RANK = {name: rank for rank, names in enumerate(ROOMS) for name in names}
PRODUCT = sorted(name for name in MODULES if "." in name and not name.startswith("training"))


@pytest.mark.parametrize("name", PRODUCT)
def test_no_arrow_points_upwards(name: str) -> None:
    here = RANK[room(name)]
    for imported in imports_of(name):
        top = imported.split(".")[0]
        if top in ("training", "tests", "benchmarks"):
            pytest.fail(f"{name} imports {imported}")
        if top not in ("atl_core", "bot") or "." not in imported or room(imported) == room(name):
            continue
        there = RANK[room(imported)]
        below = there < here or (there == here and imported in VALUES)
        assert below, f"{name} imports {imported}"


def rows_of_the_map() -> list[list[str]]:
    """The modules and packages of each row in CONTRIBUTING.md, the topmost row first.

    `bot/dispatch options` are bot.dispatch and bot.options; the last row is of all the others.
    """
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^((?:atl_core|bot)/\w.*?)(?:  | \.\.\.)", text, re.MULTILINE)
    named = [[name.replace("/", ".") for name in row.split()] for row in rows]
    return [
        [name if "." in name else f"{row[0].split('.')[0]}.{name}" for name in row] for row in named
    ]


def test_each_row_of_the_map_imports_from_the_rows_below_it() -> None:
    rows = rows_of_the_map()
    place = {name: number for number, row in enumerate(rows) for name in row}
    packages = {f"atl_core.{name}" for name in ("lyrics", "audio", "flow", "captioner", "genre")}
    packages |= {f"atl_core.{name}" for name in ("drafts", "edits", "plans", "pipeline", "jobs")}
    assert packages | {"bot.phrases", "bot.render", "bot.terminal", "bot.discord"} <= {*place}
    assert all((ROOT / n.replace(".", "/")).is_dir() or n in MODULES for n in place)

    def row_of(module: str) -> int | None:
        return place.get(".".join(module.split(".")[:2]))

    for name in PRODUCT:
        here = row_of(name)
        for imported in imports_of(name):
            there = row_of(imported)
            if here is not None and there is not None:
                assert there >= here, f"{name} imports {imported}, which is a row above"


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


def test_there_is_no_circle() -> None:
    """Imports for type checking and those inside functions are counted."""
    graph = {
        name: {i for i in imports_of(name) if i in MODULES and i != name}
        for name in MODULES
        if not name.startswith("training")
    }
    in_circles = {name for circle in circles(graph) for name in circle}
    assert not in_circles


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """The sets of modules that reach each other."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        ahead = [start]
        while ahead:
            for other in graph.get(ahead.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    ahead.append(other)
        return seen

    reach = {name: reached(name) for name in graph}
    found: list[set[str]] = []
    for name in graph:
        circle = {other for other in reach[name] if name in reach.get(other, ())}
        if circle and circle not in found:
            found.append(circle)
    return found


@pytest.mark.parametrize("name", ["bot.cli", "atl_core.studio", "atl_core.drafts.draft"])
def test_what_a_front_end_loads_is_light(name: str) -> None:
    """Front ends answer at once; only the thread that runs a model pays for loading one."""
    code = f"import sys, {name}; print(*sorted(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.split() == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_the_map_names_what_is_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = re.findall(r"(?<![\w./])(?:atl_core|bot|tests|training|benchmarks)/[\w/.]*\w", text)
    assert named
    gone = [
        path for path in named if not ((ROOT / path).exists() or (ROOT / f"{path}.py").exists())
    ]
    assert gone == []
