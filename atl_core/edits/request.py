"""What every request is: something that a writer asks, the same from every front end.

Each module beside this one has one family of them. To add a verb that needs no model: a `LineEdit`
in one of them, a rule in `bot/phrases/` and a line in the help.

`describe()` says a request in plain words. The phrase is kept as the `asked` of the revision
it leads to, and `bot.phrases.parse` reads it back as the same request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from atl_core.drafts.draft import Draft


class Request:
    """Something that a writer can ask. Subclasses are frozen dataclasses of what was asked.

    Names of classes and fields are stored with jobs (`atl_core.edits.request_json`): they stay.
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
    """A request that takes a model: a job where there is a queue. See `atl_core.plans.revise`."""

    __slots__ = ()

    @property
    def needs_model(self) -> bool:
        return True


class LineEdit(Request):
    """A change of lines or brief that takes no model."""

    __slots__ = ()

    def apply(self, draft: Draft) -> Draft:
        """The draft after the edit; its verdict is still the one before. Pure and quick.

        Raises:
            DraftError: the draft has no such line or section, or it is locked.
            BriefError: what is set cannot be written.
        """
        raise NotImplementedError
