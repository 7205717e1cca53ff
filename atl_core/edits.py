"""Edits: what a writer can ask of a draft, as typed requests, the same from every front end.

`describe()` says a request in plain words. The phrase is kept as the `asked` of the revision
it leads to, and `bot.phrases.parse` reads it back as the same request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

from atl_core.audio.source import KeptBeat
from atl_core.line_ranges import AS_IT_IS, LineRange, Manner
from atl_core.lyrics.own_text import read_own_text, shape_of
from atl_core.lyrics.song_form import describe_form
from atl_core.wish import Wish

if TYPE_CHECKING:
    from atl_core.drafts.draft import Draft

MORE_LINES: Final = 4
"""How many lines "continue" adds unless told otherwise."""
ExportFormat = Literal[
    "txt", "lrc", "elrc", "srt", "ass", "ttml", "midi", "labels", "csv", "chordpro", "pdf", "json"
]
EXPORT_FORMATS: Final[tuple[ExportFormat, ...]] = get_args(ExportFormat)
RehearsalFormat = Literal["mp4", "html"]
REHEARSAL_FORMATS: Final[tuple[RehearsalFormat, ...]] = get_args(RehearsalFormat)


class Request:
    """Something that a writer can ask. Subclasses are frozen dataclasses of what was asked.

    Names of classes and fields are stored with jobs (`atl_core.request_json`): they stay.
    """

    __slots__ = ()

    @property
    def needs_model(self) -> bool:
        """Whether it takes a model and time: a captioner to write lines, or to hear a beat."""
        return False

    def describe(self) -> str:
        """The request in plain words, which `bot.phrases.parse` reads back as the same."""
        raise NotImplementedError


class ModelRequest(Request):
    """A request that takes a model: a job where there is a queue. See `atl_core.revise`."""

    __slots__ = ()

    @property
    def needs_model(self) -> bool:
        return True


class LineEdit(Request):
    """A change of lines or brief that takes no model. See `atl_core.line_edits`."""

    __slots__ = ()

    def apply(self, draft: Draft) -> Draft:
        """The draft after the edit; its verdict is still the one before. Pure and quick.

        Raises:
            DraftError: the draft has no such line or section, or it is locked.
            BriefError: what is set cannot be written.
        """
        raise NotImplementedError


OWN_TEXT: Final = "write on from my text: "
"""How the request begins by which a draft was made from a writer's own text."""


@dataclass(frozen=True, slots=True)
class Write(ModelRequest):
    """A new draft to a beat, or without one to a text of the writer's own."""

    beat: str | KeptBeat
    """A link or a path; for a worker a link, or what was kept for it. Empty: there is none yet."""
    wish: Wish
    text: str = ""
    """A half-written song; see `atl_core.lyrics.own_text`."""

    def describe(self) -> str:
        if self.text:
            return OWN_TEXT + shape_of(read_own_text(self.text)).describe()
        form = describe_form(self.wish.form) or f"{self.wish.lines} lines"
        return " ".join(("write", form, *self.wish.seed_words))


@dataclass(frozen=True, slots=True)
class Listen(ModelRequest):
    """Hear a beat, and write nothing."""

    beat: str | KeptBeat

    def describe(self) -> str:
        return "listen"


@dataclass(frozen=True, slots=True)
class SetBeat(ModelRequest):
    """Another beat for a draft: its bars and times are taken over, the words stay."""

    beat: str | KeptBeat = ""
    """As in `Write`; empty: the writer has yet to give it."""

    def describe(self) -> str:
        return "set the beat"


@dataclass(frozen=True, slots=True)
class Continue(ModelRequest):
    """More lines below."""

    lines: int = MORE_LINES

    def describe(self) -> str:
        return f"{self.lines} more {'line' if self.lines == 1 else 'lines'}"


@dataclass(frozen=True, slots=True)
class AnotherTake(ModelRequest):
    """What was asked last, once more, otherwise."""

    def describe(self) -> str:
        return "another take"


@dataclass(frozen=True, slots=True)
class Rewrite(ModelRequest):
    place: LineRange
    manner: Manner = AS_IT_IS

    def describe(self) -> str:
        said = f"rewrite {self.place.describe()}"
        return said if self.manner == AS_IT_IS else f"{said}, {self.manner.describe()}"


@dataclass(frozen=True, slots=True)
class RhymeWith(ModelRequest):
    """Rewrite a line so that it rhymes with a word or with another line."""

    line: int
    word: str = ""
    other: int | None = None

    def describe(self) -> str:
        rhyme = self.word if self.other is None else f"line {self.other}"
        return f"make line {self.line} rhyme with {rhyme}"


@dataclass(frozen=True, slots=True)
class UseWords(ModelRequest):
    """Rewrite a line so that it contains some words."""

    words: str
    line: int

    def describe(self) -> str:
        return f'use "{self.words}" in line {self.line}'


@dataclass(frozen=True, slots=True)
class Undo(Request):
    steps: int = 1

    def describe(self) -> str:
        return "undo" if self.steps == 1 else f"undo {self.steps} times"


@dataclass(frozen=True, slots=True)
class Redo(Request):
    steps: int = 1

    def describe(self) -> str:
        return "redo" if self.steps == 1 else f"redo {self.steps} times"


@dataclass(frozen=True, slots=True)
class GoBack(Request):
    version: int

    def describe(self) -> str:
        return f"go back to version {self.version}"


@dataclass(frozen=True, slots=True)
class Compare(Request):
    """Two versions; without them, the current one and the one that it was made from."""

    first: int | None = None
    second: int | None = None
    """None is the current one."""

    def describe(self) -> str:
        if self.first is None:
            return "what changed"
        if self.second is None:
            return f"compare with version {self.first}"
        return f"compare {self.first} and {self.second}"


@dataclass(frozen=True, slots=True)
class SetTitle(Request):
    title: str

    def describe(self) -> str:
        return f'title it "{self.title}"'


@dataclass(frozen=True, slots=True)
class Tag(Request):
    tags: tuple[str, ...]
    remove: bool = False

    def describe(self) -> str:
        tags = " ".join(f"#{tag}" for tag in self.tags)
        return f"remove the tag {tags}" if self.remove else f"tag it {tags}"


@dataclass(frozen=True, slots=True)
class Duplicate(Request):
    title: str = ""

    def describe(self) -> str:
        return f'duplicate it as "{self.title}"' if self.title else "duplicate it"


@dataclass(frozen=True, slots=True)
class Search(Request):
    words: str

    def describe(self) -> str:
        return f'search my drafts for "{self.words}"'


@dataclass(frozen=True, slots=True)
class ListDrafts(Request):
    def describe(self) -> str:
        return "my drafts"


@dataclass(frozen=True, slots=True)
class OpenDraft(Request):
    draft: str
    """Its id."""

    def describe(self) -> str:
        return f"open draft {self.draft}"


@dataclass(frozen=True, slots=True)
class ShowDraft(Request):
    version: int | None = None
    """None is the current one."""

    def describe(self) -> str:
        return "show the draft" if self.version is None else f"show version {self.version}"


@dataclass(frozen=True, slots=True)
class ShowHistory(Request):
    def describe(self) -> str:
        return "show the versions"


@dataclass(frozen=True, slots=True)
class ShowSyllables(Request):
    def describe(self) -> str:
        return "show the syllables"


@dataclass(frozen=True, slots=True)
class ShowFlow(Request):
    """Where each syllable falls on the beat."""

    def describe(self) -> str:
        return "show the flow"


@dataclass(frozen=True, slots=True)
class Tap(Request):
    """Tap the tempo. What is tapped becomes a `SetBrief`; only a terminal sees single keys."""

    def describe(self) -> str:
        return "tap"


@dataclass(frozen=True, slots=True)
class ShowRhymes(Request):
    """Rhymes to choose from, for a word or for the end of a line."""

    line: int | None = None
    word: str = ""

    def describe(self) -> str:
        return f"show rhymes for {self.word if self.line is None else f'line {self.line}'}"


@dataclass(frozen=True, slots=True)
class Export(Request):
    format: ExportFormat = "txt"

    def describe(self) -> str:
        return f"export as {self.format}"


@dataclass(frozen=True, slots=True)
class Rehearse(ModelRequest):
    """A file to rehearse with: a video, or a page that plays the beat. It takes time, no model."""

    beat: str | KeptBeat = ""
    """As in `Write`; empty: the front end is to find it, or to ask for it."""
    format: RehearsalFormat = "mp4"

    def describe(self) -> str:
        return "rehearse" if self.format == "mp4" else f"export as {self.format}"


@dataclass(frozen=True, slots=True)
class DeleteDraft(Request):
    def describe(self) -> str:
        return "delete the draft"


@dataclass(frozen=True, slots=True)
class RestoreDraft(Request):
    """Bring back a deleted draft."""

    draft: str = ""
    """Its id; empty is the one deleted last."""

    def describe(self) -> str:
        return f"restore draft {self.draft}" if self.draft else "restore the draft"


@dataclass(frozen=True, slots=True)
class Share(Request):
    """Let this channel read the draft."""

    def describe(self) -> str:
        return "share it here"


@dataclass(frozen=True, slots=True)
class Unshare(Request):
    """With a person, or with this channel when `person` is empty."""

    person: str = ""

    def describe(self) -> str:
        return f"stop collaborating with {self.person}" if self.person else "stop sharing it"


@dataclass(frozen=True, slots=True)
class Collaborate(Request):
    """Let another person change the draft."""

    person: str
    """As typed: `@ann` or Discord's `<@123>`."""

    def describe(self) -> str:
        return f"collaborate with {self.person}"


@dataclass(frozen=True, slots=True)
class ForgetMe(Request):
    def describe(self) -> str:
        return "forget me"


@dataclass(frozen=True, slots=True)
class MyData(Request):
    def describe(self) -> str:
        return "my data"


@dataclass(frozen=True, slots=True)
class Help(Request):
    def describe(self) -> str:
        return "help"
