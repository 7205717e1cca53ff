"""Requests of several writers on one draft: sharing it, who wrote what, the other's line."""

from __future__ import annotations

from dataclasses import dataclass, replace

from atl_core.drafts.draft import Draft
from atl_core.edits.arrange import unlocked_line, with_lines
from atl_core.edits.request import LineEdit, Request
from atl_core.errors import DraftError
from atl_core.lyrics.syllables import count_syllables


@dataclass(frozen=True, slots=True)
class ShowWriters(Request):
    """Who wrote each line, as it is now."""

    def describe(self) -> str:
        return "who wrote what?"


@dataclass(frozen=True, slots=True)
class MyVersion(Request):
    """The version that the asker made last."""

    def describe(self) -> str:
        return "my version"


@dataclass(frozen=True, slots=True)
class KeepOther(LineEdit):
    """A line as it was before it was last changed: where two writers differ, the other's."""

    line: int
    text: str = ""
    """The line itself, looked up before it is applied."""

    def describe(self) -> str:
        return f"keep the other line {self.line}"

    def apply(self, draft: Draft) -> Draft:
        (index,) = unlocked_line(self.line, draft)
        if not self.text:
            raise DraftError(
                f"Line {self.line} was never another.",
                remedy="Name a version: go back to version 2.",
            )
        lines = list(draft.lines)
        syllables = count_syllables(self.text)
        lines[index] = replace(lines[index], text=self.text, syllables=syllables)
        return with_lines(draft, lines)


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
