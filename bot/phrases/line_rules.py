"""What people type to write lines, change, move and keep them."""

from __future__ import annotations

from typing import Final

from atl_core.places import Lines, Manner, Whole
from atl_core.requests import MORE_LINES, AnotherTake, Continue, Delete, Lock, Rewrite, Unlock
from bot.phrases import build
from bot.phrases.parts import Rule, rule
from bot.phrases.wording import (
    A_LINE,
    ADD,
    AFTER,
    BEFORE,
    DELETE,
    LINES,
    MUST,
    OTHER,
    WRITE,
)

LINE_RULES: Final[tuple[Rule, ...]] = (
    # Writing on
    rule(
        lambda p: Continue(p.count(MORE_LINES)),
        "(continue|carry on|go on|extend|go ahead) [it|the song|the verse|this]"
        f" [with|for|by] [another] [<n>] [more] [{LINES}]",
        "(keep going|keep on|keep writing|keep it going|keep it up|continue) [from (here|there)]",
        "(keep it coming|keep them coming|what comes next|what's next|write on)",
        f"[the] next <n> [{LINES}]",
        f"add <n> {LINES}",
        examples=("continue",),
    ),
    rule(
        build.more_lines,
        f"{WRITE} <n> (more|extra|additional) [{LINES}]",
        f"{WRITE} another <n> [{LINES}]",
        examples=("4 more lines", "8 more lines"),
    ),
    rule(lambda _: Continue(), f"{WRITE} [some|a few|a couple|a couple of] more [{LINES}]"),
    rule(
        lambda _: Continue(1),
        f"{WRITE} (another|one more|a single|one|a|a new|the next) (line|bar)",
        examples=("another line",),
    ),
    rule(
        build.section,
        f"{WRITE} [a|an|another|one more] [new|second|third|final] <section>"
        " [next|after that|here]",
        "(add|put in|insert|put) [a|an|another] <section> (to it|to this|to the song|at the end)",
        f"{WRITE} [a|an|another] <section> (of|with) <n> {LINES}",
        f"{WRITE} [a|an|another] <n> [-] (line|bar) <section>",
        "(now|next|time for) (a|an|the) <section>",
        "<section> time",
        f"{WRITE} [the] next <section>",
        examples=("another verse", "add a hook", "add a bridge"),
    ),
    # Another take
    rule(
        lambda _: AnotherTake(),
        f"{WRITE} (another|a different|a new|a fresh|one more|a second|different|new)"
        " (take|version|try|go|one|attempt|option|shot)",
        "(try|show me|let me see|give it) (another|a different|a new|one more)"
        " (one|take|version|try|go|shot)",
        "(again|once again|once more|one more time|reroll|retry|regenerate|shuffle)",
        "(start over|do over)",
        "(try|do|run|write|roll) [it|that|this] (again|once more|one more time)",
        "[try] something (else|different)",
        "(another|a different|a new|one more) (one|take|version|try|go) (of|on) (it|this)",
        examples=("another take", "again"),
    ),
    # Rewriting
    rule(
        lambda p: Rewrite(p.place(), p.manner()),
        "(rewrite|rework|rephrase|reword) [only|just] <place> [<manner>]",
        examples=(
            "rewrite line {a}",
            "rewrite lines {a}-{b}",
            "rewrite the hook",
            "rewrite line {b} sadder",
        ),
    ),
    rule(
        lambda p: Rewrite(p.named_place(), p.manner()),
        "(redo|redraft|retry|change|regenerate|fix|improve|freshen up|tweak) <place> [<manner>]",
        "(rewrite|redo|change|turn) <place> (with|into|to) [something] <manner>",
        examples=("redo line {a}",),
    ),
    rule(
        lambda p: Rewrite(p.named_place()),
        "(write|do|try|give me) <place>"
        " (again|over|over again|differently|better|once more|another way)",
        f"{WRITE} [try] [a|an] {OTHER} (version|take|go|try|shot) (of|on|at|for) <place>",
        f"try {OTHER} (version|take|go|shot) (of|on|at|for) <place>",
        "(give|let's give) <place> (another|one more) (go|try|shot|take)",
        "have (another|one more) (go|try|shot) at <place>",
    ),
    rule(build.line_disliked, "i (don't like|hate|do not like) <place>"),
    rule(build.another_line, f"{WRITE} [try] [a|an] {OTHER} <place>"),
    rule(
        lambda p: Rewrite(Lines((p.line(),))),
        f"(replace|swap out|exchange) <line> (with|for|by) [a|an|something] {OTHER} [one|line]",
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
        "(add|put) <manner> (to|in|into) <place>",
    ),
    rule(
        lambda p: Rewrite(Whole(), p.manner(required=True)),
        "(can|could) (it|this) (be|sound|feel) <manner>",
        f"[it|this] {MUST} (be|sound|feel) <manner>",
        "give it (a|an|some) <manner>",
        "(make|keep|turn) the (mood|vibe|tone|feel|language) <manner>",
    ),
    rule(build.manner_alone, "<manner>", examples=("more hip-hop", "happier")),
    rule(
        lambda _: Rewrite(Whole(), Manner(explicit=False)),
        "clean (it|this|that) [up]",
        "clean up [it|this|the lyrics|the words|the language]",
        "censor (it|this)",
        "(remove|drop|cut|lose|take out) [all] the"
        " (swearing|cursing|curse words|swear words|profanity)",
        "[a|the] clean version",
    ),
    rule(lambda p: Rewrite(p.place(), Manner(length="shorter")), "shorten <place>"),
    rule(
        lambda p: Rewrite(p.some_lines(), Manner(explicit=False)),
        "clean [up] <place> [up]",
        "censor <place>",
    ),
    rule(lambda p: Rewrite(p.some_lines(), Manner(length="longer")), "lengthen <place>"),
    # Rhymes and words
    rule(
        build.rhyme_with,
        "(make|let|have|get) <line> [to] rhyme (with|to|on) <words>",
        "rhyme <line> (with|to|on) <words>",
        "(can|could) <line> rhyme (with|to) <words>",
        "(make|let|have) <line> end (with|on|in) a rhyme (for|with|of|on) <words>",
        "<line> (should|must|has to|needs to|to) rhyme (with|to|on) <words>",
        "(rewrite|redo|change|rework|fix|end) <line>"
        " (so it|so that it|to|and make it) (rhymes|rhyme) (with|to|on) <words>",
        "(rewrite|redo|change|rework|end) <line> rhyming (with|to|on) <words>",
        "(rewrite|redo|change|rework|end) <line> with a rhyme (for|on|with) <words>",
        examples=("make line {a} rhyme with fire", "make line {b} rhyme with line {a}"),
    ),
    rule(
        build.rhyme_together,
        "(make|let|have|get) <place> [to] rhyme [together|with each other]",
    ),
    rule(
        build.use_words,
        "(use|put|include|add|work|get|fit|mention|slip|squeeze|say|stick|throw|insert)"
        " [[the] (word|words|phrase|name)] <words> (in|into|to|on|inside) <line>",
        "try to (use|put|get|fit) [[the] (word|words|phrase)] <words> (in|into) <line>",
        "<line> (needs|wants) [[the] (word|words|phrase)] <words>",
        f"[the word] <words> {MUST} be in <line>",
        f"<line> {MUST} (mention|use|include|have|contain) [[the] (word|words|phrase)] <words>",
        examples=("use river in line {c}",),
    ),
    # The writer's own words
    rule(
        build.replace,
        "[replace|change|set|make|edit|update|overwrite|rewrite] <line> (:|=) <text>",
        "(replace|swap out|overwrite) <line> (with|by) [:] <text>",
        "(replace|swap out|overwrite) <line> (with|by) my [own] (words|text|line) : <text>",
        "(change|set|edit|update|turn) <line> (to|into) [read|say] [:] <text>",
        "(make|let|have) <line> (say|read|be) [:] <text>",
        "<line> (should say|should read|should be|reads|says) [:] <text>",
        "(replace|change|make|set) <line> [-] <quoted>",
        "(put|use|take|write) <words> (as|for) <line>",
        examples=("line {b}: my own words",),
    ),
    rule(
        build.insert_after,
        f"{ADD} {A_LINE} {AFTER} <line> [[:] <text>]",
        f"{ADD} {AFTER} <line> [[:] <text>]",
        f"(insert|add|put) <words> {AFTER} <line>",
        f"[a] new line {AFTER} <line> [[:] <text>]",
        examples=("insert a line after line {a}",),
    ),
    rule(
        build.insert_before,
        f"{ADD} {A_LINE} {BEFORE} <line> [[:] <text>]",
        f"{ADD} {BEFORE} <line> [[:] <text>]",
        f"(insert|add|put) <words> {BEFORE} <line>",
        f"[a] new line {BEFORE} <line> [[:] <text>]",
    ),
    rule(
        build.insert_top,
        f"{ADD} [{A_LINE}] (at|on|to) [the] (top|start|beginning) [[:] <text>]",
        "(insert|add|put) <words> (at|on|to) [the] (top|start|beginning)",
        examples=("insert a line at the top",),
    ),
    rule(
        build.insert_end,
        f"{ADD} [{A_LINE}] (at|on|to) [the] (end|bottom) [[:] <text>]",
        "(insert|add|put) <words> (at|on|to) [the] (end|bottom)",
        "(add|insert|append) [a|the|my|this] [new] line : <text>",
    ),
    # Moving and keeping
    rule(
        build.swap,
        "(swap|switch|exchange|flip|trade|interchange) [around] <place> [around|over]",
        "(swap|switch|exchange|trade|replace) <line> (with|for) <other>",
        "(swap|switch|exchange|flip) [line|lines] <line> <other>",
        examples=("swap lines {a} and {b}",),
    ),
    rule(
        lambda p: Delete(p.some_lines()),
        f"{DELETE} <place>",
        "<place> (has|have) to go",
        examples=("delete line {c}",),
    ),
    rule(
        lambda p: Lock(p.place()),
        "(lock|lock in|lock down|freeze|protect|pin) <place> [down|in]",
        examples=("lock lines {a}-{b}", "lock the hook", "lock line {a}"),
    ),
    rule(
        build.kept,
        "(keep|leave|don't touch|don't change|do not touch|do not change|hold on to) <place>"
        " [as is|as it is|as they are|the same|the way it is|alone]",
    ),
    rule(
        lambda p: Unlock(p.place()),
        "(unlock|unfreeze|release|free up|free|unpin) <place>",
        "(remove|drop|take off|lift) the (lock|locks) (from|on|of|off) <place>",
        examples=("unlock line {a}", "unlock everything"),
    ),
    rule(lambda _: Unlock(Whole()), "(remove|drop|lift|clear) (all|all the|every) (lock|locks)"),
)
