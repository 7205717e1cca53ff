"""What people type to have lines written, and written again."""

from __future__ import annotations

from typing import Final

from atl_core.edits.line_ranges import Lines, Manner, Whole
from atl_core.edits.writing import MORE_LINES, AnotherTake, Continue, Rewrite
from bot.phrases import build_lines as build
from bot.phrases.parts import Rule, rule
from bot.phrases.wording import (
    BAD,
    LINES,
    MUST,
    OTHER,
    SOMETHING,
    WRITE,
)

WRITING_RULES: Final[tuple[Rule, ...]] = (
    # Writing on
    rule(
        lambda p: Continue(p.count(MORE_LINES)),
        "(continue|carry on|go on|extend|go ahead) [with] [it|the song|the verse|this]"
        f" [with|for|by|,] [another] [<n>] [more] [{LINES}]",
        "(keep going|keep on|keep writing|keep it going|keep it up|continue) [from (here|there)]",
        "(keep it coming|keep them coming|what comes next|what's next|write on)",
        f"[the] next <n> [{LINES}]",
        "[the] next (lines|bars)",
        f"(add|append|tack on) <n> {LINES} [(at|to|on) the (end|bottom)]",
        f"(add|write|give me) (some|a few) {LINES}",
        "what's the next (part|line|bit)",
        f"(extend|lengthen) (it|the song|this|the verse) by <n> [more] {LINES}",
        f"make (it|the song|this) <n> {LINES} longer",
        f"write [me] the next [<n>|few|couple of] {LINES}",
        "(don't|do not) stop",
        f"(add|write) <n> [more] {LINES} (at|to|on) the (end|bottom)",
        examples=("continue",),
    ),
    rule(
        build.more_lines,
        f"{WRITE} [just] <n> (more|extra|additional) [{LINES}]",
        f"{WRITE} [just] <n> {LINES} more",
        f"{WRITE} another <n> [{LINES}]",
        examples=("4 more lines", "8 more lines"),
    ),
    rule(lambda _: Continue(), f"{WRITE} [some|a few] more [{LINES}]"),
    rule(lambda _: Continue(2), f"{WRITE} (another|one more|a new|a) [rhyming] couplet"),
    rule(
        lambda _: Continue(1),
        f"{WRITE} [just] (another|one more|a single|one|a|a new|the next) (line|bar)",
        examples=("another line",),
    ),
    rule(
        build.section,
        f"{WRITE} [a|an|another|one more] [new|second|2nd|third|3rd|final|last] [catchy|big|short"
        "|simple|killer|good|nice] <section> [next|after that|here|for it|for this|for the song]",
        "(add|put in|insert|put) [a|an|another] <section> (to it|to this|to the song|at the end)",
        "(write|do|start) the [next|second|2nd|third|3rd|final|last] <section>",
        "how about (a|an|another|one more) [new|second|third|final] <section>",
        f"{WRITE} [a|an|another] <section> (of|with) <n> {LINES}",
        f"{WRITE} [a|an|another] <n> [-] (line|bar) <section>",
        "(now|now for|next|time for|next up) (a|an|the) [catchy|big|short|second|third] <section>",
        "<section> time",
        f"{WRITE} [the] next <section>",
        examples=("another verse", "add a hook", "add a bridge"),
    ),
    rule(build.numbered_section, "(write|do|start|add|give me|now) [a|the] <section> <n>"),
    rule(
        build.last_section,
        "(finish|end|close|wrap up|finish up) [it|this|the song] [up|off] with (a|an|another|the)"
        " [final|last|short] <section>",
    ),
    rule(
        build.first_section,
        "(start|begin|open) [it|this|the song] [off] with (a|an) [short] <section>",
        "(put|add) (a|an) <section> (in front|first|at the start|at the beginning|at the top"
        "|before (it|that|the song|the verse|the first verse))",
    ),
    # Another take
    rule(
        lambda _: AnotherTake(),
        f"{WRITE} (another|a different|a new|a fresh|one more|a second|different|new"
        "|an alternative|alternative)"
        " (take|version|try|go|one|attempt|option|shot)",
        "(try|show me|let me see|let me hear|give it) (another|a different|a new|one more)"
        " (one|take|version|try|go|shot|option)",
        "(again|once again|once more|one more time|reroll|retry|regenerate|shuffle|run it back)",
        "(reroll|retry|regenerate) (it|that|this)",
        "do over",
        "(try|do|run|write|roll) [it|that|this] (again|once more|one more time)"
        " [but (different|differently)|differently]",
        "[try] something (else|different)",
        "(another|a different|a new|one more) (one|take|version|try|go) (of|on) (it|this)",
        examples=("another take", "again"),
    ),
    # Rewriting
    rule(
        lambda p: Rewrite(p.place(), p.manner()),
        "[only] (rewrite|rework|rephrase|reword|reroll|revise) [only|just] [from] <place>"
        " [only|<manner>]",
        "(scrap|forget|throw out) (all of it|everything|it all) and (rewrite|redo) (it|everything)",
        examples=(
            "rewrite line {a}",
            "rewrite lines {a}-{b}",
            "rewrite the hook",
            "rewrite line {b} sadder",
        ),
    ),
    rule(
        lambda p: Rewrite(p.named_place(), p.manner()),
        "[only] (redo|redraft|retry|change|regenerate|fix|fix up|improve|freshen up|spice up"
        "|punch up|switch up|change up|polish|polish up|rethink|tweak) <place> [only|<manner>]",
        "<place> [,] (try again|one more time|once more|do it again)",
        "(fix|freshen|spice|punch|switch|change) <place> up",
        "(rewrite|redo|change|turn) <place> (with|into|to) [something] <manner>",
        examples=("redo line {a}",),
    ),
    rule(
        lambda p: Rewrite(p.named_place()),
        "(write|do|try|give me) <place>"
        " (again|over|over again|differently|better|once more|another way)",
        f"{WRITE} [try] [a|an] {OTHER} (version|take|go|try|shot) (of|on|at|for) <place>",
        f"try {OTHER} (version|take|go|shot) (of|on|at|for) <place>",
        f"{WRITE} [show me|try|find] {SOMETHING} (for|in|on|instead of) <place>",
        f"{WRITE} [show me|let me see|let me hear] [a|an] {OTHER} (option|idea|one) for <place>",
        f"{WRITE} [some|a few] {OTHER} (options|ideas) for <place>",
        f"{WRITE} an alternative (for|to) <place>",
        "make <place> (stronger|nicer|more interesting|less boring|less cheesy)",
        "(give|let's give) <place> (another|one more) (go|try|shot|take)",
        "(have|take) (another|one more) (go|try|shot|stab|crack|pass) at <place>",
        "(another|one more) (go|try|shot|stab|crack|pass) at <place>",
    ),
    rule(lambda _: Rewrite(Whole()), "(start over|start from scratch|start all over) [again]"),
    rule(
        build.rest,
        "(keep|leave) <place> [as is|as it is|as they are] [,] [and|but] (rewrite|redo|change)"
        " (the rest|everything else|all the rest|all the others|the others|the other lines)",
    ),
    rule(
        build.line_disliked,
        "i (don't like|don't love|hate|do not like|can't stand|dislike) <place>"
        " [at all|anymore|much]",
        "i really (don't like|don't love|hate|dislike) <place>",
        "i'm not (happy|satisfied) with <place>",
        "i'm not (sold|keen) on <place>",
        "i'm not (into|feeling) <place>",
        f"<place> {BAD}",
        f"<place> {BAD} [,|and|so|-] [let's|please] (rewrite|redo|change|fix|replace|try) (it|them"
        "|that) [again]",
        f"<place> {BAD} [,|-] (try again|again|do it again|do it over)",
    ),
    rule(build.another_line, f"{WRITE} [try|find|find me] [a|an] {OTHER} <place>"),
    rule(
        lambda p: Rewrite(Lines((p.line(),))),
        "(replace|swap|swap out|exchange) <line> (with|for|by) [a|an|something]"
        f" {OTHER} [one|line]",
        "(replace|swap out) <line> (with|for) something (else|better|different|new)",
    ),
    rule(
        build.turned,
        "(make|turn|get|have|i want|i need|i'd like) <place> [to] [be|sound|feel] <manner>",
        examples=(
            "make it sadder",
            "make it more country",
            "make line {a} shorter",
            "make it cleaner",
        ),
    ),
    rule(
        build.lines_turned,
        f"<place> [{MUST} [be|sound|feel]] <manner>",
        "(can|could) <place> (be|sound|feel) <manner>",
        "(add|put) <manner> (to|in|into) <place>",
    ),
    rule(
        lambda p: Rewrite(Whole(), p.manner(required=True)),
        "(can|could) (it|this) (be|sound|feel) <manner>",
        f"[it|this] {MUST} (be|sound|feel) <manner>",
        "give (it|this|the song) [a|an|some] <manner>",
        "(make|keep|turn) the (mood|vibe|tone|feel|language) <manner>",
    ),
    rule(
        build.version_turned,
        f"{WRITE} [a|an] <manner> version",
        "(rewrite|redo) <manner>",
    ),
    rule(
        lambda p: Rewrite(p.place(), Manner(mood="happy")),
        "(cheer|brighten) <place> up",
        "(cheer up|brighten up|brighten) <place>",
    ),
    rule(
        lambda p: Rewrite(p.place(), Manner(energy="high")),
        "(pump|hype|liven|amp) <place> up",
        "(pump up|hype up|liven up|amp up) <place>",
    ),
    rule(
        lambda p: Rewrite(p.place(), Manner(energy="low")),
        "(calm|tone|slow) <place> down",
        "(calm|tone) down <place>",
    ),
    rule(
        lambda p: Rewrite(p.place(), Manner(mood="chill")),
        "(chill|mellow) <place> out",
    ),
    rule(
        lambda p: Rewrite(p.place(), Manner(genre="country")),
        "(country|twang|countrify) <place> [up]",
        "country up <place>",
        "add (some|a bit of|a little) twang",
    ),
    rule(build.lines_turned, "give <place> [a|an|some] <manner>"),
    rule(
        build.turned_line,
        f"{WRITE} [a|an] <manner> <place>",
        f"{WRITE} <manner> (in|on|for) <place>",
    ),
    rule(
        build.manner_alone, "[go|get|lean|take it] <manner>", examples=("more hip-hop", "happier")
    ),
    rule(
        lambda _: Rewrite(Whole(), Manner(explicit=False)),
        "clean (it|this|that) [up]",
        "clean up [it|this|the lyrics|the words|the language]",
        "censor (it|this)",
        "(remove|drop|cut|lose|take out) [all] the"
        " (swearing|cursing|curse words|swear words|profanity)",
        "[a|the] clean version",
        "without the (swearing|cursing|curse words|swear words|profanity)",
        "keep the (swearing|cursing|curse words|swear words|profanity) out",
    ),
    rule(
        lambda p: Rewrite(p.place(), Manner(length="shorter")),
        "shorten <place>",
        "(cut|trim|bring|tighten) <place> down",
        "(trim|tighten|tighten up) <place>",
        "tighten <place> up",
    ),
    rule(
        build.too_long,
        "<place> (is|are|runs|run|feels|feel) [just|a bit|a little|way|far] too (long|wordy)",
        "<place> (has|have) too many (syllables|words)",
    ),
    rule(
        lambda p: Rewrite(p.some_lines(), Manner(explicit=False)),
        "clean [up] <place> [up]",
        "censor <place>",
        "no (swearing|cursing|curse words|swear words|profanity) in <place>",
        "(remove|drop|cut|lose|take out) the (swearing|cursing|curse words|swear words|profanity)"
        " (in|from|out of) <place>",
        "(take|keep|leave) the (swearing|cursing|curse words|swear words|profanity) out of <place>",
    ),
    rule(lambda p: Rewrite(p.some_lines(), Manner(length="longer")), "lengthen <place>"),
)
