"""Drafts that come back from a file: all of it is right, or nothing is saved."""

from __future__ import annotations

import base64
import json
import random
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atl_core.audio import listening as listening_module
from atl_core.drafts.draft import Draft, Section
from atl_core.drafts.export import FORMATS, export
from atl_core.drafts.import_json import HEARD_ELSEWHERE, MAX_BYTES, import_draft
from atl_core.drafts.store import DraftStore
from atl_core.errors import DraftError
from bot.render.console import console
from bot.render.drafts import render_draft
from tests.drafts.examples import VERSE, draft_values, make_draft, make_listening

Json = dict[str, Any]


def exported(**changes: Any) -> Json:
    draft = replace(make_draft(), tags=("demo",), sections=(Section("verse 1", 4),))
    return dict(json.loads(export(draft, "json"))) | changes


def written(file: Json) -> bytes:
    return json.dumps(file).encode()


QUICK_FORMATS = sorted(FORMATS.keys() - {"pdf"})


def used(draft: Draft, formats: Sequence[str] = QUICK_FORMATS) -> None:
    """What is done with any saved draft: it is listed, shown and exported."""
    screen = console()
    with screen.capture():
        screen.print(render_draft(draft))
    for format_ in formats:
        export(draft, format_)


async def test_what_was_exported_as_json_imports_again(store: DraftStore) -> None:
    draft = replace(make_draft(), tags=("demo",), sections=(Section("verse 1", 2), Section("b", 2)))
    again = await store.create("bob", **import_draft(export(draft, "json")))
    for name in ("title", "lines", "sections", "brief", "verdict", "tags", "beat_name"):
        assert getattr(again, name) == getattr(draft, name), name
    assert again.listening == replace(draft.listening, version=HEARD_ELSEWHERE)
    assert b"ann" not in export(draft, "json"), "a file says nothing of its owner"
    used(again)


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=30), max_size=5))
def test_any_text_comes_back(texts: list[str]) -> None:
    lines = import_draft(export(make_draft(tuple(texts)), "json"))["lines"]
    assert [line.text for line in lines] == texts


@pytest.mark.parametrize(
    "data",
    [b"", b"null", b"[]", b"{}", b"\xff\xfe", b'{"kind": "other"}', b"[" * 100_000],
)
def test_what_is_no_exported_draft_is_refused(data: bytes) -> None:
    with pytest.raises(DraftError, match="no draft that I exported"):
        import_draft(data)


def test_a_newer_export_asks_for_an_upgrade() -> None:
    with pytest.raises(DraftError, match="newer version"):
        import_draft(written(exported(version=9)))


def at(*steps: str | int) -> Callable[[Json, Any], None]:
    def put(file: Json, value: Any) -> None:
        place: Any = file
        for step in steps[:-1]:
            place = place[step]
        place[steps[-1]] = value

    return put


NO_LINE = {"text": "x"}


@pytest.mark.parametrize(
    ("put", "value", "said"),
    [
        (at("brief", "genre"), "polka", "brief, genre: it can be 'hip-hop' or 'country'"),
        (at("brief", "genre"), "", "brief, genre"),
        (at("brief", "mood"), None, "brief, mood"),
        (at("brief", "lines"), -3, "-3 lines"),
        (at("brief", "tempo"), float("nan"), "brief, tempo: it is a number that is not infinite"),
        (at("brief", "scheme"), "", "rhyme scheme"),
        (at("lines", 2, "rhyme"), "", "line 3, rhyme"),
        (at("lines", 0, "text"), None, "line 1, text: it is a text"),
        (at("lines", 0, "text"), "two\nlines", "line 1, text"),
        (at("sections", 0, "name"), " ", "section 1, name"),
        (at("lines", 0, "text"), "la" * 10_000, "line 1, text: at most 1000"),
        (at("lines", 1, "syllables"), -1, "line 2, syllables: it is at least 0"),
        (at("lines", 1, "start"), float("inf"), "line 2, start"),
        (at("lines", 1), NO_LINE, "line 2, syllables: it is missing"),
        (at("lines"), [NO_LINE] * 50_000, "lines: at most 64"),
        (at("lines"), None, "lines: it is a list"),
        (at("listening", "genre"), {"hip-hop": 1.0}, "hip-hop and country each need a share"),
        (at("listening", "genre"), {"polka": 1.0}, "listening, genre"),
        (at("listening", "sha256"), "../../etc", "listening, sha256"),
        (at("listening", "tempo"), 0, "listening, tempo: it is at least 10"),
        (at("listening", "duration"), float("-inf"), "listening, duration"),
        (at("listening", "beats"), [1e300], "listening, beat 1: it is at most"),
        (at("listening", "tags"), {"a" * 10_000: 0.5}, "listening, tags"),
        (at("verdict", "words"), [{"word": "x"}], "verdict, word 1, genre: it is missing"),
        (at("sections", 0, "lines"), 0, "section 1, lines: it is at least 1"),
        (at("tags"), [""], "tag 1"),
        (at("tags"), [" ,# "], "tag cannot be used"),
        (at("title"), "", "title: it is empty"),
        (at("title"), "\u2028 ", "title is empty"),
        (at("seconds"), {"write": "soon"}, "seconds, write: it is a number"),
        (at("version"), "1", "version: it is a whole number"),
        (at("captioner"), 3, "captioner: it is a text"),
    ],
)
def test_the_sentence_names_the_place(put: Any, value: Any, said: str) -> None:
    file = exported()
    put(file, value)
    with pytest.raises(DraftError) as refused:
        import_draft(written(file))
    assert said in str(refused.value)
    assert "ydantic" not in str(refused.value)


def test_too_large_a_file_is_not_parsed() -> None:
    with pytest.raises(DraftError, match=r"too large .*4 MB are accepted"):
        import_draft(b" " * (MAX_BYTES + 1))


def test_halves_of_characters_and_control_characters_do_not_come_in() -> None:
    file = exported(title="a\x1b]0;b\x07", beat="bea\udcfft.wav")
    data = json.dumps(file, ensure_ascii=True).encode().replace(b"\\udcff", b"\\ufffd")
    values = import_draft(data)
    assert values["title"] == "a ]0;b"
    assert values["beat_name"] == "bea\ufffdt.wav"
    with pytest.raises(DraftError, match="character"):
        import_draft(json.dumps(file).encode())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_file_that_an_editor_saved_in_another_encoding_is_read(encoding: str) -> None:
    file = exported(title="Ночной поезд 🚂")
    values = import_draft(json.dumps(file, ensure_ascii=False).encode(encoding))
    assert values["title"] == "Ночной поезд 🚂"


def test_what_is_packed_is_not_taken_from_a_file() -> None:
    bomb = base64.b64encode(zlib.compress(bytes(10_000_000), 9)).decode()
    file = exported()
    file["listening"] |= {"clip_picture": bomb, "clip_patches": bomb, "patch_tags": bomb}
    heard = import_draft(written(file))["listening"]
    assert (heard.clip_picture, heard.clip_patches, heard.patch_tags) == ("", "", "")


def test_unpacking_is_bounded() -> None:
    bomb = base64.b64encode(zlib.compress(bytes(20_000_000), 9)).decode()
    with pytest.raises(ValueError, match="larger"):
        listening_module._unpacked(bomb)


async def test_an_import_changes_nothing_that_other_drafts_share(store: DraftStore) -> None:
    mine = await store.create("ann", **draft_values())
    file = exported()
    file["listening"] |= {"key": "G major", "tempo": 140.0, "version": 999_999}
    theirs = await store.create("bob", **import_draft(written(file)))
    assert (await store.get(mine.id, "ann")).listening == make_listening()
    assert theirs.listening == make_listening()
    assert await store.get(theirs.id, "bob") == theirs


async def test_an_ear_that_hears_the_beat_knows_better_than_a_file(store: DraftStore) -> None:
    file = exported()
    file["listening"] |= {"key": "G major"}
    theirs = await store.create("bob", **import_draft(written(file)))
    assert theirs.listening.key == "G major"
    await store.create("ann", **draft_values())
    assert (await store.get(theirs.id, "bob")).listening.key == "A minor"


NASTY: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(None, "", " ", "polka", "\x00", "\u202e", "x" * 100_000, "9" * 40, "NaN", True, False),
        *(-1, 0, 2**31, 2**63, 10**400, -1e308, float("nan"), float("inf"), 0.5, [], {}, [[]]),
        *({"text": 1}, ["x"] * 1000, [None]),
    ]
)


def places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, item in inner:
        found.append((*here, key))
        if isinstance(item, dict | list):
            found += places(item, (*here, key))
    return found


EXPORTED = exported()
PLACES = places(EXPORTED)


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(st.sampled_from(PLACES), NASTY | st.just("gone")), min_size=1, max_size=3),
    st.sampled_from(QUICK_FORMATS),
)
def test_a_mutated_file_is_refused_or_makes_a_draft_that_works(
    changes: list[tuple[tuple[Any, ...], Any]], format_: str
) -> None:
    file: Any = deepcopy(EXPORTED)
    for place, value in changes:
        # A change may have taken away what a later one wants to change.
        with suppress(KeyError, IndexError, TypeError):
            inner = file
            for step in place[:-1]:
                inner = inner[step]
            if value == "gone":
                del inner[place[-1]]
            else:
                inner[place[-1]] = value
    try:
        values = import_draft(written(file))
    except DraftError:
        return
    used(replace(make_draft(), **values), [format_])


def test_flipped_bits_are_refused_or_make_a_draft_that_works() -> None:
    dice, data = random.Random(15), export(make_draft(VERSE), "json")
    accepted = 0
    for _ in range(300):
        spoilt = bytearray(data)
        for _ in range(dice.randint(1, 4)):
            spoilt[dice.randrange(len(spoilt))] ^= 1 << dice.randrange(8)
        try:
            values = import_draft(bytes(spoilt))
        except DraftError:
            continue
        format_ = QUICK_FORMATS[accepted % len(QUICK_FORMATS)]
        used(replace(make_draft(), **values), [format_])
        accepted += 1
    assert accepted, "nothing was changed that may be changed"
