"""A request that changes the brief: what is asked for from now on."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from atl_core.drafts.draft import Draft
from atl_core.edits.arrange import lines_placed
from atl_core.edits.request import LineEdit
from atl_core.lyrics.brief import Genre, Mood
from atl_core.lyrics.checks import check_brief
from atl_core.lyrics.form import fitting_syllables


@dataclass(frozen=True, slots=True)
class SetBrief(LineEdit):
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

    def apply(self, draft: Draft) -> Draft:
        brief = replace(draft.brief, **self.changes())
        if self.tempo is None:
            return replace(draft, brief=check_brief(brief))
        if draft.brief.syllables == fitting_syllables(draft.brief):
            # They only followed the tempo, and follow it further.
            brief = replace(brief, syllables=fitting_syllables(brief))
        brief = check_brief(brief)
        return replace(draft, brief=brief, lines=lines_placed(draft.lines, brief, draft))
