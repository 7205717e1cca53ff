"""Sentences about the beat's bars and about how lines lie on them, or that show the flow."""

from __future__ import annotations

from typing import Final

from atl_core.edits.beat import (
    METRES,
    BarOne,
    CountTempo,
    MoveBarOne,
    SetBeat,
    SetMetre,
    SkipIntro,
    Tap,
)
from atl_core.edits.brief import SetBrief
from atl_core.edits.flow import PARTS, SetDensity, ShowFlow, StartLine
from atl_core.edits.request import Request
from bot.phrases.parts import BEAT, Parts, Rule, refuse, rule
from bot.phrases.readers import read_number


def _set_beat(parts: Parts) -> Request:
    """`set the beat to beat.mp3`; what names no file and no link is no beat."""
    said = parts.typed("words" if parts.has("words") else "text")
    return SetBeat(said) if BEAT.fullmatch(said) else refuse()


def _bar_one(parts: Parts) -> Request:
    minutes, _, seconds = parts.said("clock").rpartition(" : ")
    return BarOne(60.0 * float(minutes or 0) + float(seconds))


def _later(parts: Parts, sign: int) -> Request:
    count = sign * (parts.number() if parts.has("n") else 1)
    return MoveBarOne(beats=count)


def _bars_later(parts: Parts, sign: int) -> Request:
    count = sign * (parts.number() if parts.has("n") else 1)
    return MoveBarOne(bars=count)


def _from_bar(parts: Parts) -> Request:
    bar = parts.number()
    return MoveBarOne(bars=bar - 1) if bar > 1 else refuse()


def _metre(parts: Parts) -> Request:
    if "/" not in parts.typed("metre"):
        # "3 4" may be lines.
        refuse()
    metre = parts.said("metre").replace(" ", "/")
    return SetMetre(metre) if metre in METRES else refuse()


def _tempo(parts: Parts) -> Request:
    said = parts.said("tempo")
    return SetBrief(tempo=float(read_number(said) or said))


def _start_line(parts: Parts) -> Request:
    """`start line 3 on the and of two`."""
    said = parts.said("beat").removeprefix("the ").removeprefix("beat ")
    part, _, beat = said.rpartition(" of ")
    number = read_number(beat)
    if not number:
        refuse()
    named = {name.removesuffix(" of "): share for share, name in PARTS.items()}
    return StartLine(parts.line(), number - 1 + named[part])


def _line_before(parts: Parts) -> Request:
    """`start line 3 one beat before its bar`."""
    beats = parts.number() if parts.has("n") else 0.5 if parts.has("half") else 1
    return StartLine(parts.line(), -float(beats)) if beats else refuse()


_BAR_ONE: Final = "[the] (bar one|bar 1|first bar|downbeat|one|beat|verse|song)"
_START: Final = "(start|begin|move it|shift it|move bar one|shift bar one|shift everything|push it)"

BEAT_RULES: Final[tuple[Rule, ...]] = (
    rule(
        _set_beat,
        "(set|change|switch|replace|swap) (the|this|my|its) (beat|track|instrumental)"
        " (to|with|for|by|:|=) <text>",
        "(use|take|put) <words> (as|for) the (beat|track|instrumental)",
        "(put it|put this|set it|set this|put the (song|words|lyrics)) (on|over|to) [the]"
        " (beat|track|instrumental) <text>",
        "[the|my] [new] (beat|instrumental) [is|:|=] <text>",
        examples=("set the beat to beat.mp3",),
    ),
    rule(
        lambda _: SetBeat(),
        "(set|change|switch|replace|swap) (the|this|my|its) (beat|track|instrumental)",
        "(use|take|try) this [as [the|my]] [new] (beat|track|instrumental)",
        "(use|take|try) this (as|for) (the|my) [new] (beat|track|instrumental)",
        "(here's|here is|this is) (the|my) [new] (beat|track|instrumental)",
        "(put|set) (it|this|the song|the words|the lyrics) (on|over|to) (this|that) (beat|track"
        "|instrumental)",
        "[a|the|my] new (beat|instrumental)",
        "(add|attach) (a|the|my|this) (beat|track|instrumental)",
        "(use|try) (another|a new|a different) (beat|instrumental)",
    ),
    rule(
        _bar_one,
        f"{_BAR_ONE} (is|starts|begins|comes|should be|should start) [in] [at|on] <clock>"
        " [seconds|second|secs|sec|s]",
        "(start|begin) [bar one|the bars|the words|the lyrics|the first bar] at <clock>"
        " [seconds|second|secs|sec|s]",
        examples=("bar one is at 0:08",),
    ),
    rule(
        lambda parts: _later(parts, 1),
        f"{_START} (one|a) beat later",
        f"{_START} <n> (beat|beats) later",
        examples=("start one beat later",),
    ),
    rule(
        lambda parts: _later(parts, -1),
        f"{_START} (one|a) beat (earlier|sooner)",
        f"{_START} <n> (beat|beats) (earlier|sooner)",
        examples=("start one beat earlier",),
    ),
    rule(
        lambda parts: _bars_later(parts, 1),
        f"{_START} (one|a) bar later",
        f"{_START} <n> (bar|bars) later",
    ),
    rule(
        lambda parts: _bars_later(parts, -1),
        f"{_START} (one|a) bar (earlier|sooner)",
        f"{_START} <n> (bar|bars) (earlier|sooner)",
    ),
    rule(_from_bar, "(start|begin) (at|on|from|with) bar <n>"),
    rule(
        lambda _: CountTempo(0.5),
        "[make it|count it|it's|it is|in|feel it in|try] half time",
        "[make it|count it|take it] half (as fast|the speed|the tempo)",
        examples=("half time",),
    ),
    rule(
        lambda _: CountTempo(2.0),
        "[make it|count it|it's|it is|in|feel it in|try] double time",
        "[make it|count it|take it] (twice as fast|double the speed|double the tempo)",
        examples=("double time",),
    ),
    rule(
        _metre,
        "[make it|count it [in]|it's [in]|it is [in]|the metre is|the meter is|the time is|in"
        "|set the (metre|meter|time signature) to] <metre>",
        examples=("make it 3/4", "make it 6/8"),
    ),
    rule(
        lambda _: SetMetre("3/4"),
        "[make it|it's|it is] [in|a] (waltz|waltz time|three four)",
    ),
    rule(
        _tempo,
        "(it's|it is|the tempo is|the beat is) <tempo> [bpm] [,] not <n> [bpm]",
    ),
    rule(
        lambda _: SkipIntro(),
        "(skip|ignore|leave out|cut|drop) the (intro|introduction)",
        "(start|begin) (after|behind) the (intro|introduction)",
        "(start|begin) (when|where) the (drums|beat) (come|comes|kick|kicks|drop|drops) [in]",
        examples=("skip the intro",),
    ),
    rule(
        lambda _: SetDensity(1),
        "[make it|make the flow|make this|lay it|put it|rap it|sing it] [a bit|a little|much]"
        " (denser|more dense|tighter on the beat|more packed|busier)",
        "(pack|squeeze) (it|the words|the syllables) [a bit|a little] (tighter|closer|together)",
        "[i want] a denser flow",
        examples=("denser",),
    ),
    rule(
        lambda _: SetDensity(-1),
        "[make it|make the flow|make this|lay it|put it|rap it|sing it] [a bit|a little|much]"
        " ([more] laidback|less dense|sparser"
        "|looser|further behind the beat|behind the beat|more spread out)",
        "(lay it|lay) back [more|a bit|a little]",
        "(spread|space) (it|the words|the syllables) out [more|a bit|a little]",
        "[i want] a [more] laidback flow",
        examples=("more laid back",),
    ),
    rule(
        lambda _: SetDensity(0),
        "[make it|back to] (a|the) (normal|usual) flow",
        "neither dense nor laid back",
    ),
    rule(
        _start_line,
        "(start|begin|let|have|make|put|bring in) <line> [start|begin|starting|come in]"
        " (on|at|with) <beat>",
        "<line> (starts|begins|should start|should begin|comes in) (on|at) <beat>",
        examples=("start line {b} on the two",),
    ),
    rule(
        _line_before,
        "(start|begin|let|have|make) <line> [start|begin] (<n>|<half>|a) (beat|beats)"
        " (before|ahead of) its bar",
    ),
    rule(
        lambda parts: StartLine(parts.line(), None),
        "(let|have) <line> (start|begin) (where|wherever) it (likes|wants|falls|falls best|fits)",
        "(start|begin) <line> (where|wherever) it (likes|wants|falls|falls best|fits)",
    ),
    rule(
        lambda _: Tap(),
        "tap",
        "tap [in|out] (the|a) (tempo|beat|bpm)",
        "[let me|i want to|i'd like to] tap [it] [in|out] [the (tempo|beat|bpm)]",
        examples=("tap",),
    ),
    rule(
        lambda _: ShowFlow(),
        "(show|draw|display|see|what is|what's|how is) [me] [the|my] flow",
        "[the|my] flow",
        "(show|see) [me] [how|where] the (words|syllables|lines) (fall|land|sit) [on the beat]",
        examples=("show the flow",),
    ),
)
