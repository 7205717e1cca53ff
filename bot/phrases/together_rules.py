"""What several writers type of one draft."""

from __future__ import annotations

from typing import Final

from atl_core.edits.sharing import KeepOther, MyVersion, ShowWriters
from bot.phrases.parts import Parts, Rule, refuse, rule


def _other(parts: Parts) -> KeepOther:
    return KeepOther(parts.line()) if parts.named("line") else refuse()


TOGETHER_RULES: Final[tuple[Rule, ...]] = (
    rule(
        lambda _: ShowWriters(),
        "who (wrote|changed|did|made) (what|which line|which lines|each line|the lines|it"
        "|that line|which)",
        "(show|list|tell) [me] who (wrote|changed|did|made) (what|which lines|each line"
        "|which line)",
        "whose (lines are these|line is which|lines are which|are these lines)",
        "[show|list] [the] (writers|authors) [of (the lines|each line|this|it)]",
        examples=("who wrote what?",),
    ),
    rule(
        lambda _: MyVersion(),
        "[show|back to|go back to|give me|restore|take|i want|use] my [own|last] version"
        " [back|again]",
        examples=("my version",),
    ),
    rule(
        _other,
        "(keep|use|take|bring back|restore|i prefer|i want|i like|give me) [back] (the other"
        "|their|his|her|the previous|the old|the former) <line>",
        "<line> as it was [before]",
        "put <line> back [as it was|how it was]",
        examples=("keep the other line {a}",),
    ),
)
