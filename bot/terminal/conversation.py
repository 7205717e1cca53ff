"""The conversation in a terminal: the same words as in Discord, one line at a time.

Every draft is saved as soon as it is whole, so Ctrl-C stops only what is being done.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from rich.console import RenderableType

from atl_core.drafts.names import LOCAL
from atl_core.edits.account import Help
from atl_core.edits.beat import Tap
from atl_core.edits.brief import SetBrief
from atl_core.edits.drafts import OpenDraft
from atl_core.edits.export import Rehearse
from atl_core.edits.request import Request
from atl_core.edits.writing import Write
from atl_core.errors import DraftError, UserError
from atl_core.progress import OnProgress
from atl_core.settings import Settings
from atl_core.studio import Studio
from bot import answers, dispatch
from bot.answers import Answer, draft_after
from bot.dispatch import Asker
from bot.errors import apology
from bot.progress import shown
from bot.render.console import console
from bot.render.genre import render_genre_verdict

if TYPE_CHECKING:
    from atl_core.drafts.draft import Draft
from bot.terminal.arguments import (
    TEXT_SUFFIXES,
    read_text_file,
    split_beat,
    split_options,
    split_page,
)
from bot.terminal.show import lay_out

T = TypeVar("T")
WELCOME: Final = """\
Give me a beat and a few words, and I write to it:
  /lyrics beat.mp3 midnight train
/help says what else I understand; /quit or Ctrl-D ends."""
PROMPT: Final = "> "
DONE: Final = "/done"
"""Ends what is pasted, where empty lines part stanzas."""
ENDS: Final = frozenset({"/quit", "/exit", "quit", "exit"})


class Conversation:
    """What is being talked about: one studio and the draft at hand."""

    def __init__(self, settings: Settings) -> None:
        self._screen = console()
        self._runner = asyncio.Runner()
        self._studio = Studio(settings)
        self._draft: Draft | None = None
        self._beats: dict[str, str] = {}
        """The path of each draft's beat, as far as it was given in this conversation."""

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
            case "write":
                self._write(rest.strip())
            case "genre":
                self._genre(rest.strip() or self._paste())
            case "drafts":
                words, page = split_page(rest)
                self._show(
                    self._do(lambda studio, _: dispatch.list_drafts(studio, Asker(), words, page))
                )
            case "open":
                self._request(OpenDraft(rest.strip()))
            case "help":
                self._request(Help())
            case _:
                self._print(f"I do not know /{name}. /help says what I understand.")

    def _phrase(self, said: str) -> None:
        from bot.phrases import parse

        self._request(parse(said, lines=len(self._draft.lines) if self._draft else 0))

    def _request(self, request: Request) -> None:
        if isinstance(request, Tap) and self._draft:
            tempo = self._tapped(self._draft)
            if tempo is None:
                self._print("The tempo stays as it is.")
                return
            request = SetBrief(tempo=tempo)
        if isinstance(request, Rehearse) and not request.beat and self._draft:
            beat = self._beats.get(self._draft.id, "")
            request = Rehearse(beat, request.format)
        answer = self._dispatch(request)
        if isinstance(answer, answers.Changed) and answer.then:
            self._show(answer)
            self._request(answer.then)
            return
        if isinstance(answer, answers.AskFirst):
            if not self._sure():
                self._print("Nothing was removed.")
                return
            answer = self._dispatch(request, confirmed=True)
        self._show(answer)

    def _dispatch(self, request: Request, *, confirmed: bool = False) -> Answer:
        async def ask(studio: Studio, on_progress: OnProgress) -> Answer:
            opened = None
            if self._draft and not isinstance(request, dispatch.WITHOUT_DRAFT):
                opened = await studio.drafts.open(self._draft.id, LOCAL)
            elif not isinstance(
                request, (*dispatch.WITHOUT_DRAFT, *dispatch.SHARING, *dispatch.WITH_OR_WITHOUT)
            ):
                raise DraftError(
                    "There is no draft at hand yet.",
                    remedy="Write one with /lyrics PATH words, or open one with /open DRAFT.",
                )
            run = dispatch.inline(studio, on_progress)
            return await dispatch.dispatch(
                studio, request, Asker(), opened, run, confirmed=confirmed
            )

        return self._do(ask)

    def _show(self, answer: Answer) -> None:
        before = self._draft
        self._draft = draft_after(answer, before)
        if isinstance(answer, answers.Changed | answers.Offered) and self._draft:
            beat = getattr(getattr(answer, "request", None), "beat", "")
            if isinstance(beat, str) and beat:
                self._beats[self._draft.id] = beat
        self._print(lay_out(answer))

    def _tapped(self, draft: Draft) -> float | None:
        """The tempo that is tapped to a draft's beat; None where that was left."""
        from atl_core.flow.grid import nearest_heard
        from bot.tap import INVITATION, tapped_tempo

        self._print(INVITATION)
        tempo = tapped_tempo(lambda text: print(f"\r{text:<12}", end="", flush=True))
        print()
        return tempo and nearest_heard(tempo, draft.listening)

    def _sure(self) -> bool:
        self._print("This removes all of your drafts for good. Type yes to go on.")
        return (self._read("") or "").casefold() == "yes"

    def _lyrics(self, asked: str) -> None:
        from atl_core.edits.wish import Wish

        if not asked:
            self._print("Which beat? For example: /lyrics beat.mp3 midnight train")
            return
        beat, rest = split_beat(asked)
        words, options = split_options(rest)
        wish = Wish.parse(seed_words=words or None, **options)
        self._request(Write(beat, wish))

    def _write(self, asked: str) -> None:
        """Go on from a text of the writer's own, in a file or pasted."""
        from atl_core.edits.wish import Wish

        path, rest = split_beat(asked) if asked else ("", "")
        if Path(path).suffix.casefold() in TEXT_SUFFIXES:
            text = read_text_file(Path(path).expanduser())
        else:
            rest = asked
            text = self._paste("Paste your lines. ... is a gap. End with /done.", DONE)
        beat, rest = split_beat(rest) if rest and not rest.startswith("--") else ("", rest)
        words, options = split_options(rest)
        wish = Wish.parse(seed_words=words or None, **options)
        self._request(Write(beat, wish, text))

    def _genre(self, text: str) -> None:
        self._print(
            render_genre_verdict(self._do(lambda studio, _: studio.pipeline.judge_text(text)))
        )

    def _do(self, work: Callable[[Studio, OnProgress], Awaitable[T]]) -> T:
        async def run(on_progress: OnProgress) -> T:
            return await work(self._studio, on_progress)

        with shown("plain") as on_progress:
            return self._runner.run(run(on_progress))

    def _paste(
        self, invitation: str = "Paste the lyrics, then an empty line.", end: str = ""
    ) -> str:
        """Lines until the one that ends them."""
        if sys.stdin.isatty():
            self._print(invitation)
        pasted: list[str] = []
        while (line := self._read("")) is not None and line.casefold() != end:
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


def converse(settings: Settings) -> None:
    """Talk until the input ends."""
    if sys.stdin.isatty():
        with suppress(ImportError):
            import readline  # noqa: F401  (editing and history at the prompt)
    Conversation(settings).run()
