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
        "who [has] (wrote|written|changed|edited|did|made) (what|which line|which lines|each line"
        "|the lines|it|that line|which|which change)",
        "(show|list|tell) [me] who [has] (wrote|written|changed|did|made) (what|which lines"
        "|each line|which line)",
        "whose (lines are these|line is which|line is whose|lines are which|are these lines"
        "|words are these)",
        "[show|show me|list|who are] [the] (writers|authors) [of (the lines|each line|this|it)]",
        "(which lines|what) (are mine|did i write|is mine)",
        examples=("who wrote what?",),
    ),
    rule(
        lambda _: MyVersion(),
        "[show|back to|go to|go back to|return to|switch to|give me|give me back|bring back|put"
        "|restore|take|keep|i want|use|can i have] my [own|last] version [back|again]",
        "[go] back to mine",
        examples=("my version",),
    ),
    rule(
        _other,
        "[keep|use|take|bring back|put|go back to|restore|i prefer|i want|i like|i liked|give me]"
        " [back] (the other|their|his|her|the previous|the old|the former) <line> [back|better]",
        "[keep|use|take|bring back|restore|i prefer|i want|give me] the (other|previous|old)"
        " (version|one|wording) (of|for) <line>",
        "keep the <line> from before",
        "<line> as it was [before]",
        "put <line> back [as it was|how it was]",
        examples=("keep the other line {a}",),
    ),
)
