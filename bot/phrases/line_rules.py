"""What people type to put their own words in, and to move and keep lines."""

from __future__ import annotations

from typing import Final

from atl_core.edits.line_ranges import Whole
from atl_core.edits.lines import Delete, Lock, Unlock
from bot.phrases import build_lines as build
from bot.phrases.parts import Rule, rule
from bot.phrases.wording import (
    A_LINE,
    ADD,
    AFTER,
    BEFORE,
    DELETE,
    GOOD,
    KEEP,
    MUST,
)

LINE_RULES: Final[tuple[Rule, ...]] = (
    # Rhymes and words
    rule(
        build.rhyme_with,
        "(make|let|have|get) <line> [to] rhyme (with|to|on) <words>",
        "rhyme <line> (with|to|on) <words>",
        "(can|could) <line> rhyme (with|to) <words>",
        "(make|let|have) <line> end (with|on|in) a rhyme (for|with|of|on) <words>",
        "<line> (should|must|has to|needs to) end (with|on|in) a rhyme (for|with|of|on) <words>",
        "(make|let|have) <line> end (with|on|in) (something|a word) (that rhymes|rhyming) with"
        " <words>",
        "(change|redo|rewrite|fix) the end of <line> (to|so it|so that it) (rhyme|rhymes) with"
        " <words>",
        "[i] (want|need) <line> to rhyme (with|on) <words>",
        "make it so [that] <line> rhymes (with|on) <words>",
        "<line> (rhyme|rhyming) (with|on) <words>",
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
        "(use|put|include|add|work|get|fit|mention|slip|squeeze|sneak|say|stick|throw|insert|want)"
        " [[the] (word|words|phrase|name)] <words> (in|into|to|on|inside) <line>",
        "try to (use|put|get|fit) [[the] (word|words|phrase)] <words> (in|into) <line>",
        "<line> (needs|wants) [the] (word|words|phrase) <words> [in it]",
        f"[the word] <words> {MUST} be in <line>",
        "the (word|words|phrase|name) <words> in <line>",
        "(make|have|let|get) <line> [to] (mention|use|include|contain) [[the] (word|words|phrase)]"
        " <words> [in it|somewhere]",
        "(use|put|include|add|work|get|fit) [[the] (word|words|phrase)] <words> somewhere (in|into)"
        " <line>",
        "(can|could) <line> (mention|use|include|have|contain|say) [[the] (word|words|phrase)]"
        " <words> [in it|somewhere]",
        "(rewrite|redo|change|make|rework) <line> (with|using|and use) the (word|words|phrase)"
        " <words> [in it]",
        "(rewrite|redo|change|rework) <line> (so it|so that it|to) (has|have|uses|use|includes"
        "|include|mentions|mention|contains|contain) [the] [word|words|phrase] <words> [in it]",
        f"<line> {MUST} (mention|use|include|have|contain) [[the] (word|words|phrase)] <words>"
        " [in it|somewhere]",
        examples=("use river in line {c}",),
    ),
    # The writer's own words
    rule(
        build.replace,
        "[replace|change|set|make|edit|update|overwrite|rewrite] <line> (:|=) <text>",
        "(replace|swap out|overwrite) <line> (with|by) [:] <text>",
        "swap <line> (for|with) <quoted>",
        "(my|here's my|here is my) <line> (:|=) <text>",
        "(replace|swap out|overwrite) <line> (with|by) my [own] (words|text|line) : <text>",
        "(change|set|edit|update|turn) <line> (to|into) [read|say] [:] <text>",
        "(make|let|have) <line> (say|read|be) [:] <text>",
        "<line> (should say|should read|should be|should go|reads|says|goes) [:] <text>",
        "[replace|change|make|set] <line> [-|is|is now] <quoted>",
        "(put|use|take|write) <words> (as|for) <line>",
        "(rewrite|write|redo) <line> as [:] <text>",
        "use this (as|for) <line> : <text>",
        "(replace|change|rewrite|swap) <line> (with|to|by) this : <text>",
        "(for|as) <line> (use|put|write|say|take|try) [:] <text>",
        "<line> to (say|read|be|go) [:] <text>",
    ),
    rule(
        build.whole_line,
        "(put|write|stick|insert|type) <words> (in|into|on|to) <line>",
        examples=("line {b}: my own words",),
    ),
    rule(
        build.insert_after,
        f"{ADD} {A_LINE} {AFTER} <line> [[:] <text>]",
        f"{ADD} {AFTER} <line> [[:] <text>]",
        f"{AFTER} <line> [,] (add|put|insert|write) [:] <text>",
        f"{AFTER} <line> : <text>",
        f"(insert|add|put) <words> {AFTER} <line>",
        f"(a|another|a new|new|one more) (line|bar) {AFTER} <line> [[:] <text>]",
        examples=("insert a line after line {a}",),
    ),
    rule(
        build.insert_before,
        f"{ADD} {A_LINE} {BEFORE} <line> [[:] <text>]",
        f"{ADD} {BEFORE} <line> [[:] <text>]",
        f"(insert|add|put) <words> {BEFORE} <line>",
        f"(a|another|a new|new|one more) (line|bar) {BEFORE} <line> [[:] <text>]",
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
    rule(
        build.insert_between,
        f"{ADD} {A_LINE} between <place> [[:] <text>]",
        "(insert|add|put) <words> [in] between <place>",
        "(a|another|a new|new|one more) (line|bar) between <place> [[:] <text>]",
    ),
    # Moving and keeping
    rule(
        build.swap,
        "(swap|switch|exchange|flip|trade|interchange|reverse) [around] <place> [around|over]",
        "(swap|switch|change|exchange|reverse) [the] (places|order|positions) of <place>",
        "<place> (should be|need to be|must be) (swapped|switched)",
        "(swap|switch|exchange|trade|replace) <line> (with|for) <other>",
        "(swap|switch|exchange|flip) [line|lines] <line> <other>",
        examples=("swap lines {a} and {b}",),
    ),
    rule(
        lambda p: Delete(p.some_lines()),
        f"{DELETE} <place> [altogether|completely|entirely]",
        "<place> (has to|have to|needs to|need to|must|gotta|got to|can) go",
        "take away <place>",
        "(take|cut|leave) <place> out",
        "(i|we) (don't|do not) (need|want) <place> [anymore|any more]",
        examples=("delete line {c}",),
    ),
    rule(
        lambda p: Lock(p.place()),
        "(lock|lock in|lock down|freeze|protect|pin) <place> [down|in]",
        examples=("lock lines {a}-{b}", "lock the hook", "lock line {a}"),
        hints="love perfect great good favourite favorite best nice",
    ),
    rule(
        build.kept,
        "(keep|leave|don't touch|don't change|do not touch|do not change|hold on to) <place>"
        " [exactly|just] [as is|as it is|as they are|the same|the way it is|alone]",
        "(hold|save|never change|never touch) <place>",
        "<place> (stays|stay) [as is|as it is|the way it is|the same|put]",
    ),
    rule(
        lambda p: Lock(p.some_named_lines()),
        f"i (love|like) <place> [,|-|so|and] {KEEP} [in|alone|as is]",
        f"<place> {GOOD} [,|-|so|and] [just] {KEEP} [in|alone|as is]",
    ),
    rule(
        lambda p: Unlock(p.place()),
        "(unlock|unfreeze|release|free up|free|unpin) <place> [again]",
        "you (can|may) (change|touch|edit|rewrite) <place> [now|again]",
        "(remove|drop|take off|lift) the (lock|locks) (from|on|of|off) <place>",
        examples=("unlock line {a}", "unlock everything"),
    ),
    rule(
        lambda _: Unlock(Whole()), "(remove|drop|lift|clear) (all|all the|every|the) (lock|locks)"
    ),
)
