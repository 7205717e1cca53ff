"""Lyrics from files: text, Word, LRC, ChordPro; and what only looks like one."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atl_core.errors import BriefError, UserError
from atl_core.lyrics.documents import MAX_BYTES, MAX_UNPACKED, read_document

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(body: str, *, head: str = "", name: str = "word/document.xml") -> bytes:
    """A Word file with some XML in its body."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        xml = f'<?xml version="1.0"?>{head}<w:document {W}><w:body>{body}</w:body></w:document>'
        archive.writestr(name, xml)
    return made.getvalue()


def paragraph(*runs: str) -> str:
    return f"<w:p>{''.join(f'<w:r><w:t>{run}</w:t></w:r>' for run in runs)}</w:p>"


def test_a_word_file_is_its_paragraphs() -> None:
    body = (
        paragraph("I left my ", "home &amp; town")
        + "<w:p/>"
        + "<w:p><w:r><w:t>One</w:t><w:br/><w:t>two</w:t></w:r></w:p>"
        + "<w:p><w:del><w:r><w:delText>gone</w:delText><w:t>gone</w:t></w:r></w:del>"
        + "<w:r><w:instrText>PAGE</w:instrText><w:t>…</w:t></w:r></w:p>"
    )
    assert read_document(docx(body), "song.docx") == "I left my home & town\n\nOne\ntwo\n…"


def test_lrc_loses_its_times_and_tags() -> None:
    text = "[ar:Ann]\n[ti:Home]\n[00:01.20]I left my home\n[00:03.50][00:09.50]<00:03.6>And came\n"
    assert read_document(text.encode(), "x.lrc") == "I left my home\nAnd came"
    assert read_document(text.encode(), "x.txt") == "I left my home\nAnd came"


def test_chordpro_loses_its_chords_and_keeps_its_sections() -> None:
    text = (
        "{title: Home}\n{key: G}\n# a remark\n{start_of_verse: Verse 1}\nI [G]left my [D/F#]home\n"
        "{end_of_verse}\n{sot}\ne|--0--|\n{eot}\n{soc}\n[Am7]Take me ho[G]me\n{eoc}\n{c: Verse 2}\n"
    )
    read = [row for row in read_document(text.encode(), "x.cho").splitlines() if row]
    assert read == ["[Verse 1]", "I left my home", "[Chorus]", "Take me home", "[Verse 2]"]


def test_headings_of_plain_text_are_no_chords() -> None:
    text = "[Verse 1]\nA line of mine\n[Chorus]\nAnother one"
    assert read_document(text.encode(), "x.txt") == text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_comes_as_editors_save_it(encoding: str) -> None:
    assert read_document("Café – déjà vu\r\n".encode(encoding), "x.txt").split() == [
        "Café", "–", "déjà", "vu",
    ]  # fmt: skip


def entities() -> bytes:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    return docx(paragraph("&l8;"), head=f'<!DOCTYPE d [<!ENTITY l0 "lol">{lol}]>')


@pytest.mark.parametrize(
    ("data", "name", "problem"),
    [
        (b"x" * (MAX_BYTES + 1), "x.txt", "too large"),
        (b"PK\x03\x04 and nothing else", "x.docx", "not a Word file"),
        (docx("", name="xl/workbook.xml"), "x.docx", "not a Word file"),
        (docx("<w:p><w:r>"), "x.docx", "not a Word file"),
        (docx(" " * (MAX_UNPACKED + 1)), "x.docx", "too large"),
        (entities(), "x.docx", "not a Word file"),
        (b"\xd0\xcf\x11\xe0 an old Word file", "x.doc", "not a text"),
        (b"%PDF-1.7", "x.pdf", "not a text"),
        (bytes(range(256)), "x.txt", "not a text"),
        (b"RIFF\0\0\0\0WAVEfmt ", "x.txt", "not a text"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, name: str, problem: str) -> None:
    with pytest.raises(BriefError, match=problem):
        read_document(data, name)


@pytest.mark.parametrize("text", ["{a" + " " * 200_000 + "x", "[*" * 150_000, "{c:" * 100_000])
def test_no_text_takes_longer_than_its_length(text: str) -> None:
    """Patterns that go back over what they have read took minutes to hours for each of these."""
    assert isinstance(read_document(text.encode(), "song.cho"), str)


@given(st.binary(max_size=400), st.sampled_from(["x.docx", "x.txt", "x.lrc", "x.cho", ""]))
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    with suppress(UserError):
        assert isinstance(read_document(data, name), str)


@given(st.integers(0, 500), st.binary(min_size=1, max_size=3))
def test_a_damaged_word_file_is_read_or_refused(at: int, noise: bytes) -> None:
    data = bytearray(docx(paragraph("I left my home")))
    data[at : at + len(noise)] = noise
    with suppress(UserError):
        assert isinstance(read_document(bytes(data), "x.docx"), str)
