"""What people type about the brief and the versions."""

from __future__ import annotations

from typing import Final

from atl_core.edits.brief import SetBrief
from atl_core.edits.versions import Compare, GoBack, Redo, ShowHistory, Undo
from bot.phrases import build_drafts as build
from bot.phrases.parts import Rule, rule
from bot.phrases.wording import BACK, LINES, SHOW, TIMES, TO, VERSION

BRIEF_RULES: Final[tuple[Rule, ...]] = (
    # The brief
    rule(
        build.tempo,
        f"[set|change|make|put|use] [the|a] (tempo|bpm|speed) [{TO}] <tempo> [bpm]",
        "[set|change|make|put|use|do|try] [it|this] [to|at|:|=] <tempo> bpm",
        "[set|change|make] [it|this] [to] <tempo> beats (a|per) minute",
        "(it's|it is|its|the beat is|the track is|the song is) [at|in|actually] <tempo> bpm",
        "[the] (tempo|bpm|speed) (should be|must be) <tempo> [bpm]",
        examples=("set the tempo to 90",),
    ),
    rule(
        build.scheme,
        f"[set|change|make|use|try] [the|a|an] [rhyme|rhyming] (scheme|pattern) [{TO}] <text>",
        "(make it|use|try|rhyme it|set it to) [a|an] <scheme> [scheme|rhyme scheme|rhymes|pattern]",
        "[a|an] <scheme> (scheme|rhyme scheme|pattern)",
        "(rhyme|rhymes|switch to|change to|change it to) <scheme>",
        "[the] (rhyme scheme|scheme) (should be|must be) <scheme>",
        "(make|have|let) it rhyme [like] [a|an] <scheme>",
        "rhyme it like <scheme>",
        "<scheme>",
        examples=("set the scheme to ABAB",),
    ),
    rule(
        build.couplets,
        "[use|try|make it|switch to|write in|in|rhyme in] [rhyming] couplets",
    ),
    rule(
        build.alternate,
        "(alternate|alternating) [the] (rhyme|rhymes|rhyming)",
        "(use|try|make it|switch to) (alternate|alternating) [rhyme|rhymes|rhyming]",
    ),
    rule(
        build.syllables,
        "[set|change|make|use] [the] (syllable|syllables|syllable count|syllable target)"
        f" [(a|per) line] [{TO}] <n>",
        "[set|change|make|use|try|give|give me|aim for|go for|keep|limit]"
        f" [it|them|[the|each|every|all|all the] {LINES}] [{TO}|have|with|under|within]"
        " [about|around|roughly|exactly|of|max|at most] <n> (syllable|syllables) [long|or so]"
        f" [(a|per|each|in each|for each|every) [{LINES}]]",
        f"[each|every|all|all the|the] {LINES} (should|must) (have|be) [about] <n> (syllable"
        "|syllables) [long]",
        examples=("set the syllables to 10",),
    ),
    rule(
        build.seed_words,
        "[set|change|use|make] [the|my|new|the new] (seed words|seed word|seeds|seed)"
        f" [{TO}] <text>",
        "use <words> (as|for) [the|my] (seed words|seeds|seed)",
        examples=("set the seed words to midnight train",),
    ),
    rule(
        build.genre,
        f"[set|change|switch|make] [the] genre [{TO}] <genre>",
        "(switch|change) [it] to <genre>",
        examples=("set the genre to country",),
    ),
    rule(
        build.mood,
        f"[set|change|switch|make] [the] (mood|vibe) [{TO}|should be] <mood>",
        examples=("set the mood to sad",),
    ),
    rule(
        lambda _: SetBrief(explicit=True),
        "(allow|enable|turn on) [the] (explicit|swearing|cursing) [words|language|lyrics]",
        "(explicit on|explicit mode|explicit mode on|turn explicit on)",
        "swearing is (ok|okay|fine)",
        examples=("allow explicit words",),
    ),
    rule(
        lambda _: SetBrief(explicit=False),
        "(keep it clean|keep it pg|clean mode|clean mode on|explicit off|explicit mode off)",
        "(disable|turn off|don't allow) (explicit|swearing|cursing) [words|language|lyrics]",
        "no explicit [words|language|lyrics]",
        examples=("keep it clean",),
    ),
    # Versions
    rule(
        lambda p: Undo(p.steps()),
        "undo [that|it|this|last|[the|my] (last|previous) (change|edit|thing|one|step)]",
        "undo what (you|i) just did",
        "(go back|back) to how it was [before]",
        f"(undo|revert|take back) [the|my] [last] <n> {TIMES}",
        "(undo|take back) [the] last <n>",
        "undo <n> x",
        "undo the last one",
        "(go back|step back) one",
        "go (one|a) step back",
        "take (that|that last change|the last change|my last change) back",
        "(undo|go back) <twice>",
        f"(go back|back up|step back|roll back) <n> {TIMES}",
        "(never mind|nevermind) [,] (undo|go back|undo that|take that back)",
        "i (liked|preferred|like|prefer) the (old|previous|last|other) (one|version) [better|more]",
        "i (liked|preferred) it [better|more] before",
        "(it|that|this) was better before",
        "(go back|back|step back|roll back|oops|revert|put it back|take that back|take it back)",
        "(go back|step back|back) (one|a) (step|version)",
        "(ctrl|control|cmd) [-|and] z",
        "revert (that|it|this|the last change|that change|this change)",
        "roll (it|that|this) back",
        "oops [,] undo [that|it]",
        "[go] back to [the] (previous|last|prior) version",
        examples=("undo",),
        hints="worse mistake oops cancel",
    ),
    rule(
        lambda p: Redo(p.steps()),
        "(redo|step forward|go forward|undo the undo|undo my undo|undo that undo)",
        "redo (the|that) (change|edit|step)",
        "bring back what i undid",
        "redo (the last undo|my change|the last change|my last change)",
        "un [-] undo [that|it]",
        f"redo <n> {TIMES}",
        "redo <twice>",
        examples=("redo",),
    ),
    rule(
        build.go_back,
        f"({BACK}|take me back|switch|switch back|use|pick|load) [it] [to]"
        f" [the] {VERSION} [number] <n>",
        "(go back|back|return|revert|revert back|roll back|rollback|jump back|take me back) to <n>",
        f"({BACK}|take me back|switch|load) [to] [the] <nth> (version|take|draft)",
        f"({BACK}|take|bring) {VERSION} <n> back",
        f"bring back {VERSION} <n>",
        f"(use|take) {VERSION} <n> again",
        f"{VERSION} <n> was better [,|-] [let's] go back [to it|to that]",
        f"{VERSION} <n> [,] (bring it back|go back to it|take me back there)",
        f"(want|give me) {VERSION} <n> [back]",
        f"i (like|liked|prefer|preferred|want) {VERSION} <n> [better|more|best|back]"
        " [[,|-] [let's] go back [to it|to that]]",
        examples=("go back to version {v}",),
        hints="version v",
    ),
    rule(
        lambda _: GoBack(1),
        f"({BACK}|take me back) to [the] [very] first (version|take|draft|one)",
        f"({BACK}|take me back) to [the] (original|start|beginning) [version]",
    ),
    rule(
        build.compare,
        f"(compare|diff) [the] [{VERSION}] <n> [and|with|to|against|vs|versus|-|,] [{VERSION}] <m>",
        f"[{VERSION}] <n> (vs|versus) [{VERSION}] <m>",
        f"(what's|what is|show me what's) different (between|in) [{VERSION}] <n> and [{VERSION}]"
        " <m>",
        "[what's|what is|show|show me] [the] (difference|differences) between"
        f" [{VERSION}] <n> and [{VERSION}] <m>",
        f"(what|what's|what has) changed (between|from) [{VERSION}] <n> (and|to) [{VERSION}] <m>",
        f"(compare|diff) [it|this] (with|to|against) [{VERSION}] <n>",
        f"(compare|diff) {VERSION} <n>",
        f"{SHOW} [me] [{VERSION}] <n> (vs|versus|against|next to) [{VERSION}] <m>",
        f"how (do|are) [{VERSION}] <n> and [{VERSION}] <m> (differ|different)",
        f"how (is|does) [{VERSION}] <n> (different|differ) from [{VERSION}] <m>",
        examples=("compare 1 and 2",),
    ),
    rule(
        lambda _: Compare(),
        "(what|what's|what has|what is|what did you) (changed|change|different|new) [there|here]",
        "(show|show me|see) [the] (diff|changes|difference|differences)",
        "(show|show me|tell me) (what|what's|what is|what has) (changed|different|new)",
        "diff",
        examples=("what changed",),
    ),
    rule(
        lambda _: ShowHistory(),
        "[show|list|see|view] [me] [all|the|my|all the] [version|revision]"
        " (versions|history|revisions)",
        "(what|which) (versions|revisions) (are there|exist|do (i|we|you) have)",
        "version list",
        "how many versions (are there|do (i|we) have)",
        examples=("show the versions",),
    ),
)
