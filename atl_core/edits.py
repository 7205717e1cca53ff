"""Edits: what a writer can ask of a draft, as typed requests, the same from every front end.

`describe()` says a request in plain words. The phrase is kept as the `asked` of the revision
it leads to, and `bot.phrases.parse` reads it back as the same request.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Final, Literal, get_args

from atl_core.audio.source import KeptBeat
from atl_core.errors import DraftError
from atl_core.line_ranges import AS_IT_IS, LineRange, Lines, Manner, Part
from atl_core.lyrics.brief import Genre, Mood
from atl_core.wish import Wish

SectionKind = Literal["verse", "hook", "bridge", "intro", "outro"]
SECTION_KINDS: Final[tuple[SectionKind, ...]] = get_args(SectionKind)
MORE_LINES: Final = 4
"""How many lines "continue" adds unless told otherwise."""
MAX_TEXT: Final = 200
"""Longest line that a writer may set, in characters."""
ExportFormat = Literal["txt", "lrc", "chordpro", "pdf", "json"]
EXPORT_FORMATS: Final[tuple[ExportFormat, ...]] = get_args(ExportFormat)


@dataclass(frozen=True, slots=True)
class Write:
    """A new draft to a beat."""

    beat: str | KeptBeat
    """A link or a path; for a worker a link, or what was kept for it."""
    wish: Wish

    def describe(self) -> str:
        return " ".join(("write", f"{self.wish.lines} lines", *self.wish.seed_words))


@dataclass(frozen=True, slots=True)
class Listen:
    """Hear a beat, and write nothing."""

    beat: str | KeptBeat

    def describe(self) -> str:
        return "listen"


@dataclass(frozen=True, slots=True)
class Continue:
    """More lines below."""

    lines: int = MORE_LINES

    def describe(self) -> str:
        return f"{self.lines} more {'line' if self.lines == 1 else 'lines'}"


@dataclass(frozen=True, slots=True)
class AddSection:
    kind: SectionKind
    lines: int | None = None
    """None leaves the number to the form."""

    def describe(self) -> str:
        article = "an" if self.kind in ("intro", "outro") else "a"
        return f"add {article} {self.kind}" + (f" of {self.lines} lines" if self.lines else "")


@dataclass(frozen=True, slots=True)
class AnotherTake:
    """What was asked last, once more, otherwise."""

    def describe(self) -> str:
        return "another take"


@dataclass(frozen=True, slots=True)
class Rewrite:
    place: LineRange
    manner: Manner = AS_IT_IS

    def describe(self) -> str:
        said = f"rewrite {self.place.describe()}"
        return said if self.manner == AS_IT_IS else f"{said}, {self.manner.describe()}"


@dataclass(frozen=True, slots=True)
class RhymeWith:
    """Rewrite a line so that it rhymes with a word or with another line."""

    line: int
    word: str = ""
    other: int | None = None

    def describe(self) -> str:
        rhyme = self.word if self.other is None else f"line {self.other}"
        return f"make line {self.line} rhyme with {rhyme}"


@dataclass(frozen=True, slots=True)
class UseWords:
    """Rewrite a line so that it contains some words."""

    words: str
    line: int

    def describe(self) -> str:
        return f'use "{self.words}" in line {self.line}'


@dataclass(frozen=True, slots=True)
class Replace:
    """The writer's own words for a line, kept as they were typed."""

    line: int
    text: str

    def __post_init__(self) -> None:
        _check_text(self.text)

    def describe(self) -> str:
        return f'line {self.line}: "{self.text}"'


@dataclass(frozen=True, slots=True)
class Insert:
    """A new line: the writer's own words, or written when `text` is empty."""

    after: int
    """Line number; 0 puts it at the top."""
    text: str = ""

    def __post_init__(self) -> None:
        if self.text:
            _check_text(self.text)

    def describe(self) -> str:
        said = (
            f"insert a line after line {self.after}" if self.after else "insert a line at the top"
        )
        return f'{said}: "{self.text}"' if self.text else said


@dataclass(frozen=True, slots=True)
class Delete:
    """Take lines out."""

    place: Lines | Part

    def describe(self) -> str:
        return f"delete {self.place.describe()}"


@dataclass(frozen=True, slots=True)
class Swap:
    first: int
    second: int

    def describe(self) -> str:
        return f"swap lines {self.first} and {self.second}"


@dataclass(frozen=True, slots=True)
class Lock:
    """Keep lines byte for byte through every rewrite."""

    place: LineRange

    def describe(self) -> str:
        return f"lock {self.place.describe()}"


@dataclass(frozen=True, slots=True)
class Unlock:
    place: LineRange

    def describe(self) -> str:
        return f"unlock {self.place.describe()}"


@dataclass(frozen=True, slots=True)
class SetBrief:
    """Change what is asked for from now on; lines that are there stay. Exactly one is set."""

    tempo: float | None = None
    scheme: str | None = None
    syllables: int | None = None
    seed_words: tuple[str, ...] | None = None
    genre: Genre | None = None
    mood: Mood | None = None
    explicit: bool | None = None

    def changes(self) -> dict[str, Any]:
        """For `dataclasses.replace` on a Brief; let `check_brief` see the result."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}

    def describe(self) -> str:
        ((name, value),) = self.changes().items()
        match name:
            case "tempo":
                return f"set the tempo to {value:g}"
            case "seed_words":
                return f"set the seed words to {' '.join(value)}"
            case "explicit":
                return "allow explicit words" if value else "keep it clean"
        return f"set the {name} to {value}"


@dataclass(frozen=True, slots=True)
class Undo:
    steps: int = 1

    def describe(self) -> str:
        return "undo" if self.steps == 1 else f"undo {self.steps} times"


@dataclass(frozen=True, slots=True)
class Redo:
    steps: int = 1

    def describe(self) -> str:
        return "redo" if self.steps == 1 else f"redo {self.steps} times"


@dataclass(frozen=True, slots=True)
class GoBack:
    version: int

    def describe(self) -> str:
        return f"go back to version {self.version}"


@dataclass(frozen=True, slots=True)
class Compare:
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
class SetTitle:
    title: str

    def describe(self) -> str:
        return f'title it "{self.title}"'


@dataclass(frozen=True, slots=True)
class Tag:
    tags: tuple[str, ...]
    remove: bool = False

    def describe(self) -> str:
        tags = " ".join(f"#{tag}" for tag in self.tags)
        return f"remove the tag {tags}" if self.remove else f"tag it {tags}"


@dataclass(frozen=True, slots=True)
class Duplicate:
    title: str = ""

    def describe(self) -> str:
        return f'duplicate it as "{self.title}"' if self.title else "duplicate it"


@dataclass(frozen=True, slots=True)
class Search:
    words: str

    def describe(self) -> str:
        return f'search my drafts for "{self.words}"'


@dataclass(frozen=True, slots=True)
class ListDrafts:
    def describe(self) -> str:
        return "my drafts"


@dataclass(frozen=True, slots=True)
class OpenDraft:
    draft: str
    """Its id."""

    def describe(self) -> str:
        return f"open draft {self.draft}"


@dataclass(frozen=True, slots=True)
class ShowDraft:
    version: int | None = None
    """None is the current one."""

    def describe(self) -> str:
        return "show the draft" if self.version is None else f"show version {self.version}"


@dataclass(frozen=True, slots=True)
class ShowHistory:
    def describe(self) -> str:
        return "show the versions"


@dataclass(frozen=True, slots=True)
class ShowSyllables:
    def describe(self) -> str:
        return "show the syllables"


@dataclass(frozen=True, slots=True)
class ShowRhymes:
    """Rhymes to choose from, for a word or for the end of a line."""

    line: int | None = None
    word: str = ""

    def describe(self) -> str:
        return f"show rhymes for {self.word if self.line is None else f'line {self.line}'}"


@dataclass(frozen=True, slots=True)
class Export:
    format: ExportFormat = "txt"

    def describe(self) -> str:
        return f"export as {self.format}"


@dataclass(frozen=True, slots=True)
class DeleteDraft:
    def describe(self) -> str:
        return "delete the draft"


@dataclass(frozen=True, slots=True)
class RestoreDraft:
    """Bring back a deleted draft."""

    draft: str = ""
    """Its id; empty is the one deleted last."""

    def describe(self) -> str:
        return f"restore draft {self.draft}" if self.draft else "restore the draft"


@dataclass(frozen=True, slots=True)
class Share:
    """Let this channel read the draft."""

    def describe(self) -> str:
        return "share it here"


@dataclass(frozen=True, slots=True)
class Unshare:
    """With a person, or with this channel when `person` is empty."""

    person: str = ""

    def describe(self) -> str:
        return f"stop collaborating with {self.person}" if self.person else "stop sharing it"


@dataclass(frozen=True, slots=True)
class Collaborate:
    """Let another person change the draft."""

    person: str
    """As typed: `@ann` or Discord's `<@123>`."""

    def describe(self) -> str:
        return f"collaborate with {self.person}"


@dataclass(frozen=True, slots=True)
class ForgetMe:
    def describe(self) -> str:
        return "forget me"


@dataclass(frozen=True, slots=True)
class MyData:
    def describe(self) -> str:
        return "my data"


@dataclass(frozen=True, slots=True)
class Help:
    def describe(self) -> str:
        return "help"


NeedsModel = Write | Listen | Continue | AddSection | AnotherTake | Rewrite | RhymeWith | UseWords
Request = (
    NeedsModel
    | Replace
    | Insert
    | Delete
    | Swap
    | Lock
    | Unlock
    | SetBrief
    | Undo
    | Redo
    | GoBack
    | Compare
    | SetTitle
    | Tag
    | Duplicate
    | Search
    | ListDrafts
    | OpenDraft
    | ShowDraft
    | ShowHistory
    | ShowSyllables
    | ShowRhymes
    | Export
    | DeleteDraft
    | RestoreDraft
    | Share
    | Unshare
    | Collaborate
    | ForgetMe
    | MyData
    | Help
)
"""Everything that can be asked."""


def needs_model(request: Request) -> bool:
    """Whether it takes a model and time: a captioner to write lines, or an ear to hear a beat."""
    return isinstance(request, NeedsModel) or (isinstance(request, Insert) and not request.text)


def to_json(request: Request) -> dict[str, Any]:
    """The request as JSON: `{"request": "Lock", "place": {"request": "Part", "name": "hook"}}`."""
    return {"request": type(request).__name__, **_fields(request)}


def from_json(data: dict[str, Any]) -> Request:
    """The request that `to_json` wrote."""
    request: Request = _value(data)
    return request


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {"request": type(value).__name__, **_fields(value)}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _value(data: Any) -> Any:
    if isinstance(data, dict):
        inner = {name: _value(item) for name, item in data.items() if name != "request"}
        return _KINDS[data["request"]](**inner)
    return tuple(_value(item) for item in data) if isinstance(data, list) else data


_KINDS: Final[dict[str, Any]] = {
    kind.__name__: kind
    for kind in (*get_args(Request), *get_args(LineRange), Manner, Wish, KeptBeat)
}


def _check_text(text: str) -> None:
    if not text.strip():
        raise DraftError("That line is empty.", remedy="To take a line out, say: delete line 3.")
    if len(text.splitlines()) > 1:
        raise DraftError("That is more than one line.", remedy="Set one line at a time.")
    if len(text) > MAX_TEXT:
        raise DraftError(
            f"That line has {len(text)} characters.", f"A line may have up to {MAX_TEXT}."
        )
