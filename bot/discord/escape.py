"""Text on its way to Discord: what people wrote is shown, never read as Markdown or a mention.

`Markdown` marks text that is ours and may format. Any other text is escaped, once, wherever it goes
out: as a value of `texts.say`, in `card.make_embed` and in `context.send`. Where Discord reads no
Markdown (labels, footers, file descriptions) `bot.clean.clean` is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Self

from atl_core.errors import UserError
from bot.clean import clean

_SPECIAL: Final = re.compile(r"([\\*_~`|<>\[\]@])")
_ADDRESS: Final = re.compile(r"(?<=[A-Za-z0-9+.-]):(?=//)")
"""Of any kind: clients also link discord:// and steam://."""
_INVITE: Final = re.compile(
    r"(?<=discord|cordapp)\.(?=gg/|com/(?:invite|template)/)", re.IGNORECASE
)
"""Discord shows a card for an invitation, with `https://` before it or not."""
_BLOCK: Final = re.compile(r"^(\s*)(?=(?:#{1,3}|-#|[-+])\s)", re.MULTILINE)
"""Where a heading, small print or a list begins."""
_ESCAPED: Final = re.compile(r"\\([\\*_~`|<>\[\]@:.#+-])")
_HALF_ESCAPE: Final = re.compile(r"(?<!\\)((?:\\\\)*)\\$")


class Markdown(str):
    """Text that Discord may format: ours, or other text that is escaped already."""

    __slots__ = ()

    def clip(self, longest: int) -> Self:
        """Not longer than may be; an escape is not cut in two."""
        if len(self) <= longest:
            return self
        return type(self)(_HALF_ESCAPE.sub(r"\1", self[: longest - 1]) + "…")


def escape(text: str) -> Markdown:
    """Text as it was written, for a place where Discord reads Markdown; `Markdown` stays as it is.

    Addresses do not become links, since whoever wrote them would speak with the bot's voice.
    """
    if isinstance(text, Markdown):
        return text
    text = _INVITE.sub(r"\\.", _SPECIAL.sub(r"\\\1", clean(text)))
    return Markdown(_BLOCK.sub(r"\1\\", _ADDRESS.sub(r"\\:", text)))


def verbatim(text: str) -> Markdown:
    """Text for a place where Discord reads no Markdown, such as a footer."""
    return Markdown(clean(text))


def unescape(markdown: str) -> str:
    """What somebody wrote, from how `escape` shows it."""
    return _ESCAPED.sub(r"\1", markdown)


def join(separator: str, texts: Iterable[str]) -> Markdown:
    """Texts in a row, each escaped unless it is `Markdown`."""
    return Markdown(separator.join(map(escape, texts)))


def error_text(error: UserError) -> Markdown:
    """What a writer is told of an error. It may quote what they typed."""
    return join(" ", (part for part in (error.problem, error.accepted, error.remedy) if part))
