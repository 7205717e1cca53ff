"""What follows a command in the terminal, such as `/lyrics beat.mp3 midnight train --lines 4`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from atl_core.errors import UserError
from atl_core.files import read_bounded

TEXT_SUFFIXES: Final = frozenset(
    (".txt", ".docx", ".lrc", ".cho", ".chopro", ".chordpro", ".crd", ".pro", ".md")
)
"""Of files that hold lyrics."""
OPTIONS: Final[dict[str, Callable[[str], Any]]] = {
    "genre": str,
    "mood": str,
    "scheme": str,
    "lines": int,
    "syllables": int,
    "random-seed": int,
    "avoid": str,
    "form": str,
}
"""Options of /lyrics that take a value, as in `atl write`."""
FLAGS: Final = ("explicit", "options")
"""Options that take none."""


def split_beat(asked: str) -> tuple[str, str]:
    """The path and the words of `/lyrics PATH words`.

    A path with spaces may be quoted or simply written, as terminals do when a file is dropped.
    """
    parts = asked.split(" ")
    for end in range(len(parts), 0, -1):
        # A long sentence is no name that a file can have, and ~someone may be nobody's home.
        with suppress(OSError, ValueError, RuntimeError):
            candidate = Path(" ".join(parts[:end])).expanduser()
            if candidate.is_file():
                return str(candidate), " ".join(parts[end:]).strip()
    with suppress(ValueError):
        first, *_ = shlex.split(asked)
        rest = asked[asked.index(first) + len(first) :].lstrip("'\"")
        return first, rest.strip()
    return parts[0], " ".join(parts[1:]).strip()


def read_text_file(path: Path) -> str:
    """The text of a file with lyrics.

    Raises:
        UserError: it cannot be read, or is none that is read here.
    """
    from atl_core.lyrics.documents import ACCEPTED, MAX_BYTES, read_document

    try:
        data = read_bounded(path, MAX_BYTES)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.", ACCEPTED) from error
    return read_document(data, path.name)


def split_page(asked: str) -> tuple[str, int]:
    """The words and the page of `/drafts words page 2`."""
    found = re.fullmatch(r"(.*?)\s*\bpage ([1-9]\d{0,5})", asked.strip(), re.IGNORECASE)
    return (found[1], int(found[2])) if found else (asked.strip(), 1)


def split_options(text: str) -> tuple[str, dict[str, Any]]:
    """The words and the options of `words --genre country --lines 4`.

    Raises:
        UserError: an option that there is not, or a value that it cannot have.
    """
    words: list[str] = []
    options: dict[str, Any] = {}
    said = iter(text.split())
    for word in said:
        name, _, value = word.removeprefix("--").partition("=")
        if not word.startswith("--") or not name:
            words.append(word)
        elif name in FLAGS:
            options[name] = True
        elif name in OPTIONS:
            value = value or next(said, "")
            while value.startswith('"') and (more := next(said, None)) is not None:
                value = f"{value} {more}"
                if more.endswith('"'):
                    break
            options[name.replace("-", "_")] = _value(name, value.strip('"'))
        else:
            there_are = ", ".join(f"--{known}" for known in (*OPTIONS, *FLAGS))
            raise UserError(f"There is no option --{name}.", f"There are: {there_are}.")
    return " ".join(words), options


def _value(name: str, said: str) -> Any:
    try:
        return OPTIONS[name](said)
    except ValueError as error:
        raise UserError(f"--{name} needs a whole number.") from error
