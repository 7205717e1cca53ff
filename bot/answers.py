"""Answers: what comes of a request, for a front end to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from atl_core.drafts.draft import Draft
from atl_core.edits.request import Request
from atl_core.lyrics.saying import OwnSound

if TYPE_CHECKING:
    from atl_core.drafts.diff import Comparison
    from atl_core.drafts.listing import Change, Forgotten, Page, Wording
    from atl_core.drafts.options import OptionSet
    from atl_core.jobs.job import Job
    from atl_core.lyrics.brief import Line
    from atl_core.lyrics.inner_rhymes import RhymeChain


@dataclass(frozen=True, slots=True)
class Changed:
    """A new draft, or a draft after what was asked. `before` is the draft that was at hand."""

    request: Request
    draft: Draft
    before: Draft | None = None
    then: Request | None = None
    """What goes on by itself, such as the next line where a writer chooses line by line."""
    options: OptionSet | None = None
    """The options that one was taken of: another can be taken instead."""

    @property
    def comparison(self) -> Comparison | None:
        """What changed of the draft that was at hand; None for a new draft."""
        from atl_core.drafts.diff import compare

        before = self.before
        return compare(before, self.draft) if before and before.id == self.draft.id else None


@dataclass(frozen=True, slots=True)
class Offered:
    """Lines to choose from for a line of a draft, which may have been written just now."""

    draft: Draft
    options: OptionSet


@dataclass(frozen=True, slots=True)
class Queued:
    """What takes a model waits for a worker."""

    job: Job


@dataclass(frozen=True, slots=True)
class Shown:
    """A draft to look at: the one at hand, or an earlier version of it."""

    draft: Draft
    current: bool = True


@dataclass(frozen=True, slots=True)
class Opened:
    """Another draft, which is at hand from now on."""

    draft: Draft
    may_change: bool = True


@dataclass(frozen=True, slots=True)
class Deleted:
    draft: Draft


@dataclass(frozen=True, slots=True)
class Restored:
    draft: Draft


@dataclass(frozen=True, slots=True)
class Syllables:
    """A draft whose lines are to be shown with their figures."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class Writers:
    """For each line of a draft the revision in which its words first stood, and so who wrote it."""

    draft: Draft
    lines: tuple[Wording, ...]
    asker: str


@dataclass(frozen=True, slots=True)
class Rhymed:
    """A draft whose rhymes are to be shown, by chains."""

    draft: Draft
    chains: tuple[RhymeChain, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """A draft whose syllables are to be shown on the beat."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class History:
    draft: Draft
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Rhymes:
    """Words that rhyme with `word`, best first; none when nothing is known."""

    word: str
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Avoided:
    """Words that the asker avoids in all drafts, and those of the draft at hand."""

    always: tuple[str, ...]
    here: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    """Of the draft at hand."""


@dataclass(frozen=True, slots=True)
class Sounds:
    """How the asker says words, and the draft at hand with its syllables counted by them."""

    sounds: tuple[OwnSound, ...]
    draft: Draft | None = None
    counted: tuple[int, ...] = ()
    """The numbers of its lines that have other syllables now."""


@dataclass(frozen=True, slots=True)
class File:
    """A file to be handed over. `draft` is None for the data of a person."""

    name: str
    data: bytes
    draft: Draft | None = None
    part: str = ""
    """How much of the song a video shows, such as 11:43, where that is not all of it."""


@dataclass(frozen=True, slots=True)
class Drafts:
    """A page of drafts, or of those that contain `words`."""

    page: Page
    words: str = ""


@dataclass(frozen=True, slots=True)
class Shared:
    """A draft was shared with a guest, or is no longer; `guest` is a channel or an owner."""

    draft: Draft
    guest: str


@dataclass(frozen=True, slots=True)
class PersonalData:
    """All that is stored about the asker, as JSON."""

    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AskFirst:
    """What cannot be undone is asked for once more; then dispatch it `confirmed`."""

    request: Request


@dataclass(frozen=True, slots=True)
class Gone:
    """What was stored about the asker is removed."""

    forgotten: Forgotten


@dataclass(frozen=True, slots=True)
class Help:
    """The front end's own help."""


Answer = (
    Changed
    | Offered
    | Queued
    | Shown
    | Opened
    | Deleted
    | Restored
    | Syllables
    | Rhymed
    | Writers
    | Flow
    | History
    | Compared
    | Rhymes
    | Avoided
    | Sounds
    | File
    | Drafts
    | Shared
    | PersonalData
    | AskFirst
    | Gone
    | Help
)


def draft_after(answer: Answer, draft: Draft | None) -> Draft | None:
    """The draft at hand once an answer was given."""
    match answer:
        case (
            Changed()
            | Offered()
            | Opened()
            | Restored()
            | Shown(current=True)
            | Syllables()
            | Rhymed()
            | Writers()
            | Flow()
        ):
            return answer.draft
        case Deleted() | Gone():
            return None
    return draft
