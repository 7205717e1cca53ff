"""The one family of errors that a writer sees.

A `UserError` says what was wrong, what is accepted and what to do next. Everything else
that escapes is a bug: front ends log it with its traceback and apologise with an id.
"""

from __future__ import annotations

import math


class UserError(Exception):
    """An error that the user can correct. Its text is safe to show and says what to do.

    `problem` says what was wrong, `accepted` what would have been fine and `remedy` what to
    do next; the last two may be empty where the first says it all.
    """

    def __init__(self, problem: str, accepted: str = "", remedy: str = "") -> None:
        self.problem = problem
        self.accepted = accepted
        self.remedy = remedy
        super().__init__(" ".join(part for part in (problem, accepted, remedy) if part))


class BeatError(UserError):
    """The beat cannot be used: not audio, too long, silent, damaged, or not to be fetched."""


class BeatUnreachableError(BeatError):
    """The beat could not be fetched for now; the same link may work a little later."""


class BriefError(UserError):
    """What was asked for cannot be written: unknown genre, too many lines, no such scheme."""


class DraftError(UserError):
    """No such draft or line, or it is not the asker's."""


class UnreadableDraftError(DraftError):
    """What is stored of a draft is damaged, so it can only be kept as it is or deleted."""

    def __init__(self, draft_id: str, text: str = "") -> None:
        """`text` is what a front end says of it in its own words."""
        self.draft_id = draft_id
        if text:
            super().__init__(text)
            return
        super().__init__(
            f"Draft {draft_id} cannot be read: what is stored of it is damaged.",
            "All other drafts are safe.",
            f"Keep what is stored with: atl drafts export {draft_id} --raw. "
            f"Delete it with: atl drafts delete {draft_id}",
        )


class JobError(UserError):
    """The job is not taken or not there: too many are waiting, or it is not the asker's."""


class StorageError(UserError):
    """The data folder or the database cannot be used."""


class WeightsError(UserError):
    """Model weights are missing or damaged."""


def limit(value: float) -> str:
    """A limit as people write it: 1000000 and not 1e+06."""
    return f"{value:.15g}"


def megabytes(size: float) -> str:
    """Bytes as `12.3 MB`, rounded up, so that no size over a limit looks like the limit."""
    return f"{math.ceil(size / 1e5) / 10:.1f} MB"


def shown(text: str, longest: int = 40) -> str:
    """What somebody typed, short enough to quote to him in one line."""
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 3] + "..."
