"""The conversation in a terminal: the same words as in Discord, one line at a time.

Every draft is saved as soon as it is whole, so Ctrl-C stops only what is being done.
"""

from __future__ import annotations

import asyncio
import re
import shlex
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from atl_core import edits
from atl_core.edits import Request
from atl_core.errors import UserError
from atl_core.progress import OnProgress
from atl_core.settings import Settings
from atl_core.studio import Studio
from bot import render
from bot.dispatch import answer, drafts
from bot.errors import apology
from bot.progress import shown

if TYPE_CHECKING:
    from rich.console import RenderableType

    from atl_core.drafts.draft import Draft

T = TypeVar("T")

WELCOME: Final = """\
Give me a beat and a few words, and I write to it:
  /lyrics beat.mp3 midnight train
/help says what else I understand; /quit or Ctrl-D ends."""

PROMPT: Final = "> "
ENDS: Final = frozenset({"/quit", "/exit", "quit", "exit"})

OPTIONS: Final[dict[str, Callable[[str], Any]]] = {
    "genre": str,
    "mood": str,
    "scheme": str,
    "lines": int,
    "syllables": int,
    "random-seed": int,
}
"""Options of /lyrics that take a value, as in `atl write`."""
EXPLICIT: Final = "explicit"
"""The option that takes none."""


class Conversation:
    """What is being talked about: one studio and the draft at hand."""

    def __init__(self, settings: Settings) -> None:
        self._screen = render.console()
        self._runner = asyncio.Runner()
        self._studio = Studio(settings)
        self._draft: Draft | None = None

    def run(self) -> None:
        """Talk until the input ends."""
        self._print(WELCOME)
        warned = False
        with self._runner:
            while True:
                try:
                    said = self._read(PROMPT)
                    if said is None or said.casefold() in ENDS:
                        break
                    warned = False
                    self._answer(said)
                except KeyboardInterrupt:
                    # Once stops what is going on; twice in a row at the prompt ends.
                    if warned:
                        break
                    warned = True
                    self._print("\nStopped. What was saved is safe. Ctrl-C again or /quit ends.")
            self._runner.run(self._studio.close())
        self._print("Bye. Your drafts are saved: atl drafts list")

    def _answer(self, said: str) -> None:
        """Answer one line; whatever goes wrong, the conversation goes on."""
        try:
            if said.startswith("/"):
                self._command(said)
            elif said:
                self._phrase(said)
        except UserError as error:
            self._print(str(error))
        except Exception as error:
            self._print(apology(error))

    def _command(self, said: str) -> None:
        name, _, rest = said[1:].partition(" ")
        if "/" in name:  # no command but the path of a beat
            self._lyrics(said)
            return
        match name.casefold():
            case "lyrics":
                self._lyrics(rest.strip())
            case "genre":
                self._genre(rest.strip() or self._paste())
            case "drafts":
                self._print(self._do(lambda studio, _: drafts(studio, *split_page(rest))))
            case "open":
                self._request(edits.OpenDraft(rest.strip()))
            case "help":
                self._request(edits.Help())
            case _:
                self._print(f"I do not know /{name}. /help says what I understand.")

    def _phrase(self, said: str) -> None:
        from bot.phrases import parse

        self._request(parse(said, lines=len(self._draft.lines) if self._draft else 0))

    def _request(self, request: Request) -> None:
        if isinstance(request, edits.ForgetMe) and not self._sure():
            self._print("Nothing was removed.")
            return
        answered = self._do(
            lambda studio, on_progress: answer(studio, request, self._draft, on_progress)
        )
        self._draft = answered.draft
        self._print(answered.shown)

    def _sure(self) -> bool:
        self._print("This removes all of your drafts for good. Type yes to go on.")
        return (self._read("") or "").casefold() == "yes"

    def _lyrics(self, asked: str) -> None:
        from atl_core.wish import Wish

        if not asked:
            self._print("Which beat? For example: /lyrics beat.mp3 midnight train")
            return
        beat, rest = split_beat(asked)
        words, options = split_options(rest)
        wish = Wish.parse(seed_words=words or None, **options)
        self._request(edits.Write(beat, wish))

    def _genre(self, text: str) -> None:
        self._print(render.genre_verdict(self._do(lambda studio, _: studio.judge(text))))

    def _do(self, work: Callable[[Studio, OnProgress], Awaitable[T]]) -> T:
        async def run(on_progress: OnProgress) -> T:
            return await work(self._studio, on_progress)

        with shown("plain") as on_progress:
            return self._runner.run(run(on_progress))

    def _paste(self) -> str:
        """Lines until an empty one."""
        if sys.stdin.isatty():
            self._print("Paste the lyrics, then an empty line.")
        pasted: list[str] = []
        while line := self._read(""):
            pasted.append(line)
        return "\n".join(pasted)

    def _read(self, prompt: str) -> str | None:
        """The next line; None at the end of the input."""
        try:
            return input(prompt if sys.stdin.isatty() else "").strip()
        except EOFError:
            return None

    def _print(self, what: RenderableType) -> None:
        self._screen.print(what)


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
        elif name == EXPLICIT:
            options[name] = True
        elif name in OPTIONS:
            options[name.replace("-", "_")] = _value(name, value or next(said, ""))
        else:
            there_are = ", ".join(f"--{known}" for known in (*OPTIONS, EXPLICIT))
            raise UserError(f"There is no option --{name}.", f"There are: {there_are}.")
    return " ".join(words), options


def _value(name: str, said: str) -> Any:
    try:
        return OPTIONS[name](said)
    except ValueError as error:
        raise UserError(f"--{name} needs a whole number.") from error


def converse(settings: Settings) -> None:
    """Talk until the input ends."""
    if sys.stdin.isatty():
        with suppress(ImportError):
            import readline  # noqa: F401  (editing and history at the prompt)
    Conversation(settings).run()
