"""The conversation in a terminal: the same words as in Discord, one line at a time.

Every draft is saved as soon as it is whole, so Ctrl-C stops only what is being done.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from rich.console import Group, RenderableType
from rich.text import Text

from atl_core.drafts.diff import as_rich
from atl_core.drafts.names import LOCAL
from atl_core.edits.account import Help
from atl_core.edits.beat import Tap
from atl_core.edits.brief import SetBrief
from atl_core.edits.drafts import OpenDraft, SetTitle, Tag
from atl_core.edits.export import Rehearse
from atl_core.edits.request import Request
from atl_core.edits.words import AllowWords, Avoid, UseInDraft
from atl_core.edits.writing import OWN_TEXT, Write
from atl_core.errors import DraftError, UserError
from atl_core.files import read_bounded, write_whole
from atl_core.progress import OnProgress
from atl_core.settings import Settings
from atl_core.studio import Studio
from bot import dispatch, render
from bot.dispatch import Answer, Asker
from bot.errors import apology
from bot.progress import shown

if TYPE_CHECKING:
    from atl_core.drafts.draft import Draft

T = TypeVar("T")

WELCOME: Final = """\
Give me a beat and a few words, and I write to it:
  /lyrics beat.mp3 midnight train
/help says what else I understand; /quit or Ctrl-D ends."""

HELP: Final = """\
/lyrics BEAT [words]   listen to a file or link and write to it from your words; also
                       --genre, --mood, --scheme, --lines, --syllables, --random-seed and
                       --explicit; --options lets you choose each line; --form "verse hook
                       verse hook" writes a whole song; a path alone does as well
/write [FILE] [BEAT]   go on from lines of your own: a .txt, .docx, .lrc or ChordPro file, or
                       pasted; ... is a gap to be filled. BEAT may come later: set the beat to
                       beat.mp3
/genre [text]          how hip-hop or country is it; without text, paste lines and end with an
                       empty one
/drafts [words]        your drafts, or those with these words in them; page 2 at the
                       end turns the page
/open DRAFT            go on with a saved draft
/help, /quit

About the draft at hand, in plain words, for example:
  continue; 8 more lines; add a hook; another take
  rewrite line 3; make lines 3-6 sadder; make it more country; rewrite the hook
  make line 2 rhyme with fire; use the word river in line 4; line 5: "my own words"
  half time; bar one is at 0:08; tap; make it 3/4; denser; more laid back
  show the flow; start line 3 on the two; rehearse; export as midi
  swap lines 2 and 3; delete line 4; lock lines 1-4; unlock line 2
  undo; redo; go back to version 4; compare 3 and 5; show the versions
  options for line 3; take 2; more like 2; none, sadder; write line by line
  write verse hook verse hook bridge hook; add a pre-chorus; repeat the hook with a twist
  move the bridge up; make the hook 6 lines; make verse 2 ABAB
  avoid neon; avoid clichés; never say baby again; what do I avoid?; use whiskey; add ad-libs
  show the rhymes; more internal rhymes in line 3; make lines 1-4 multisyllabic
  LA is L-A; say wind as in find; Saoirse rhymes with inertia; poem has one syllable
  say wind as usual; how do I say things?
  who wrote what?; my version; keep the other line 2
  save as TITLE; tag it demo; show rhymes for line 3; export as lrc; delete the draft"""

PROMPT: Final = "> "
DONE: Final = "/done"
"""Ends what is pasted, where empty lines part stanzas."""
TEXT_SUFFIXES: Final = frozenset(
    (".txt", ".docx", ".lrc", ".cho", ".chopro", ".chordpro", ".crd", ".pro", ".md")
)
"""Of files that hold lyrics."""
ENDS: Final = frozenset({"/quit", "/exit", "quit", "exit"})

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
RHYMES_SHOWN: Final = 10
FLAGS: Final = ("explicit", "options")
"""Options that take none."""


class Conversation:
    """What is being talked about: one studio and the draft at hand."""

    def __init__(self, settings: Settings) -> None:
        self._screen = render.console()
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
        if isinstance(answer, dispatch.Changed) and answer.then:
            self._show(answer)
            self._request(answer.then)
            return
        if isinstance(answer, dispatch.AskFirst):
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
        if isinstance(answer, dispatch.Changed | dispatch.Offered) and self._draft:
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
            render.genre_verdict(self._do(lambda studio, _: studio.pipeline.judge_text(text)))
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


def draft_after(answer: Answer, draft: Draft | None) -> Draft | None:
    """The draft at hand once an answer was given."""
    match answer:
        case (
            dispatch.Changed()
            | dispatch.Offered()
            | dispatch.Opened()
            | dispatch.Restored()
            | dispatch.Shown(current=True)
            | dispatch.Syllables()
            | dispatch.Rhymed()
            | dispatch.Writers()
            | dispatch.Flow()
        ):
            return answer.draft
        case dispatch.Deleted() | dispatch.Gone():
            return None
    return draft


def lay_out(answer: Answer) -> RenderableType:
    """An answer as a terminal shows it; a file is written to the current folder.

    Raises:
        UserError: the file cannot be written.
    """
    match answer:
        case dispatch.Changed(request=SetTitle(), draft=draft):
            return Text(f"Saved as “{draft.title}” (draft {draft.id}).")
        case dispatch.Changed(request=Tag(), draft=draft):
            tags = " ".join(f"#{tag}" for tag in draft.tags) or "none"
            return Text(f"Tags of “{draft.title}”: {tags}")
        case dispatch.Changed(request=SetBrief(), draft=draft):
            return Text(f"From now on: {render.setting(draft)}")
        case dispatch.Changed(request=Avoid() | AllowWords(), draft=draft):
            return Text(render.avoided((), draft.brief.avoid, draft.lines))
        case dispatch.Changed(request=UseInDraft(), draft=draft):
            return Text(f"From now on: {render.setting(draft)}")
        case dispatch.Avoided(always=always, here=here, lines=lines):
            return Text(render.avoided(always, here, lines))
        case dispatch.Sounds(sounds=sounds, draft=draft, counted=counted):
            said = Text(render.sounds(sounds))
            if draft is None or not counted:
                return said
            return Group(said, render.lines(draft.lines, only=counted))
        case dispatch.Changed(draft=draft, comparison=changed):
            at = f" is at version {draft.revision}; undo goes back." if changed else "."
            notes = [Text(note) for note in _shape_of(answer.request)]
            return Group(render.draft(draft, changed), *notes, Text(f"Draft {draft.id}{at}"))
        case dispatch.Offered(draft=draft, options=options):
            return render.options(draft, options)
        case dispatch.Opened(draft=draft) | dispatch.Restored(draft=draft):
            return Group(render.draft(draft), Text(f"Draft {draft.id}."))
        case dispatch.Shown(draft=draft, current=False):
            return render.draft(draft)
        case dispatch.Shown(draft=draft):
            at = f"Draft {draft.id} is at version {draft.revision}; undo goes back."
            return Group(render.draft(draft), Text(at))
        case dispatch.Syllables(draft=draft):
            return render.lines(draft.lines, draft.sections)
        case dispatch.Writers(draft=draft, lines=first, asker=asker):
            return render.writers(draft.lines, first, asker)
        case dispatch.Rhymed(draft=draft, chains=chains):
            return render.rhymed([line.text for line in draft.lines], chains)
        case dispatch.Flow(draft=draft):
            return render.flow(draft)
        case dispatch.Deleted(draft=draft):
            return Text(
                f"Draft {draft.id} is deleted. For a day it can be brought back: restore it."
            )
        case dispatch.History(changes=changes):
            return render.history(changes)
        case dispatch.Compared(comparison=comparison):
            return as_rich(comparison)
        case dispatch.Rhymes(found=found):
            return Text(", ".join(found[:RHYMES_SHOWN]) or "I know no rhyme for that.")
        case dispatch.Drafts(page=page, words=""):
            return render.page(page, "/drafts page")
        case dispatch.Drafts(page=page, words=words):
            command = f"/drafts {words} page"
            return render.page(page, command, nothing="No draft has those words.")
        case dispatch.File(name=name, data=data, part=part):
            saved = _save(name, data)
            return Group(saved, Text(part_of_song(part))) if part else saved
        case dispatch.PersonalData(data=told):
            return _save(
                "atl-my-data.json", json.dumps(told, ensure_ascii=False, indent=1).encode()
            )
        case dispatch.Gone(forgotten=forgotten):
            return Text(forgotten.describe())
        case dispatch.Help():
            return Text(HELP)
    raise TypeError(f"{answer!r} is not for a terminal")


def _shape_of(request: Request) -> list[str]:
    """What was read off a text of the writer's own, for them to correct."""
    if not (isinstance(request, Write) and request.text):
        return []
    shape = request.describe().removeprefix(OWN_TEXT)
    return [f"Your text: {shape}. If it is not, say --scheme AABB or --syllables 9 with it."]


def part_of_song(part: str) -> str:
    return f"It shows the first {part} of the song: a video may have 10 MB."


def _unused(path: Path) -> Path:
    """The path, or with a number where something has that name: `song-2.txt`."""
    numbered = (path.with_stem(f"{path.stem}-{number}") for number in count(2))
    return next(way for way in chain((path,), numbered) if not os.path.lexists(way))


def _save(name: str, data: bytes) -> Text:
    path = _unused(Path(name).absolute())
    try:
        write_whole(path, data)
    except OSError as error:
        raise UserError(
            f"{path} cannot be written: {error.strerror}.",
            remedy="Start atl in a folder of your own and try again.",
        ) from error
    return Text(f"Written to {path}")


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


def converse(settings: Settings) -> None:
    """Talk until the input ends."""
    if sys.stdin.isatty():
        with suppress(ImportError):
            import readline  # noqa: F401  (editing and history at the prompt)
    Conversation(settings).run()
