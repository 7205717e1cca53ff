"""What people type about rhymes inside lines."""

from __future__ import annotations

from typing import Final

from atl_core.edits.line_ranges import LineRange, Whole
from atl_core.edits.rhymes import MoreRhymes, ShowInnerRhymes
from bot.phrases.parts import Parts, Rule, rule
from bot.phrases.wording import WRITE

_LONG: Final = "(multisyllabic|multi - syllabic|multis|multi syllable|multi - syllable)"

RHYME_RULES: Final[tuple[Rule, ...]] = (
    rule(
        lambda _: ShowInnerRhymes(),
        "(show|show me|mark|highlight|colour|color|see|let me see|display|find|where are) [all]"
        " (the|its|my|all) rhymes [in (it|colour|color|the draft|the song|this)]",
        "(show|mark|highlight|colour|color) [the|all] (internal|inner|inside|multisyllabic) rhymes",
        "(colour|color) code the rhymes",
        "what rhymes [here|in it]",
        "where does it rhyme",
        "[the] rhyme (map|scheme) in (colour|color|colours|colors)",
        examples=("show the rhymes",),
    ),
    rule(
        lambda p: MoreRhymes(_place(p)),
        f"{WRITE} more (internal|inner|inside) rhymes [(in|into|to|for) <place>]",
        "more (internal|inner|inside) rhymes [(in|into|for) <place>]",
        "(rhyme|make) <place> [rhyme] more (inside|internally|densely)",
        "<place> (needs|need|with) more (internal|inner) rhymes",
        "(add|put) (internal|inner) rhymes (to|in|into) <place>",
        "make <place> denser in rhyme",
        examples=("more internal rhymes in line {b}",),
    ),
    rule(
        lambda p: MoreRhymes(_place(p), "multisyllabic"),
        f"make <place> [rhyme] {_LONG}",
        f"{WRITE} [more|longer] {_LONG} [rhymes] [(in|into|to|for) <place>]",
        f"more {_LONG} rhymes [(in|into|for) <place>]",
        f"<place> [should be|with|in] {_LONG} [rhymes]",
        f"(rewrite|redo) <place> (with|in|as) {_LONG} [rhymes]",
        "longer rhymes in <place>",
        examples=("make lines {a}-{b} multisyllabic",),
    ),
)


def _place(parts: Parts) -> LineRange:
    return parts.place() if parts.has("place") else Whole()
