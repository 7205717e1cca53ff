"""Every command that a document or a docstring names is accepted by the program that it names.

No command is run: arguments are parsed as when it is called, and no further. What stands for a
value (`FOLDER`, `COUNT`) is taken for `1`, which is a path and a number.
"""

from __future__ import annotations

import argparse
import re
import runpy
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click
import pytest
from click.testing import CliRunner

from bot.cli import atl
from training.__main__ import COMMANDS
from training.__main__ import main as training

ROOT = Path(__file__).parents[1]
BENCHMARKS = sorted(
    path.stem
    for path in (ROOT / "benchmarks").glob("*.py")
    if "__main__" in path.read_text(encoding="utf-8")
)
SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
"""Code in a sentence."""
COMMAND = re.compile(
    r"^(?:\$ )?(?:.*?(?P<benchmark>python benchmarks/\w+\.py|python -m benchmarks\.\w+)"
    r"|(?:\.venv/bin/)?(?P<other>python -m training|atl))(?= |$)(?P<rest>.*)"
)
PLACEHOLDER = "1"


def documents() -> Iterator[Path]:
    yield from (ROOT / "README.md", ROOT / "CONTRIBUTING.md")
    for folder in ("docs", "weights"):
        yield from (ROOT / folder).rglob("*.md")
    for folder in ("benchmarks", "training", "atl_core", "bot"):
        yield from (ROOT / folder).rglob("*.py")


def code(text: str) -> Iterator[str]:
    """Code in the sentences of a text, and its lines: any of them may be a command."""
    text = re.sub(r"\\\n\s*", " ", text)
    yield from (re.sub(r"\s*\n\s*", " ", span) for span in SPAN.findall(text))
    yield from (line.strip() for line in text.splitlines() if "`" not in line)


def commands() -> list[tuple[str, str]]:
    """The program, and its arguments as they are written: of each command once."""
    found = {
        (command["benchmark"] or command["other"], command["rest"])
        for document in documents()
        for line in code(document.read_text(encoding="utf-8"))
        if "{" not in line and (command := COMMAND.match(line))
    }
    return sorted(found)


def arguments(written: str) -> list[str]:
    """The arguments of a documented command; those that may be left out are given."""
    # After three spaces, a `#`, a `>` or another line, nothing is meant for the program.
    written = re.split(r" {3}|\s# | > | \| ", written)[0]
    words = shlex.split(re.sub(r"[\[\]]|\.\.\.", " ", written))
    return [re.sub(r"^[A-Z][A-Z_0-9]*$", PLACEHOLDER, word.split("|")[0]) for word in words]


def names_only(given: Sequence[str]) -> bool:
    """Whether a text calls a command by its name, `train lm`, and does not say how to run it."""
    return all(re.fullmatch(r"[a-z]+", word) for word in given)


def test_every_benchmark_that_is_named_is_there() -> None:
    for document in documents():
        for name in re.findall(r"benchmarks/(\w+)\.py", document.read_text(encoding="utf-8")):
            assert (ROOT / "benchmarks" / f"{name}.py").is_file(), f"{document} names {name}"


class ParsedError(Exception):
    """Raised in place of the run that follows the parsing."""


@pytest.fixture
def parse_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs end where they would begin to work, and a path need not be there."""
    really = argparse.ArgumentParser.parse_args

    def parse_args(self: argparse.ArgumentParser) -> NoReturn:
        really(self)
        raise ParsedError

    def error(self: argparse.ArgumentParser, message: str) -> NoReturn:  # noqa: ARG001
        raise click.UsageError(message)

    def convert(self: click.Path, value: Any, *_: Any) -> Any:  # noqa: ARG001
        return value

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parse_args)
    monkeypatch.setattr(argparse.ArgumentParser, "error", error)
    monkeypatch.setattr(click.Path, "convert", convert)
    monkeypatch.setattr(click.Command, "invoke", lambda *_: None)


def run_benchmark(name: str, *given: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", [f"benchmarks/{name}.py", *given])
        runpy.run_path(str(ROOT / "benchmarks" / f"{name}.py"), run_name="__main__")


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_tells_how_it_is_run(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run_benchmark(name, "--help")
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: {name}.py")


@pytest.mark.parametrize(
    "command", [(verb, subject) for verb, subjects in COMMANDS.items() for subject in subjects]
)
def test_training_tells_how_it_is_run(command: tuple[str, str]) -> None:
    told = CliRunner().invoke(training, [*command, "--help"])
    assert told.exit_code == 0, told.output


@pytest.mark.usefixtures("parse_only")
@pytest.mark.parametrize(("program", "written"), commands())
def test_a_documented_command_is_accepted(program: str, written: str) -> None:
    given = arguments(written)
    try:
        if "benchmarks" in program:
            (name,) = re.findall(r"benchmarks\W(\w+)", program)
            assert name in BENCHMARKS
            with pytest.raises(ParsedError):
                run_benchmark(name, *given)
        else:
            main = training if program.endswith("training") else atl
            main(given, prog_name=program, standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError:
        assert names_only(given)
    except click.UsageError as error:
        problem = error.format_message()
        missing = names_only(given) and ("required" in problem or "Missing" in problem)
        assert missing or f"invalid choice: '{PLACEHOLDER}'" in problem, problem
