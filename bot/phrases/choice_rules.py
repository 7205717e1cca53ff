"""What people type to choose: options for a line, one of them, and writing line by line."""

from __future__ import annotations

from typing import Final

from bot.phrases import build_choice as build
from bot.phrases.parts import Rule, rule
from bot.phrases.wording import LINES, SHOW, WRITE

_OPTIONS: Final = (
    "(options|choices|alternatives|suggestions|variants|variations|ideas|candidates|possibilities"
    "|takes|versions)"
)
_CHOICES: Final = "(options|choices|alternatives|suggestions|variants|variations|possibilities)"
_SOME: Final = (
    "[some|a few|a couple of|five|5|several|a list of|more|other|new|different|better"
    "|(some|a few|five|5) (more|other|new|different|better)|the|my]"
)
_OPTION: Final = "(option|number|choice|suggestion|alternative|nr|no)"
_TAKE: Final = (
    "(take|pick|choose|select|go with|go for|use|i'll take|i'll go with|i'll have|i take|i pick"
    "|i choose|i prefer|i'd take|let's take|let's go with|let's use|i go with)"
)
_ONE: Final = "(one|option|choice|suggestion|alternative)"

CHOICE_RULES: Final[tuple[Rule, ...]] = (
    rule(
        build.options,
        f"{WRITE} {_SOME} {_OPTIONS} (for|of|on|to) <line> [to (choose|pick) from] [[,] <manner>]",
        f"(offer me|offer|let me see|let me have|got|any|got any|what are) {_SOME} {_OPTIONS}"
        " (for|of|on|to) <line> [[,] <manner>]",
        f"{SHOW} [me] {_SOME} {_OPTIONS} (for|of|on|to) <line> [[,] <manner>]",
        f"[give me|show me|offer me|i want|write] <n> {_CHOICES} (for|of) <line> [[,] <manner>]",
        f"<line> [:|,|-] {_CHOICES} [please]",
        f"(give|offer) <line> {_SOME} {_CHOICES}",
        f"{WRITE} {_SOME} <manner> {_CHOICES} (for|of|on) <line>",
        "(let me|can i|i want to|i'd like to) (choose|pick) [a|another|a new|a different] <line>",
        "let me choose (from|between|among) [some|a few|five|5] (options|choices|lines) for <line>",
        "what else (could|can|might) <line> (be|say)",
        "what (could|can|might) <line> (be|say) [instead]",
        "how else (could|can) (i|we|you) (say|write|put) <line>",
        "(other|different|some other) ways to (say|write|put) <line>",
        "(choose|pick) between (options|lines|choices) for <line>",
        examples=("options for line {b}",),
        hints="choose choice choices pick alternatives",
    ),
    rule(
        build.other_options,
        f"(give me|gimme|show me|show|suggest|offer me|i want|i need|let me see|let me have|write"
        f"|write me|get me) {_SOME} (options|choices|alternatives|suggestions) [[,] <manner>]",
        f"{WRITE} [some|a few] (other|more|different|new)"
        " (options|choices|alternatives|suggestions)"
        " [[,] <manner>]",
        "none [of (these|those|them|the above)] [[,|but|-|:] [try|make (it|them)] <manner>]",
        "(neither|none) [of (these|those|them)] [,] (try again|others|other ones|more|again)",
        "i (don't like|don't love|hate) (any|all) of (these|those|them) [[,] <manner>]",
        "not (any|one) of (these|those|them) [[,] <manner>]",
        "(choices|alternatives)",
    ),
    rule(
        build.more_like,
        f"{WRITE} [some|a few|five|show me] (more|more lines|more ones|something more|others"
        "|other ones|lines|options|ones"
        "|something)"
        f" [just|kind of|rather|a bit] (like|similar to|close to|along the lines of) [{_OPTION}]"
        " <n> [for <line>]",
        f"{WRITE} [some|a few|show me] (more|others|other ones|options|something)"
        f" (like|similar to|close to) the <nth> [{_ONE}] [for <line>]",
        f"(more|closer|similar) to {_OPTION} <n> [for <line>]",
        "closer to <n>",
    ),
    rule(
        build.take,
        f"{_TAKE} [{_OPTION}] <n> [(for|as|in|on) <line>]",
        f"{_TAKE} the <nth> [{_ONE}] [(for|as|in|on) <line>]",
        f"[the] <nth> {_ONE} [(for|as) <line>]",
        f"{_OPTION} <n> [(for|as|in) <line>]",
        f"i (like|love|prefer) {_OPTION} <n> [best|most|better]",
        f"i (like|love|prefer) the <nth> {_ONE} [best|most|better]",
        f"<line> [:|,|-|=] {_ONE} <n>",
        f"(make|set) <line> {_OPTION} <n>",
        f"(keep|put|put in|swap in|switch to|try|i want|give me) {_OPTION} <n>"
        " [(for|in|as) <line>]",
    ),
    rule(
        build.line_by_line,
        f"{WRITE} [it|the song|the rest|this] (line by line|one line at a time|one by one"
        "|a line at a time|line for line)",
        f"{WRITE} [the next] <n> [more] {LINES} (line by line|one at a time|one by one"
        "|one line at a time|a line at a time)",
        "(continue|go on|go|carry on|keep going) (line by line|one line at a time|a line at a time)"
        f" [for <n> {LINES}]",
        "[turn|switch|set] [the] options [:|=|to] on",
        "[turn|switch] on [the] options",
        "(let me|i want to|i'd like to) (choose|pick) (each|every) (line|bar)",
        "(let me|i want to|i'd like to) (choose|pick) (the lines|line by line|as (we|you) go)",
        "(ask me|let me (choose|pick)) (after|before|for|at) (each|every) (line|bar)",
        "(give|offer) me (options|choices) (for|after|at) (each|every) [new] (line|bar)",
        "(options|choices) (for|after|at|with) (each|every) [new] (line|bar)",
        "write [the] next (line|bar) with (options|choices)",
        examples=("write line by line",),
    ),
)
