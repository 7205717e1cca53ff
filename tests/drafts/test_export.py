"""Files that other programs read: checked with their own parsers where there are any."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import av
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from atl_core.drafts.chords import read_key
from atl_core.drafts.draft import Draft, Section
from atl_core.drafts.export import FORMATS, export, file_name
from atl_core.drafts.sheet import drawn
from atl_core.errors import DraftError
from tests.drafts.examples import VERSE, make_draft

MANY_SCRIPTS = (
    "Ночной поезд 🚂",
    "夜行列車が走る",
    "l'été — “naïve”",
    "costs $5 and $6, {ok} [Hook]",
)


def song() -> Draft:
    sections = (Section("verse 1", 2), Section("hook", 2))
    return replace(make_draft(), sections=sections)


def test_text_has_title_particulars_and_sections() -> None:
    text = export(song(), "txt").decode()
    assert text.splitlines() == [
        "Midnight train",
        "A minor · 96 bpm · hip-hop",
        "",
        "[Verse 1]",
        *VERSE[:2],
        "",
        "[Hook]",
        *VERSE[2:],
    ]
    assert f"10  {VERSE[0]}" in export(song(), "txt", syllables=True).decode()


@pytest.mark.parametrize("texts", [VERSE, MANY_SCRIPTS])
def test_a_player_reads_the_lrc_with_its_times(texts: tuple[str, ...]) -> None:
    """FFmpeg's own LRC parser, as in mpv or VLC."""
    draft = make_draft(texts)
    title, shown = read_lrc(export(draft, "lrc"))
    assert title == "Midnight train"
    assert shown[: len(texts)] == [(line.start, line.text) for line in draft.lines]
    assert shown[len(texts) :] in ([], [(draft.lines[-1].end, "")])


def test_lines_with_one_start_are_shown_in_their_order() -> None:
    """FFmpeg hands both to the player, first the one that is written first."""
    draft = make_draft(VERSE)
    first, *rest = draft.lines
    draft = replace(draft, lines=(first, *(replace(line, start=first.start) for line in rest)))
    with av.open(io.BytesIO(export(draft, "lrc")), "r", format="lrc") as file:
        (stream,) = file.streams.subtitles
        shown = [bytes(packet).decode().strip() for packet in file.demux(stream) if packet.size]
    assert shown[: len(VERSE)] == list(VERSE)


def test_a_line_late_in_the_song_has_its_minutes() -> None:
    late = replace(make_draft().lines[0], start=3599.996, end=3700.0)
    assert "[60:00.00]midnight" in export(replace(make_draft(), lines=(late,)), "lrc").decode()


def test_chordpro_has_the_key_and_says_that_chords_are_suggestions() -> None:
    sheet = export(song(), "chordpro").decode()
    assert "{title: Midnight train}\n{key: Am}\n{tempo: 96}\n{time: 4/4}" in sheet
    assert "{comment: The chords are suggestions from the scale of A minor}" in sheet
    assert '{start_of_verse: label="Verse 1"}\n[Am]midnight train' in sheet
    assert "[F]every light" in sheet
    assert re.search(r'{start_of_chorus: label="Hook"}\n\[C\]got.*\n\[G\]nothing', sheet)
    assert sheet.count("{end_of_") == 2


def test_chordpro_puts_a_chord_on_each_bar_of_a_long_line() -> None:
    draft = make_draft()
    slow = tuple(replace(line, bar=2 * line.bar) for line in draft.lines)
    sheet = export(replace(draft, lines=slow), "chordpro").decode()
    assert "[Am]midnight train is [F]rolling through my town" in sheet


def test_chordpro_without_a_key_has_no_chords() -> None:
    draft = make_draft()
    sheet = export(
        replace(draft, listening=replace(draft.listening, key="unknown")), "chordpro"
    ).decode()
    assert "{key" not in sheet
    assert not re.search(r"\[[A-G]", sheet)


@pytest.mark.parametrize(
    ("name", "symbol", "chords"),
    [
        ("C major", "C", ("C", "G", "Am", "F")),
        ("A minor", "Am", ("Am", "F", "C", "G")),
        ("A# major", "Bb", ("Bb", "F", "Gm", "Eb")),
        ("Db minor", "C#m", ("C#m", "A", "E", "B")),
        ("F♯ minor", "F#m", ("F#m", "D", "A", "E")),
        ("Eb major", "Eb", ("Eb", "Bb", "Cm", "Ab")),
    ],
)
def test_chords_are_spelt_in_their_key(name: str, symbol: str, chords: tuple[str, ...]) -> None:
    key = read_key(name)
    assert key is not None
    assert key.symbol == symbol
    assert key.progression() == chords


def test_every_chord_of_every_key_is_made_of_its_scale() -> None:
    pitch = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
    thirds = {"": (4, 7), "m": (3, 7), "dim": (3, 6)}
    for tonic in ("C", "C#", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "A#", "Bb", "B"):
        for mode, steps in {
            "major": (0, 2, 4, 5, 7, 9, 11),
            "minor": (0, 2, 3, 5, 7, 8, 10),
        }.items():
            key = read_key(f"{tonic} {mode}")
            assert key is not None
            root = pitch[tonic[0]] + tonic.count("#") - tonic.count("b")
            scale = {(root + step) % 12 for step in steps}
            for degree in range(1, 8):
                match = re.fullmatch(r"([A-G])(#*|b*)(m|dim|)", key.chord(degree))
                assert match, key.chord(degree)
                bass = pitch[match[1]] + match[2].count("#") - match[2].count("b")
                notes = {bass % 12, *((bass + third) % 12 for third in thirds[match[3]])}
                assert notes <= scale, (key, degree)


@pytest.mark.parametrize("syllables", [False, True])
@pytest.mark.parametrize("count", [1, 8, 40, 64])
def test_the_lyric_sheet_is_one_page_with_everything_on_it(count: int, syllables: bool) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    texts = tuple(f"{VERSE[index % 4]} and then some more" for index in range(count))
    draft = make_draft(texts)
    sections = [("Verse", draft.lines[start : start + 8]) for start in range(0, count, 8)]
    figure = drawn("Midnight train", "A minor · 96 bpm", sections, syllables=syllables)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    boxes = [text.get_window_extent(canvas.get_renderer()) for text in figure.texts]
    assert len(boxes) == 2 + len(sections) + count * (2 if syllables else 1)
    for box in boxes:
        assert box.x0 >= 20
        assert box.x1 <= figure.bbox.width - 20
        assert box.y0 >= 20
        assert box.y1 <= figure.bbox.height - 20
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            touching = min(one.x1, other.x1) > max(one.x0, other.x0) and (
                min(one.y1, other.y1) - max(one.y0, other.y0) > 0.4 * min(one.height, other.height)
            )
            assert not touching


@pytest.mark.parametrize("texts", [VERSE, MANY_SCRIPTS, (), ("x" * 200,)])
def test_the_pdf_is_a_pdf_of_one_page(texts: tuple[str, ...]) -> None:
    pdf = export(make_draft(texts), "pdf", syllables=True)
    assert pdf.startswith(b"%PDF-1.")
    assert len(re.findall(rb"/Type /Page\b(?!s)", pdf)) == 1
    assert b"/FontType 42" in pdf or b"/Subtype /CIDFontType2" in pdf or b"TrueType" in pdf


WIDE = str.maketrans("［］｛｝＜＞＃＼()", "[]{}<>#\\[]")


def as_seen(text: str) -> str:
    """A text as an eye reads it: full-width signs as plain ones, one blank between words."""
    return " ".join(text.replace("\ufffd", "?").translate(WIDE).split())


TRICKY = st.text(
    alphabet=st.one_of(
        st.sampled_from("[]<>(){}#\\:.0159 aé夜\U0001f525%*|\"'-"),
        st.characters(exclude_categories=["Cs", "Cc"]),
    ),
    min_size=1,
    max_size=30,
).filter(lambda text: text.strip() and as_seen(text))


def read_lrc(content: bytes) -> tuple[str, list[tuple[float, str]]]:
    with av.open(io.BytesIO(content), "r", format="lrc") as file:
        (stream,) = file.streams.subtitles
        assert stream.time_base is not None
        shown = [
            (float(packet.pts * stream.time_base), bytes(packet).decode().removesuffix("\n"))
            for packet in file.demux(stream)
            if packet.pts is not None
        ]
        return file.metadata.get("title", ""), shown


def read_chordpro(content: bytes) -> tuple[str, list[str]]:
    """Title and lines by the rules of chordpro.org for comments, continued lines, chords."""
    title, lines = "", []
    for row in re.sub(r"\\\n\s*", "", content.decode()).split("\n"):
        if row.startswith("#"):
            continue
        if directive := re.fullmatch(r"\s*\{(.*)\}\s*", row):
            name, _, value = directive[1].partition(":")
            title = value.strip() if name == "title" else title
        elif row.strip():
            lines.append(re.sub(r"\[[^\]]*\]", "", row))
    return title, lines


@settings(deadline=None, max_examples=200)
@given(TRICKY, st.lists(TRICKY, min_size=1, max_size=4))
@example("Love [Remix]", ["[00:59.99] looks like a stamp", "<00:10.00> inline", "[ti:x] y"])
@example("Hey", ["(yeah, yeah)", "[la la]"])
@example("aux", ["#1 in the city", "to be continued \\", "(yeah) {ok} [Hook]"])
def test_every_reader_finds_each_title_and_line_whole(title: str, texts: list[str]) -> None:
    draft = replace(make_draft(tuple(texts)), title=title)
    read_title, shown = read_lrc(export(draft, "lrc"))
    assert as_seen(read_title) == as_seen(title)
    starts = [(line.start, as_seen(line.text)) for line in draft.lines]
    assert [(at, as_seen(text)) for at, text in shown][: len(texts)] == starts
    for key in ("A minor", "unknown"):
        heard = replace(draft.listening, key=key)
        chordpro = export(replace(draft, listening=heard), "chordpro")
        read_title, lines = read_chordpro(chordpro)
        assert as_seen(read_title) == as_seen(title)
        assert [as_seen(line) for line in lines] == [as_seen(text) for text in texts]
    assert [as_seen(line) for line in export(draft, "txt").decode().split("\n")][
        -1 - len(texts) : -1
    ] == [as_seen(text) for text in texts]


@pytest.mark.parametrize("title", ["aux", "CON", "nul", "Com1", "LPT9!", "prn"])
def test_no_file_bears_the_name_of_a_device(title: str) -> None:
    assert file_name(replace(make_draft(), title=title), "lrc").endswith("-lyrics.lrc")
    assert file_name(replace(make_draft(), title=title + " song"), "lrc").count("lyrics") == 0


@settings(deadline=None)
@given(st.lists(st.text(max_size=30), max_size=5).map(tuple))
def test_any_text_can_be_exported(texts: tuple[str, ...]) -> None:
    draft = make_draft(texts)
    for format_ in ("txt", "lrc", "chordpro"):
        assert export(draft, format_).decode()


def test_names_of_files_are_plain() -> None:
    draft = make_draft()
    assert file_name(draft, "lrc") == "midnight-train.lrc"
    assert file_name(replace(draft, title="Été / à côté?!"), "chordpro") == "ete-a-cote.cho"
    assert file_name(replace(draft, title="夜行"), "pdf") == "k7m2qd.pdf"
    timed = {"elrc", "srt", "ass", "ttml", "midi", "labels", "csv"}
    assert set(FORMATS) == {"txt", "lrc", "chordpro", "pdf", "json"} | timed
    with pytest.raises(DraftError, match="as txt, lrc, chordpro, pdf, json"):
        export(draft, "docx")


def test_a_player_does_not_stop_before_the_last_line() -> None:
    slow = make_draft()
    late = tuple(replace(line, start=line.start + 30, end=line.end + 30) for line in slow.lines)
    rows = export(replace(slow, lines=late), "lrc").decode().splitlines()
    assert "[length:00:40.00]" in rows
    assert rows[-1] == "[00:40.00]"
