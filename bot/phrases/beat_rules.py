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
from atl_core.lyrics.checks import TEMPOS
from bot.phrases.parts import BEAT, Parts, Rule, refuse, rule
from bot.phrases.readers import BAR_ONE, ORDINALS, read_number


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
    tempo = float(read_number(said) or said)
    return SetBrief(tempo=tempo) if tempo >= TEMPOS[0] else refuse()


def _start_line(parts: Parts) -> Request:
    """`start line 3 on the and of two`."""
    said = parts.said("beat").removeprefix("the ").removeprefix("beat ").removesuffix(" beat")
    part, _, beat = said.rpartition(" of ")
    number = read_number(beat) or ORDINALS.get(beat)
    if not number:
        refuse()
    named = {name.removesuffix(" of "): share for share, name in PARTS.items()}
    return StartLine(_line(parts), number - 1 + named[part])


def _line_before(parts: Parts) -> Request:
    """`start line 3 one beat before its bar`."""
    beats = parts.number() if parts.has("n") else 0.5 if parts.has("half") else 1
    return StartLine(_line(parts), -float(beats)) if beats else refuse()


def _line(parts: Parts) -> int:
    """A line; bar one is where the song starts."""
    return parts.line() if not BAR_ONE.fullmatch(parts.said("line")) else refuse()


_BAR_ONE: Final = "[the] (bar one|bar 1|first bar|downbeat|one|beat|verse|song|words|lyrics|drums)"
_START: Final = (
    "(start|begin|come in|everything|[move|shift|push|pull|start|begin|bring|slide|nudge]"
    " [it|them|bar one|bar 1|the one|everything|all of it|the words|the lyrics|the lines])"
)
_LATER: Final = "(later|after that|further on|further back|to the right)"
_EARLIER: Final = "(earlier|sooner|before that|further forward|to the left)"
_COUNT: Final = (
    "[[and] (make it|count it|count|it's|it is|that's|take it|feel it|try|play it|put it|do it"
    "|rap it|sing it|go"
    "|switch to|change to|set it to|i want)]"
)
_METRE: Final = "(metre|meter|time|time signature|rhythm)"
_INTRO: Final = "(intro|introduction)"
_WORDS: Final = (
    "[singing|rapping|writing|it|bar one|the words|the lyrics|the verse|the song|the lines]"
)
_FLOW: Final = (
    "[make it|make the flow|make this|make the words|make the syllables|make it all|lay it|put"
    " it|rap it|sing it|let it|let it be"
    "|i want it|it should be|keep it]"
)
_BIT: Final = "[a bit|a little|much|a lot|slightly|even]"
_WHERE: Final = (
    "(where|wherever) (it|you) (likes|like|wants|want|falls|falls best|fits|fits best|usually does)"
    "|anywhere|as usual|as before"
)
_COMES_IN: Final = "(start|begin|come in|starting|starts|begins|comes in|land|lands)"

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
        f"{_BAR_ONE} (is|starts|begins|comes|drops|kicks|should be|should start|:) [in] [at|on]"
        f" [second]"
        " <clock> [seconds|second|secs|sec|s] [in]",
        f"{_BAR_ONE} at <clock> [seconds|second|secs|sec|s]",
        f"(start|begin) [{_BAR_ONE}|the bars] [at] <clock> [seconds|second|secs|sec|s] [in]",
        "(set|put|move|shift) [the] (bar one|bar 1|first bar|downbeat|one) (to|at|on) <clock>"
        " [seconds|second|secs|sec|s]",
        examples=("bar one is at 0:08",),
    ),
    rule(
        lambda parts: _later(parts, 1),
        f"{_START} [by] (one|a|<n>) (beat|beats) {_LATER}",
        "(push|move|shift) (it|everything|bar one|the words|the lyrics) [back] [by] (one|a|<n>)"
        " (beat|beats) [back]",
        "wait (one|a|<n>) (beat|beats)",
        f"(one|a|<n>) (beat|beats) {_LATER}",
        examples=("start one beat later",),
    ),
    rule(
        lambda parts: _later(parts, -1),
        f"{_START} [by] (one|a|<n>) (beat|beats) {_EARLIER}",
        f"(one|a|<n>) (beat|beats) {_EARLIER}",
        "(pull|bring|move) (it|everything|bar one|the words) forward [by] (one|a|<n>) (beat|beats)",
        examples=("start one beat earlier",),
    ),
    rule(
        lambda parts: _bars_later(parts, 1),
        f"{_START} [by] (one|a|<n>) (bar|bars) {_LATER}",
        "(push|move|shift) (it|everything|bar one|the words|the lyrics) [back] [by] (one|a|<n>)"
        " (bar|bars) [back]",
        f"(one|a|<n>) (bar|bars) {_LATER}",
    ),
    rule(
        lambda parts: _bars_later(parts, -1),
        f"{_START} [by] (one|a|<n>) (bar|bars) {_EARLIER}",
        f"(one|a|<n>) (bar|bars) {_EARLIER}",
        "(pull|bring|move) (it|everything|bar one|the words) forward [by] (one|a|<n>) (bar|bars)",
    ),
    rule(
        _from_bar,
        f"(start|begin|come in) {_WORDS} (at|on|from|with|in) bar <n>",
    ),
    rule(
        lambda _: CountTempo(0.5),
        f"{_COUNT} [in] (half time|half - time|halftime)",
        f"{_COUNT} [at] (half as fast|[at] half [of] [the|that] (speed|tempo)|half (speed|tempo))",
        "(halve|half) the (tempo|bpm|speed)",
        "(cut|divide|split) the (tempo|bpm|speed) (in half|by two|by 2)",
        "the (tempo|bpm|beat) is half (that|of that|as fast)",
        examples=("half time",),
    ),
    rule(
        lambda _: CountTempo(2.0),
        f"{_COUNT} [in] (double time|double - time|doubletime)",
        f"{_COUNT} [at] (twice as fast|[at] (double|twice) [the|that] (speed|tempo))",
        "double the (tempo|bpm|speed)",
        "(multiply) the (tempo|bpm|speed) by (two|2)",
        "the (tempo|bpm|beat) is (twice|double) (that|as fast)",
        examples=("double time",),
    ),
    rule(
        _metre,
        f"{_COUNT} [in] <metre> [time]",
        f"[the] {_METRE} (is|should be|:) <metre>",
        f"(set|change|switch) the {_METRE} to <metre>",
        f"make the {_METRE} <metre>",
        "back to <metre>",
        examples=("make it 3/4", "make it 6/8"),
    ),
    rule(
        lambda _: SetMetre("3/4"),
        f"{_COUNT} [in|a|as a|like a] (waltz|waltz time|three four [time]|three quarter time"
        f"|threes)",
        f"{_COUNT} in three",
        "(three|3) beats (a|per|to the|in a) bar",
    ),
    rule(
        lambda _: SetMetre("4/4"),
        f"{_COUNT} [in] (four four [time]|common time|fours)",
        f"{_COUNT} in four",
        "(four|4) beats (a|per|to the|in a) bar",
    ),
    rule(
        lambda _: SetMetre("6/8"),
        f"{_COUNT} [in] six eight [time]",
        "(six|6) eights (a|per|to the|in a) bar",
    ),
    rule(
        _tempo,
        "(it's|it is|that's|make it|it should be|the (tempo|beat|bpm) is) [really|actually] [at]"
        " <tempo>"
        " [bpm] [,] [and] (not|instead of) <n> [bpm]",
        "<tempo> [bpm] [,] (not|instead of) <n> [bpm]",
        "[no ,] (it's|it is|that's|the beat is) (really|actually|more like) [at] <tempo> [bpm]",
        "the (right|correct|real|actual|true) (tempo|bpm) is <tempo> [bpm]",
        "the (tempo|bpm) is (really|actually) <tempo> [bpm]",
        "(count|take|put|play) it at <tempo> [bpm]",
        "[it's|it is|the beat is] [at] <tempo> (bpm|beats per minute|beats a minute)",
        "no , it's <tempo>",
    ),
    rule(
        lambda _: SkipIntro(),
        f"(skip|ignore|leave out|jump over|pass over) [the|this] {_INTRO}",
        f"(start|begin|come in) {_WORDS} (after|behind) the {_INTRO}",
        f"(let|have) (the words|the lyrics|the verse|the lines|bar one) (start|begin|come in)"
        f" after the {_INTRO}",
        f"(the words|the lyrics|the verse|bar one) (start|starts|begin|begins|come in|comes in)"
        f" after the {_INTRO}",
        f"(start|begin|come in) {_WORDS} (when|where|once|as soon as) the (drums|beat)"
        " (come|comes|kick|kicks|drop|drops|start|starts|are|is) [in]",
        f"(don't|do not) (write|rap|sing) (over|on|in|during) the {_INTRO}",
        f"(leave|keep) the {_INTRO} (empty|instrumental|free|alone|without words)",
        f"(the {_INTRO} has|there are) no (words|lyrics) [in the {_INTRO}]",
        f"no (words|lyrics|lines) (in|over|on|during) the {_INTRO}",
        f"(let) the {_INTRO} (play|run)",
        examples=("skip the intro",),
    ),
    rule(
        lambda _: SetDensity(1),
        f"{_FLOW} {_BIT} (denser|more dense|tighter on the beat|more packed|busier)",
        f"(pack|squeeze|put) (it|the words|the syllables) {_BIT} (tighter|closer|closer together"
        f"|together)",
        "(more|a few more) (words|syllables) (per|a|in a|in each|in every) bar",
        f"[i want] a {_BIT} (denser|busier) flow",
        examples=("denser",),
    ),
    rule(
        lambda _: SetDensity(-1),
        f"{_FLOW} {_BIT} ([more] laidback|less dense|sparser|looser|further behind the beat"
        "|behind the beat|more spread out)",
        "(lay it|lay) back [more|a bit|a little]",
        "(let it sit|sit|sit it) [a bit|a little|more|further] behind the beat",
        "(spread|space) (it|the words|the syllables) out [more|a bit|a little]",
        "(pull|put|set) (it|the words|the syllables) further apart",
        "(fewer|less) (words|syllables) (per|a|in a|in each|in every) bar",
        "[i want] a [more] (laidback|looser|sparser) flow",
        examples=("more laid back",),
    ),
    rule(
        lambda _: SetDensity(0),
        "[make it|back to|go back to|return to|use|i want] [a|the|my] (normal|usual|default"
        "|standard) flow"
        " [again]",
        "(make|set) the flow [to|back to] (normal|usual|default|as usual|as before) [again]",
        "[the] flow (as usual|as before)",
        "(neither|not) (dense|denser) (nor|or|and not) (laidback|sparse|sparser)",
        "reset the flow",
    ),
    rule(
        _start_line,
        f"(start|begin|let|have|make|put|bring in|bring|place) <line> [in] [{_COMES_IN}] (on|at"
        f"|with)"
        " <beat>",
        f"<line> [should|must|has to] [{_COMES_IN}] (on|at) <beat>",
        "(move|shift|push|pull) <line> (to|onto) (the|beat) <beat>",
        examples=("start line {b} on the two",),
    ),
    rule(
        _line_before,
        f"(start|begin|let|have|make|bring|move|pull|shift) <line> [in] [{_COMES_IN}] (<n>"
        f"|<half>|a)"
        " (beat|beats) ((before|ahead of) (its|the) bar|early|earlier|sooner|forward)",
        f"<line> [should|must] {_COMES_IN} (<n>|<half>|a) (beat|beats)"
        " ((before|ahead of) (its|the) bar|early|earlier|sooner)",
        "(give|let) <line> [have] a (pickup|pick up|pick - up) [of (<n>|<half>|a) (beat|beats)]",
        "<line> (has|with|needs) a (pickup|pick up|pick - up) [of (<n>|<half>|a) (beat|beats)]",
    ),
    rule(
        lambda parts: StartLine(_line(parts), None),
        f"(let|have|start|begin|put|place) <line> [{_COMES_IN}|fall] ({_WHERE})",
        f"<line> (may|can|should|could) {_COMES_IN} ({_WHERE})",
    ),
    rule(
        lambda _: Tap(),
        "[let me|can i|i want to|i'd like to|i'll|i will|let's] tap [it|along] [in|out|along]"
        " [[the] (tempo|beat|bpm)] [in|out]",
        "(count|set) [it|the tempo] by tapping",
        examples=("tap",),
    ),
    rule(
        lambda _: ShowFlow(),
        "(show|let me see|draw|display|print|see|what is|what's|how is) [me] [the|my] flow"
        " [chart|as a picture|of it]",
        "[the|my] flow [chart]",
        "how (does it|do (the|my|these) (lines|words)) flow",
        "(show|see) [me] how (it flows|(the|my|these) (lines|words) flow)",
        "(show|see) [me] [how|where] the (words|syllables|lines) (fall|land|sit) [on the beat]",
        "(where|how) do the (words|syllables|lines) (fall|land|sit) [on the beat]",
        "(show|see) [me] the (words|syllables|lines) (on|over|against) the (beat|bars)",
        examples=("show the flow",),
    ),
)
