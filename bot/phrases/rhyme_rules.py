"""What people type about rhymes inside lines."""

from __future__ import annotations

from typing import Final

from atl_core.edits.line_ranges import LineRange, Whole
from atl_core.edits.rhymes import MoreRhymes, ShowInnerRhymes
from bot.phrases.parts import Parts, Rule, rule
from bot.phrases.wording import WRITE

_LONG: Final = (
    "(multisyllabic|multi - syllabic|multi syllabic|multis|multi syllable|multi - syllable"
    "|multisyllable)"
)
_INNER: Final = "[more|some|some more|a few|a few more] (internal|inner|inside)"
"""Of rhymes that are wanted; "more" goes without saying."""

RHYME_RULES: Final[tuple[Rule, ...]] = (
    rule(
        lambda _: ShowInnerRhymes(),
        "(show|show me|mark|highlight|colour|color|see|let me see|display|find|where are) [all]"
        " (the|its|my|all) rhymes [in (it|colour|color|the draft|the song|this)]",
        "(show|show me|mark|highlight|colour|color) [the|all] (internal|inner|inside|multisyllabic)"
        " rhymes",
        "(show|mark) every rhyme",
        "(analyse|analyze) [the|my] rhymes",
        "(colour|color) code the rhymes",
        "what rhymes [here|in it]",
        "(where|how) (does it|do the lines|do my lines|do these lines) rhyme",
        "(show|show me) where (it|the song) rhymes",
        "(show|show me) where the lines rhyme",
        "which words rhyme (here|in it|in this)",
        "rhyme (map|colours|colors)",
        "[show|show me|what is|what's] [the|my] rhyme scheme",
        "[show|show me] [the] rhyme (map|scheme) in (colour|color|colours|colors)",
        examples=("show the rhymes",),
    ),
    rule(
        lambda p: MoreRhymes(_place(p)),
        f"{WRITE} {_INNER} (rhymes|rhyme) (in|into|to|for) <place>",
        f"{WRITE} more (internal|inner|inside) (rhymes|rhyme)",
        f"{_INNER} (rhymes|rhyme) (in|into|for|on) <place>",
        "more (internal|inner|inside) (rhymes|rhyme)",
        f"{WRITE} {_INNER} (rhymes|rhyme) (everywhere|throughout|all over)",
        "(internal|inner|inside) rhymes please",
        "rhyme more (inside|within) the lines",
        "more internals in <place>",
        "more rhymes (inside|within) <place>",
        "(rhyme|make) <place> [rhyme] more (inside|internally|densely)",
        "rhyme <place> internally",
        "make <place> rhyme (inside|internally)",
        f"<place> (needs|need|with) {_INNER} rhymes",
        f"(give|let|could|can|should) <place> [have] {_INNER} rhymes",
        f"(rewrite|redo) <place> with {_INNER} rhymes",
        f"(add|put|use) {_INNER} rhymes (to|in|into) <place>",
        "make <place> denser in rhyme",
        examples=("more internal rhymes in line {b}",),
    ),
    rule(
        lambda p: MoreRhymes(_place(p), "multisyllabic"),
        f"make <place> [rhyme] {_LONG}",
        f"{WRITE} [more|longer] {_LONG} [rhymes] [(in|into|to|for) <place>]",
        f"more {_LONG} rhymes [(in|into|for) <place>]",
        f"<place> [should be|with|in|needs|need] {_LONG} [rhymes]",
        f"(give|let) <place> [have] [more] {_LONG} rhymes",
        f"use [more] {_LONG} rhymes in <place>",
        f"make the rhymes (of|in) <place> {_LONG}",
        "make <place> rhyme on (several|more|many) syllables",
        f"(rewrite|redo) <place> (with|in|as) {_LONG} [rhymes]",
        "longer rhymes in <place>",
        examples=("make lines {a}-{b} multisyllabic",),
    ),
)


def _place(parts: Parts) -> LineRange:
    return parts.place() if parts.has("place") else Whole()
