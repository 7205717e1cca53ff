"""What people type about the sections of a song: its form, one more, repeated, moved, reshaped."""

from __future__ import annotations

from typing import Final

from atl_core.edits.request import Request
from atl_core.edits.sections import (
    AddSection,
    Move,
    MoveSection,
    RepeatSection,
    ShapeSection,
    Side,
    WriteForm,
)
from atl_core.lyrics.song_form import FormPart, parse_form
from bot.phrases.parts import Parts, Rule, refuse, rule
from bot.phrases.readers import SECTIONS
from bot.phrases.wording import LINES, WRITE

_WRITE_FORM: Final = (
    "(write|write me|write it as|make|make it|give me|do|i want|let's do|let's write|create"
    "|generate|build|try|let's have|lay it out as|arrange it as|structure it as|turn it into"
    "|make the song|write the song as|write a song as|go for|i'd like)"
)
_SONG: Final = "(form|structure|arrangement|layout|song structure|song form|order)"
_TWIST: Final = (
    "with (a twist|one line changed|one line different|a different last line|a new last line"
    "|a small change|a change|a variation|one change|another last line)"
)
_REPEAT: Final = "(repeat|bring back|reprise|copy|reuse|loop)"
_TWISTED: Final = ("twist", "changed", "different", "change", "variation", "another", "new")
_BESIDE: Final = "(before|above|ahead of|in front of|after|below|behind|following) <beside>"
_AGAIN: Final = "[again|once more|one more time|here|there]"
_AT_END: Final = "[at the end|at the bottom|to the end]"


def _form(parts: Parts) -> Request:
    said = parts.said("form")
    form = parse_form(said)
    words = said.split()
    if len(form) < 2 or (len(form) == 2 and {"and", "a", "an"} & set(words)):
        # "A verse and a hook" may be two more sections.
        refuse()
    return WriteForm(form)


def _side(parts: Parts) -> tuple[Side | None, str]:
    if not parts.has("beside"):
        return None, ""
    first = parts.mentions("before", "above", "ahead", "front")
    return ("before" if first else "after"), parts.section("beside")


def _add(parts: Parts) -> Request:
    side, other = _side(parts)
    lines = parts.count() if parts.has("n") else None
    return AddSection(SECTIONS[parts.said("section")], lines, side, other)


def _repeat(parts: Parts) -> Request:
    return RepeatSection(parts.section(), parts.mentions(*_TWISTED), *_side(parts))


def _moved(to: Move | None = None, *, parts: Parts) -> Request:
    side, other = _side(parts)
    if other and other == parts.section():
        refuse()
    return MoveSection(parts.section(), to, side, other)


def _shape(parts: Parts) -> Request:
    (shape,) = parse_form(f"verse {parts.said('shape')}") or refuse()
    if shape.mood or shape == FormPart("verse"):
        refuse()
    return ShapeSection(parts.section(), shape.scheme, shape.lines, shape.syllables)


_MOVE: Final = "(move|put|shift|bring|place|slide|pull|push|take|drag|send)"

SECTION_RULES: Final[tuple[Rule, ...]] = (
    rule(
        _form,
        f"{_WRITE_FORM} [a song|the song|it|:|as|like|a song with|with|this] [:|,] <form>",
        f"[the|my|song] {_SONG} [:|is|should be|=] <form>",
        f"(set|change) the {_SONG} to <form>",
        "<form>",
        examples=("write verse hook verse hook bridge hook",),
        hints="form structure song whole",
    ),
    rule(
        _add,
        f"{WRITE} [a|an|another|one more|a new] <section> {_BESIDE}",
        f"{WRITE} [a|an|another|one more|a new] <section> of <n> {LINES} {_BESIDE}",
        f"(insert|squeeze in|slip in) [a|an|another] <section> {_BESIDE}",
        "(insert|put) [a|an|another] <section> [in]",
        examples=("add a pre-chorus", "add a bridge after verse 2"),
    ),
    rule(
        _repeat,
        f"{_REPEAT} <part> {_AGAIN} {_AT_END} [[,|but] {_TWIST}]",
        f"{_REPEAT} <part> {_AGAIN} {_BESIDE} [[,|but] {_TWIST}]",
        f"bring <part> back {_AGAIN} {_AT_END} [[,|but] {_TWIST}]",
        f"bring <part> back {_BESIDE} [[,|but] {_TWIST}]",
        f"(sing|use|play) <part> again {_AT_END} [[,|but] {_TWIST}]",
        f"add <part> again {_AT_END} [[,|but] {_TWIST}]",
        f"(add|put) <part> again {_BESIDE} [[,|but] {_TWIST}]",
        examples=("repeat the hook", "repeat the hook with a twist"),
    ),
    rule(
        lambda p: _moved("up", parts=p),
        f"{_MOVE} <part> (up|higher|earlier|further up|one up|up one|up a bit)",
        "(move|shift|pull|push|bring) up <part>",
        examples=("move the bridge up",),
    ),
    rule(
        lambda p: _moved("down", parts=p),
        f"{_MOVE} <part> (down|lower|later|further down|one down|down one|down a bit)",
        "(move|shift|pull|push|bring) down <part>",
    ),
    rule(
        lambda p: _moved("top", parts=p),
        f"{_MOVE} <part> (first|(to|at) the (top|start|beginning|front|very top|very start))",
        "(start|open|begin) with <part>",
    ),
    rule(
        lambda p: _moved("end", parts=p),
        f"{_MOVE} <part> (last|(to|at) the (end|bottom|very end|back))",
    ),
    rule(
        lambda p: _moved(parts=p),
        f"{_MOVE} <part> {_BESIDE}",
        f"{_MOVE} <part> to (right|just) {_BESIDE}",
    ),
    rule(
        _shape,
        "(make|turn|write|rewrite|redo|have|set) <part> [to|into|as|be|in] <shape>",
        "<part> (should|must) (be|have|rhyme) [in|as] <shape>",
        "(change|turn) <part> (to|into) <shape>",
        "(let|can) <part> (have|be|rhyme) <shape>",
        "(give|rhyme) <part> [in] <shape>",
        "make <part> rhyme <shape>",
        "(set|change|make) the [rhyme] (scheme|length|form) of <part> [to|be] <shape>",
        "(shorten|lengthen|cut|extend|trim|grow|cut down|stretch) <part> to <shape>",
        "<part> (in|as|with|:) <shape>",
        examples=("make the hook 6 lines", "make verse 2 ABAB"),
    ),
)
