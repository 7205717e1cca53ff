"""What people type is understood, mistyped or not, and never taken for something else."""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from atl_core.edits.account import ForgetMe, Help, MyData
from atl_core.edits.brief import SetBrief
from atl_core.edits.drafts import (
    DeleteDraft,
    Duplicate,
    ListDrafts,
    OpenDraft,
    RestoreDraft,
    Search,
    SetTitle,
    ShowDraft,
    ShowSyllables,
    Tag,
)
from atl_core.edits.export import EXPORT_FORMATS, Export
from atl_core.edits.line_ranges import Lines, Manner, Part, Whole
from atl_core.edits.lines import Delete, Insert, Lock, Replace, Swap, Unlock
from atl_core.edits.request import Request
from atl_core.edits.request_json import from_json, to_json
from atl_core.edits.rhymes import RhymeWith, ShowRhymes
from atl_core.edits.sections import (
    MOVES,
    AddSection,
    MoveSection,
    RepeatSection,
    ShapeSection,
    WriteForm,
)
from atl_core.edits.sharing import Collaborate, Share, Unshare
from atl_core.edits.versions import Compare, GoBack, Redo, ShowHistory, Undo
from atl_core.edits.words import UseWords
from atl_core.edits.writing import AnotherTake, Continue, Rewrite
from atl_core.errors import UserError
from atl_core.lyrics.brief import GENRES, MOODS
from atl_core.lyrics.song_form import SECTION_KINDS, FormPart
from bot.phrases import PhraseError, parse, suggestions
from bot.phrases.rules import RULES

HERE = Path(__file__).parent
LINES = 8


@dataclass(frozen=True)
class Said:
    phrase: str
    meant: str


def corpus() -> Iterator[Said]:
    meant = ""
    for line in (HERE / "phrases.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            meant = line[1:-1]
            yield Said(meant, meant)
        elif line and not line.startswith("# "):
            yield Said(line, meant)


CORPUS = tuple(corpus())
UNCLEAR = [
    line
    for line in (HERE / "unclear.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("# ")
]


VERBS = frozenset(
    "Options Take LineByLine SetBeat WriteForm AddSection RepeatSection MoveSection ShapeSection"
    " Avoid AvoidAlways ShowAvoided AllowWords UseInDraft AddAdlibs DropAdlibs SayAs SayAsUsual"
    " ShowSounds ShowInnerRhymes MoreRhymes ShowRhymes MyVersion KeepOther ShowWriters SkipIntro"
    " Tap ShowFlow CountTempo SetMetre BarOne MoveBarOne SetDensity StartLine Rehearse"
    " tempo".split()
)
"""What a writer chooses, says of words and sounds, and sets on the beat."""
WAYS = 25
"""Ways to say each of them, and ways to say something else, at least."""


def others() -> dict[str, list[str]]:
    """Phrases by the verb that they must not be taken for."""
    found: dict[str, list[str]] = {}
    for line in (HERE / "others.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            phrases = found.setdefault(line[1:-1], [])
        elif line and not line.startswith("# "):
            phrases.append(line)
    return found


@cache
def heard(phrase: str) -> Request | None:
    """What a phrase asks for, or None when it was refused; the corpus is read by several tests."""
    try:
        return parse(phrase, lines=LINES)
    except UserError:
        return None


def verb(phrase: str) -> str:
    """The verb that a phrase is taken for; empty when it was refused."""
    request = heard(phrase)
    if request is None:
        return ""
    return "tempo" if request.describe().startswith("set the tempo") else type(request).__name__


@pytest.fixture
def no_suggestions(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is suggested instead takes most of the time, and has its own test."""
    module = sys.modules["bot.phrases.parse"]  # the package has a function of that name
    monkeypatch.setattr(module, "suggestions", lambda *_: ("undo", "help"))


@pytest.mark.usefixtures("no_suggestions")
def test_each_verb_is_said_in_many_ways_and_not_heard_in_as_many_others() -> None:
    said = Counter(verb(one.phrase) for one in CORPUS)
    not_said = others()
    assert not_said.keys() == VERBS
    for name, phrases in not_said.items():
        assert said[name] >= WAYS, name
        assert len(set(phrases)) >= WAYS, name
        assert [phrase for phrase in phrases if verb(phrase) == name] == [], name


def understood(phrase: str) -> str | None:
    """What the request says it is, or None when the phrase was refused."""
    request = heard(phrase)
    return request.describe() if request else None


@pytest.mark.parametrize("meant", sorted({said.meant for said in CORPUS}))
def test_a_phrase_means_what_its_writer_meant(meant: str) -> None:
    for said in CORPUS:
        if said.meant == meant:
            assert understood(said.phrase) == meant, said.phrase


def test_what_is_unclear_leads_to_suggestions_and_never_to_an_action() -> None:
    for phrase in UNCLEAR:
        with pytest.raises(UserError) as refusal:
            print(phrase, "->", parse(phrase, lines=LINES))
        if isinstance(refusal.value, PhraseError):
            assert 2 <= len(set(refusal.value.suggestions)) <= 3
            for suggestion in refusal.value.suggestions:
                assert suggestion in str(refusal.value)
                parse(suggestion, lines=LINES)


EMOJI = ("🔥", "🙏", "🎸🤠", "❤️", "😂", "👀")
POLITE = ("please {}", "{} please", "hey, {}", "ok {}", "can you {}", "{}!!", "{} 🙏", "{}, thanks")
KEYS = {a: b for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm") for a, b in pairwise(row)}


OWN_WORDS = re.compile(
    r"(?:show rhymes for|rhyme with|set the (?:seed words|scheme|mood) to|tag it|the tag"
    r"|avoid|never say|allow|use) (.+)"
)
"""What the writer's own words are in a plain phrase that has no quotes around them."""


def mistyped(said: Said, chance: random.Random) -> str | None:
    """The phrase with one slip in a word of four letters or more that is not the writer's own."""
    own = set(re.findall(r"\w+", " ".join(re.findall(r'"(.*)"', said.meant)).casefold()))
    if unquoted := OWN_WORDS.search(said.meant):
        own |= set(re.findall(r"\w+", unquoted[1].casefold())) - {"line"}
    if " rhymes with " in said.meant or said.meant.startswith(("say ", "LA ", "poem ")):
        own |= set(re.findall(r"\w+", said.meant.casefold())) - {"rhymes", "syllable", "usual"}
    own |= {scheme.casefold() for scheme in re.findall(r"\b[A-DX]{4,8}\b", said.meant)}
    # What stands after a colon is the writer's line, to the letter, where it is no request.
    words = [
        match
        for match in re.finditer(r"[A-Za-z]{4,}", said.phrase.partition(":")[0])
        if match.group().casefold() not in own | {"ann", "zoe"}
    ]
    if not words or "forget" in said.meant or "k7m2qd" in said.meant:
        return None
    word = chance.choice(words)
    at = chance.randrange(1, len(word.group()) - 1)
    letters = list(word.group())
    match chance.randrange(4):
        case 0:
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        case 1:
            del letters[at]
        case 2:
            letters.insert(at, letters[at])
        case 3:
            letters[at] = KEYS.get(letters[at].lower(), "x")
    return said.phrase[: word.start()] + "".join(letters) + said.phrase[word.end() :]


def variants() -> Iterator[Said]:
    """Each phrase of the corpus with capitals, emoji, manners and a slip of the finger."""
    chance = random.Random(7)
    for said in CORPUS:
        free = ":" in said.phrase or said.meant.startswith(("title", "tag", "search", "duplicate"))
        if '"' not in said.meant and "@" not in said.meant:
            yield Said(f"{chance.choice(EMOJI)} {said.phrase.upper()}", said.meant)
        else:
            yield Said(said.phrase[0].upper() + said.phrase[1:], said.meant)
        if not free and '"' not in said.meant:
            yield Said(chance.choice(POLITE).format(said.phrase), said.meant)
        if slip := mistyped(said, chance):
            yield Said(slip, said.meant)


@pytest.mark.usefixtures("no_suggestions")
def test_thousands_of_variants_are_understood_and_none_misread() -> None:
    """Target of the project: 98 % understood, none taken for another action."""
    said = tuple(variants())
    assert len(CORPUS) >= 2000
    outcome = Counter[str]()
    misread = []
    for one in said:
        got = understood(one.phrase)
        # Capitals in the writer's own words stay as they were typed.
        right = got is not None and got.casefold() == one.meant.casefold()
        outcome["refused" if got is None else "right" if right else "misread"] += 1
        if got is not None and not right:
            misread.append((one.phrase, one.meant, got))
    assert misread == []
    assert outcome["right"] / len(said) >= 0.98, outcome


@pytest.mark.usefixtures("no_suggestions")
@pytest.mark.parametrize("no", ["don't {}", "do not {}", "never {}", "should I {}?", "who said {}"])
def test_a_phrase_that_is_denied_or_wondered_about_is_not_done(no: str) -> None:
    for said in CORPUS[::5]:
        assert understood(no.format(said.phrase)) != said.meant, said.phrase


WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=9)
TEXT = (
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=60)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
LINE = st.integers(1, LINES)
PLACES = st.one_of(
    st.just(Whole()),
    st.lists(LINE, min_size=1, unique=True).map(lambda n: Lines(tuple(sorted(n)))),
    st.sampled_from([Part("hook"), Part("verse 2"), Part("bridge"), Part("verse")]),
)
SOME_LINES = PLACES.filter(lambda place: place != Whole())
MANNERS = st.builds(
    Manner,
    mood=st.sampled_from([None, *MOODS]),
    genre=st.sampled_from([None, *GENRES]),
    energy=st.sampled_from([None, "low", "medium", "high"]),
    length=st.sampled_from([None, "shorter", "longer"]),
    explicit=st.sampled_from([None, True, False]),
)
NAMES = st.sampled_from(["hook", "verse 2", "bridge", "pre-chorus", "hook 2"])
SIDES = st.sampled_from(["before", "after"])
REQUESTS = st.one_of(
    st.builds(Continue, st.integers(1, 64)),
    st.builds(
        AddSection,
        st.sampled_from(SECTION_KINDS),
        st.one_of(st.none(), st.integers(2, 16)),
    ),
    st.builds(AddSection, st.sampled_from(SECTION_KINDS), st.none(), SIDES, NAMES),
    st.builds(
        WriteForm,
        st.lists(
            st.builds(
                FormPart,
                st.sampled_from(SECTION_KINDS),
                st.integers(3, 16),
                st.sampled_from([None, "AABB", "ABAB"]),
                st.sampled_from([None, 6, 12]),
                st.sampled_from([None, *MOODS]),
            ),
            min_size=2,
            max_size=6,
        ).map(tuple),
    ),
    st.builds(RepeatSection, NAMES, st.booleans()),
    st.builds(RepeatSection, NAMES, st.booleans(), SIDES, NAMES),
    st.builds(MoveSection, NAMES, st.sampled_from(sorted(MOVES))),
    st.builds(MoveSection, NAMES, st.none(), SIDES, NAMES).filter(
        lambda request: request.name != request.other
    ),
    st.builds(ShapeSection, NAMES, st.sampled_from(["AABB", "ABABCDCD"]), st.none()),
    st.builds(ShapeSection, NAMES, st.none(), st.integers(2, 16), st.just(7)),
    st.just(AnotherTake()),
    st.builds(Rewrite, PLACES, MANNERS),
    st.builds(RhymeWith, LINE, WORDS).filter(lambda r: not r.word.startswith("line")),
    st.builds(UseWords, TEXT.filter(lambda t: not set(t) & set(':="“”«»„')), LINE),
    st.builds(Replace, LINE, TEXT),
    st.builds(Insert, st.integers(0, LINES), st.one_of(st.just(""), TEXT)),
    st.builds(Delete, SOME_LINES),
    st.builds(Lock, PLACES),
    st.builds(Unlock, PLACES),
    st.tuples(LINE, LINE)
    .filter(lambda pair: pair[0] < pair[1])
    .map(lambda pair: Swap(*pair)),
    st.builds(SetBrief, tempo=st.integers(30, 299).map(float)),
    st.builds(SetBrief, scheme=st.sampled_from(["AABB", "ABAB", "XAXA", "AABBA"])),
    st.builds(SetBrief, syllables=st.integers(4, 20)),
    st.builds(SetBrief, genre=st.sampled_from(GENRES)),
    st.builds(SetBrief, mood=st.sampled_from(MOODS)),
    st.builds(SetBrief, explicit=st.booleans()),
    st.builds(SetBrief, seed_words=st.just(("midnight", "train"))),
    st.builds(Undo, st.integers(1, 9)),
    st.builds(Redo, st.integers(1, 9)),
    st.builds(GoBack, st.integers(1, 99)),
    st.builds(Compare, st.integers(1, 99), st.one_of(st.none(), st.integers(1, 99))),
    st.just(Compare()),
    st.builds(SetTitle, TEXT),
    st.builds(Tag, st.lists(WORDS, min_size=1, max_size=3, unique=True).map(tuple)),
    st.builds(Tag, st.tuples(WORDS), st.just(True)),
    st.builds(Duplicate, st.one_of(st.just(""), TEXT)),
    st.builds(Search, TEXT),
    st.builds(ShowRhymes, LINE),
    st.builds(ShowDraft, st.one_of(st.none(), st.integers(1, 99))),
    st.builds(Export, st.sampled_from(EXPORT_FORMATS)),
    st.sampled_from(
        [
            ListDrafts(), OpenDraft("k7m2qd"), ShowHistory(),
            ShowSyllables(), ShowRhymes(word="fire"), DeleteDraft(),
            RestoreDraft(), RestoreDraft("k7m2qd"), Share(), Unshare(),
            Unshare("@ann"), Collaborate("<@42>"), ForgetMe(), MyData(),
            Help(),
        ]
    ),
)  # fmt: skip


@settings(deadline=None)
@given(REQUESTS)
@example(Replace(3, '"quoted" and “twice”'))
@example(SetTitle("It"))
@example(Replace(1, "🔥🔥🔥"))
def test_a_request_says_itself_in_words_that_mean_it(request_: Request) -> None:
    assert parse(request_.describe(), lines=LINES) == request_


@settings(deadline=None)
@given(REQUESTS)
def test_a_request_survives_the_journey_as_json(request_: Request) -> None:
    assert from_json(to_json(request_)) == request_


@settings(deadline=None)
@given(st.text(max_size=80), st.integers(0, 64))
@example("line 3", 0)
@example("rewrite line 99999999999999999999", 8)
@example("make ² rhyme", 8)
@example("lock ٣", 8)
def test_any_text_is_either_understood_or_refused(text: str, lines: int) -> None:
    with suppress(UserError):
        assert parse(text, lines=lines).describe()


ALPHABET = sorted({word for rule in RULES for word in rule.words} | {"3", "-", ":", "5", "fire"})


@settings(deadline=None)
@given(st.lists(st.sampled_from(ALPHABET), min_size=1, max_size=7).map(" ".join))
def test_the_grammars_own_words_in_any_order_do_no_harm(text: str) -> None:
    """Whatever is understood can say what it is, and says the same again."""
    try:
        request: Any = parse(text, lines=LINES)
    except UserError:
        return
    assert parse(request.describe(), lines=LINES) == request


@settings(deadline=None)
@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=40))
def test_the_writers_own_line_is_kept_letter_for_letter(text: str) -> None:
    own = text.strip()
    assume(own and len(own.splitlines()) == 1)
    assert parse(f'line 5: "{own}"', lines=LINES) == Replace(5, own.strip())


@pytest.mark.parametrize(
    ("phrase", "complaint"),
    [
        ("rewrite line 9", "There is no line 9. This draft has lines 1 to 8."),
        ("lock 7-12", "There is no line 9."),
        ("line 12: hello there", "There is no line 12."),
        ("0 more lines", "That is no line at all."),
        ("scheme A", '"A" is not a rhyme scheme.'),
        ("make line 2 rhyme with line 2", "A line does not rhyme with itself."),
    ],
)
def test_what_cannot_be_is_said_plainly(phrase: str, complaint: str) -> None:
    with pytest.raises(UserError, match=re.escape(complaint)):
        parse(phrase, lines=LINES)


@pytest.mark.parametrize("word", ["chorus", "no", "stop", "sadder", "Hook"])
def test_a_line_of_one_word_that_may_be_a_request_is_offered_in_quotes(word: str) -> None:
    with pytest.raises(PhraseError) as refusal:
        parse(f"line 3: {word}", lines=LINES)
    assert parse(refusal.value.suggestions[0], lines=LINES) == Replace(3, word)


def test_suggestions_are_near_to_what_was_typed() -> None:
    assert "delete line 4" in suggestions("delete that line", LINES)
    assert any("rhyme" in phrase for phrase in suggestions("rhyme something with fire", LINES))
    assert len(set(suggestions("", 0))) == 3
    with pytest.raises(PhraseError, match=r"Did you mean “.+”, “.+” or “.+”"):
        parse("wibble", lines=LINES)


OWN_LINES = (
    "12:30 and I'm still up",
    "3:16 said I'm still alive",
    "12:30",
    "24/7 on the grind",
    "50 Cent told me so",
    "#1 in the city",
    "$5 a day = 150 a month",
    "(yeah, yeah)",
    "[Hook] la la",
    "\U0001f525 fire \U0001f525",
    "1: 2: 3: go",
    "10-4, good buddy",
    "7-11 at 3 a.m.",
    "lines 3 to 5 in my palm",
    "\u201cquoted\u201d and more",
    "it's 5:00 -> somewhere",
    "100% @ the 5-0",
    "\u00bfqu\u00e9? \u00a1ol\u00e9!",
)


@pytest.mark.parametrize("text", OWN_LINES)
@pytest.mark.parametrize(
    "before",
    ["line 5: ", "line 5\uff1a", "Line five : ", "change line 5 to: ",
     "please replace bar 5 with: ",
     "my line 5: ", "the fifth line: ", "line 5 = ", "5: "],
)  # fmt: skip
def test_what_stands_after_the_first_colon_is_the_line(before: str, text: str) -> None:
    assert parse(before + text, lines=LINES) == Replace(5, text)


SIGNS = (
    "12:30 3:16 24/7 #1 $100 50% = -> \uff1a ?! 1 2-4 to line with \U0001f525 (yeah) o'clock &"
).split()
LETTERS_AND_SIGNS = st.characters(categories=["L", "N", "P", "S"])


@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, LINES),
    st.lists(
        st.one_of(
            st.sampled_from(SIGNS),
            st.text(alphabet=LETTERS_AND_SIGNS, min_size=1, max_size=8),
        ),
        min_size=3,
        max_size=9,
    ),
)  # fmt: skip
def test_own_lines_come_back_to_the_letter(line: int, words: list[str]) -> None:
    text = " ".join(words)
    assume(any(map(str.isalnum, text)) and text[0] not in "\"'`\u201c\u2018\u201e\u00ab")
    # Words alone that are a request ("line 5: sadder") are asked back; signs and numbers are not.
    assume(re.search(r"[:=/$%#\U0001f525]", text))
    assume(not re.match(r"(my|this|these|to|rhymes?|use|mention|include)\b", text, re.IGNORECASE))
    assert parse(f"line {line}: {text}", lines=LINES) == Replace(line, text)


@pytest.mark.parametrize(
    ("phrase", "meant"),
    [
        ("change line 5 to 12:30 and counting", Replace(5, "12:30 and counting")),
        ("change line 5 to :) and smile", Replace(5, ":) and smile")),
        ("line 5 should be :3 at home", Replace(5, ":3 at home")),
        ("set line 5 to : plain words here", Replace(5, "plain words here")),
        ("change line 5 to $5 a day", Replace(5, "$5 a day")),
        ("search my drafts for _", Search("_")),
        ("search for _", Search("_")),
        ("search for 100%", Search("100%")),
        ("undo 2 times", Undo(2)),
    ],
)
def test_signs_and_numbers_are_the_writers(phrase: str, meant: Request) -> None:
    assert parse(phrase, lines=LINES) == meant


@pytest.mark.parametrize(
    ("phrase", "complaint"),
    [
        ("line 5: \U0001f525\U0001f525\U0001f525", "A line needs a word"),
        ("undo 0 times", "0 steps"),
        ("add an ad-lib to line 3", "not sure"),
        ("put a metaphor in line 3", "not sure"),
        ("5:30", "not sure"),
        ("line 50: hello", "no line 50"),
        ("line 5: sadder", "not sure"),
    ],
)
def test_what_is_no_request_is_asked_back(phrase: str, complaint: str) -> None:
    with pytest.raises(UserError, match=complaint):
        parse(phrase, lines=LINES)


@pytest.mark.parametrize(
    "own",
    [
        "use the word fire on the clock",
        "rhyme with orange and I'm still up",
        "tag me of my heart.",
        "search for me in the city!",
        "mention the price of gas again",
    ],
)
def test_what_begins_like_a_request_and_is_none_is_the_writers_line(own: str) -> None:
    assert parse(f"line 5: {own}", lines=LINES) == Replace(5, own)


@pytest.mark.parametrize("said", ["line 5: use fire", "line 5: rhyme with fire", "line 5: sadder"])
def test_what_may_be_a_request_after_a_colon_is_asked_back(said: str) -> None:
    with pytest.raises(PhraseError):
        parse(said, lines=LINES)
