"""Requests about drafts as a whole: their title and tags, finding, opening and deleting them."""

from __future__ import annotations

from dataclasses import dataclass

from atl_core.edits.request import Request


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
class ShowSyllables(Request):
    def describe(self) -> str:
        return "show the syllables"


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
