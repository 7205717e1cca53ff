"""The Draft as every front end sees it: one revision of a session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from atl_core.audio.listening import Listening
from atl_core.errors import DraftError
from atl_core.genre.verdict import Verdict
from atl_core.lyrics.brief import Brief, Line
from atl_core.lyrics.saying import OwnSound, saying

if TYPE_CHECKING:
    from atl_core.flow.flow import Flow
    from atl_core.lyrics.inner_rhymes import RhymeChain


class StaleDraftError(DraftError):
    """The draft has moved on since the revision that a change was based on."""


@dataclass(frozen=True, slots=True)
class Section:
    """A run of lines with a name. A draft's sections cover its lines in order, without gaps."""

    name: str
    """In lower case: `verse 1`, `hook`, `bridge`."""
    lines: int
    """How many lines it holds, at least 1."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(**data)


def covering(sections: Sequence[Section], lines: int) -> tuple[Section, ...]:
    """Sections made to cover `lines` lines: the last ones grow or shrink; none means one verse."""
    if not sections:
        return (Section("verse 1", lines),) if lines else ()
    kept = []
    left = lines
    for section in sections:
        taken = min(section.lines, left)
        if taken > 0:
            kept.append(Section(section.name, taken))
        left -= taken
    if left > 0:
        kept[-1] = Section(kept[-1].name, kept[-1].lines + left)
    return tuple(kept)


@dataclass(frozen=True, slots=True)
class Draft:
    """A session's current revision, with all that a front end needs to show it."""

    id: str
    """Short and easy to type."""
    owner: str
    title: str
    revision: int
    """Number of the revision within the session, from 1."""
    asked: str
    """What the writer asked for, in words."""
    beat_name: str
    brief: Brief
    listening: Listening
    lines: tuple[Line, ...]
    verdict: Verdict
    captioner: str
    seconds: dict[str, float]
    """Time spent by stage, in seconds."""
    created: datetime
    """Of this revision, in UTC."""
    sections: tuple[Section, ...] = ()
    tags: tuple[str, ...] = ()
    parent: int | None = None
    """The revision that this one was made from; None for the first."""
    revisions: int = 1
    """How many revisions the session has; the next one gets this number plus 1."""
    sounds: tuple[OwnSound, ...] = ()
    """How its owner says words."""

    def flow(self) -> tuple[Flow, ...]:
        """Where each syllable of each line falls on the beat."""
        from atl_core.flow.flow import flows

        with saying(self.sounds):
            return flows(self.lines, self.brief, compound=self.brief.compound)

    def rhymes(self) -> tuple[RhymeChain, ...]:
        """The rhymes of its lines, those inside them too, as its owner says the words."""
        from atl_core.lyrics.inner_rhymes import rhyme_chains

        with saying(self.sounds):
            return rhyme_chains([line.text for line in self.lines])

    def lines_after_sound(self) -> tuple[int, ...]:
        """Numbers, from 1, of the lines that start when the sound of the beat has ended.

        A beat may end in silence, and a draft may outlast its beat. Without a beat there are none.
        """
        if not self.listening.is_beat:
            return ()
        end = self.listening.sound_end or self.listening.duration
        return tuple(n for n, line in enumerate(self.lines, 1) if line.start >= end)

    @property
    def sound_ends(self) -> str:
        """When the sound of the beat ends, such as 0:21."""
        minutes, seconds = divmod(int(self.listening.sound_end or self.listening.duration), 60)
        return f"{minutes}:{seconds:02}"

    def to_json(self) -> dict[str, Any]:
        """The object that `atl write --json` prints."""
        return {
            "draft": self.id,
            "title": self.title,
            "revision": self.revision,
            "parent": self.parent,
            "asked": self.asked,
            "beat": self.beat_name,
            "lines": [
                {**line.to_json(), "flow": [syllable.to_json() for syllable in flow]}
                for line, flow in zip(self.lines, self.flow(), strict=True)
            ],
            "sections": [section.to_json() for section in self.sections],
            "tags": list(self.tags),
            "brief": self.brief.to_json(),
            "listening": self.listening.to_json(whole=False),
            "verdict": {
                **self.verdict.to_json(),
                "lines_after_sound": list(self.lines_after_sound()),
            },
            "captioner": self.captioner,
            "seconds": self.seconds,
            "created": self.created.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class OpenedDraft:
    """A draft as somebody opened it, and whether they may change it."""

    draft: Draft
    may_change: bool
