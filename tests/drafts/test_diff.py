"""What changed reads well, and nothing that changed is left out."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from atl_core.drafts.diff import Comparison, as_plain, as_rich, compare, word_diff
from tests.drafts.examples import VERSE, make_draft

WORDS = st.lists(st.sampled_from("the river runs to an ocean of fire and rain".split()), max_size=8)
LINES = st.lists(WORDS.map(" ".join), max_size=7).map(tuple)


def changed(*texts: str, **values: object) -> Comparison:
    after = replace(make_draft(texts), revision=2)
    return compare(make_draft(), replace(after, **values))  # type: ignore[arg-type]


def test_a_word_that_changed_is_the_only_thing_marked() -> None:
    comparison = changed(VERSE[0].replace("town", "heart"), *VERSE[1:])
    assert comparison.summary() == "Version 1 → 2: 1 line changed"
    assert "  1  midnight train is rolling through my [-town-] {+heart+}" in as_plain(comparison)
    styled = as_rich(comparison)
    marks = {str(span.style): styled.plain[span.start : span.end] for span in styled.spans}
    assert (marks["red strike"], marks["bold green"]) == ("town", "heart")


def test_a_line_put_in_does_not_make_the_others_new() -> None:
    comparison = changed(VERSE[0], "oh lord", *VERSE[1:])
    assert comparison.summary() == "Version 1 → 2: 1 line new"
    assert "+ 2  {+oh lord+}" in as_plain(comparison)
    assert "  5  nothing in this world" in as_plain(comparison)


def test_a_line_taken_out_is_struck_through() -> None:
    comparison = changed(*VERSE[:2], VERSE[3])
    assert comparison.summary() == "Version 1 → 2: 1 line gone"
    assert f"- 3  [-{VERSE[2]}-]" in as_plain(comparison)


def test_a_line_rewritten_altogether_stands_beside_the_old_one() -> None:
    comparison = changed(VERSE[0], "what a day", *VERSE[2:])
    assert f"  2  [-{VERSE[1]}-] {{+what a day+}}" in as_plain(comparison)


def test_what_is_not_in_the_words_is_told_beside_them() -> None:
    before = make_draft()
    lines = (replace(before.lines[0], locked=True), *before.lines[1:])
    brief = replace(before.brief, tempo=90.0, seed_words=("river",), explicit=True)
    comparison = compare(before, replace(before, revision=2, lines=lines, brief=brief))
    assert comparison.summary() == "Version 1 → 2: the words are the same"
    assert comparison.notes == (
        "seed words midnight train → river",
        "tempo 96 → 90",
        "explicit no → yes",
        "line 1 locked",
    )
    assert compare(before, before).summary() == "Version 1 → 1: nothing changed"


@given(WORDS, WORDS)
def test_both_lines_can_be_read_off_a_word_diff(before: list[str], after: list[str]) -> None:
    pieces = word_diff(" ".join(before), " ".join(after))
    assert " ".join(p.text for p in pieces if p.kind != "new").split() == before
    assert " ".join(p.text for p in pieces if p.kind != "gone").split() == after


@given(LINES, LINES)
def test_both_drafts_can_be_read_off_a_comparison(
    before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    comparison = compare(make_draft(before), make_draft(after))
    for texts, number, other in ((before, "before", "new"), (after, "after", "gone")):
        found = {
            getattr(line, number): " ".join(p.text for p in line.pieces if p.kind != other)
            for line in comparison.lines
            if getattr(line, number) is not None
        }
        assert {i + 1: text for i, text in enumerate(texts)} == {
            i: text.strip() for i, text in found.items()
        }


def test_a_section_that_moved_past_a_hook_is_marked_and_the_hook_is_not() -> None:
    hook, bridge = ("hold on to the light", "hold on all night"), ("now the bridge", "is burning")
    before = make_draft((*hook, *bridge, *hook))
    after = replace(make_draft((*bridge, *hook, *hook)), revision=2)
    assert set(compare(before, after).changed) == {1, 2}
