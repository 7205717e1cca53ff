"""What can be asked of a draft as a whole: its brief, its versions, its keeping, its readers."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final, Literal, get_args

from atl_core.lyrics.brief import Genre, Mood

ExportFormat = Literal["txt", "lrc", "chordpro", "pdf", "json"]
EXPORT_FORMATS: Final[tuple[ExportFormat, ...]] = get_args(ExportFormat)


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
