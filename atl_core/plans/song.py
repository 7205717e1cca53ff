"""Plans of new drafts and of whole songs: sections, each written by the same loop. Pure; no model.

Verses of one song have the same shape: as many lines as the first, of the same syllables, rhymed
alike. Hooks come back with the same words, and the first line of a hook has the title.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from atl_core.audio.listening import Listening
from atl_core.drafts.draft import Draft
from atl_core.drafts.names import titled
from atl_core.edits.arrange import placed
from atl_core.edits.choices import OPTIONS
from atl_core.edits.pieces import Piece, insert_at, kind_of, pieces_of, sections_of, the_piece
from atl_core.edits.sections import AddSection, RepeatSection, ShapeSection, WriteForm, repeated
from atl_core.edits.wish import Wish
from atl_core.errors import DraftError
from atl_core.lyrics.brief import Brief, Line
from atl_core.lyrics.checks import MAX_LINES, check_brief
from atl_core.lyrics.form import UNRHYMED, Slot, plan, rhyme_letters
from atl_core.lyrics.song_form import REPEATED, USUAL_LINES, FormPart
from atl_core.lyrics.text import words
from atl_core.lyrics.vocabulary import is_common
from atl_core.lyrics.wordlists import is_clean
from atl_core.plans.plan import Passage, Plan

TITLE_WORDS: Final = 5
"""A title of more words is not asked for in a line: it would be all of it."""
SEEDS: Final = 3
"""More seed words than these are a list, and no title."""

SectionRequest = WriteForm | AddSection | ShapeSection | RepeatSection


def plan_new(wish: Wish, listening: Listening, captioner: str) -> Plan:
    """What is to be written for a new draft to a beat.

    Raises:
        BriefError: what is asked for cannot be written.
    """
    brief = wish.brief(listening)
    if wish.form:
        return plan_form(wish.form, brief, listening, captioner)
    slots = plan(brief, listening.bar_times, listening.duration, first=0, count=brief.lines)
    made = Plan(slots, (), brief, brief, listening, captioner)
    return replace(made, options=OPTIONS, goal=brief.lines) if wish.options else made


def plan_form(form: Sequence[FormPart], brief: Brief, listening: Listening, captioner: str) -> Plan:
    """The plan of a new song in a form. The brief's `lines` are those of a verse.

    Raises:
        BriefError: the song would become too long.
    """
    title = brief.seed_words if len(brief.seed_words) <= SEEDS else ()
    pieces = _laid_out(form, (), brief, title)
    return _planned(pieces, brief, brief, listening, captioner)


def plan_sections(request: SectionRequest, draft: Draft, steer: Brief) -> Plan:
    """The plan of a draft whose sections are asked to be otherwise.

    Args:
        steer: the brief to write by.

    Raises:
        DraftError: the draft has no such section, or what would change is locked.
        BriefError: the song would become too long.
    """
    title = title_words(draft)
    match request:
        case WriteForm(form=form):
            pieces = _laid_out(form, pieces_of(draft), draft.brief, title)
        case AddSection():
            pieces = _with_section(request, draft, title)
        case RepeatSection():
            pieces = _twisted(request, draft)
        case ShapeSection():
            pieces = _reshaped(request, draft)
    made = _planned(pieces, draft.brief, steer, draft.listening, draft.captioner)
    return replace(made, based_on=draft.revision)


def title_words(draft: Draft) -> tuple[str, ...]:
    """The words of a draft's title that a hook can have; none where nobody gave it one: where it is
    named after its beat or its first line."""
    found = tuple(words(draft.title.casefold()))
    seeds = draft.brief.seed_words
    by_beat = draft.title == titled(draft.brief, draft.beat_name) and not 0 < len(seeds) <= SEEDS
    by_line = draft.lines and draft.lines[0].text.startswith(draft.title)
    known = all(is_common(word) or word in seeds for word in found)
    fits = 0 < len(found) <= TITLE_WORDS and not (by_beat or by_line) and known
    return found if fits and (draft.brief.explicit or is_clean(" ".join(found))) else ()


def _planned(
    pieces: Sequence[Piece], brief: Brief, steer: Brief, listening: Listening, captioner: str
) -> Plan:
    """A plan of pieces that follow each other."""
    lines: list[Line | Slot] = []
    passages = []
    repeats: list[tuple[int, int]] = []
    firsts: dict[int, int] = {}
    for piece, section in zip(pieces, sections_of(pieces), strict=True):
        first = firsts[id(piece)] = len(lines)
        passages.append(Passage(first, section.name, piece.mood, piece.opening))
        if piece.of is not None:
            source = firsts[id(piece.of)]
            slots = [n for n, line in enumerate(piece.lines) if isinstance(line, Slot)]
            repeats += [(first + n, source + n) for n in slots]
        lines += piece.lines
    brief = check_brief(replace(brief, lines=len(lines)))
    steer = replace(steer, lines=len(lines))
    return Plan(
        placed(lines, brief, listening), sections_of(pieces), brief, steer, listening, captioner,
        passages=tuple(passages), repeats=tuple(repeats),
    )  # fmt: skip


def _laid_out(
    form: Sequence[FormPart], there: Sequence[Piece], brief: Brief, title: tuple[str, ...]
) -> list[Piece]:
    """The pieces of a form. Those that are there already take their places, in their order; what
    the form has no place for comes last."""
    left = list(there)
    letters = _fresh_letters(there)
    pieces: list[Piece] = []
    firsts: dict[str, tuple[FormPart, Piece]] = {}
    for part in form:
        known, first = firsts.get(part.kind, (None, None))
        own = next((piece for piece in left if piece.kind == part.kind), None)
        if own is not None:
            left.remove(own)
            piece = own
        elif first is not None and known == part and part.kind in REPEATED:
            piece = _again(first)
        else:
            like = first if known == part else None
            name = _name(part.kind, [*pieces, *left])
            slots = _slots(part, like, brief, letters)
            opening = title if part.kind == "hook" and first is None else ()
            piece = Piece(name, tuple(slots), part.mood, opening)
        firsts.setdefault(part.kind, (part, piece))
        pieces.append(piece)
    return [*pieces, *left]


def _again(piece: Piece) -> Piece:
    """A piece once more, with the same words."""
    return Piece(piece.name, tuple(piece.unlocked()), of=piece)


def _name(kind: str, others: Sequence[Piece]) -> str:
    """`hook`, and for one more `hook 2`; a verse has a number always."""
    same = len({piece.name for piece in others if piece.kind == kind})
    return f"{kind} {same + 1}" if kind == "verse" or same else kind


def _slots(
    part: FormPart, like: Piece | None, brief: Brief, letters: Iterator[str]
) -> Iterator[Slot]:
    """The lines of a new section: as another one has them, or as is said of it."""
    if like and part.lines in (None, len(like.lines)):
        targets = [line.target for line in like.lines]
        pattern: Sequence[str] = [line.rhyme for line in like.lines]
    else:
        usual = brief.lines if part.kind == "verse" else USUAL_LINES[part.kind]
        count = part.lines or (len(like.lines) if like else min(usual, MAX_LINES))
        targets = [part.syllables or brief.syllables] * count
        scheme = part.scheme or brief.scheme
        # Two lines by themselves are a couplet.
        pattern = rhyme_letters("AA" if count == 2 and not part.scheme else scheme, count)
    yield from _with_letters(targets, pattern, letters)


def _with_letters(
    targets: Sequence[int], pattern: Sequence[str], letters: Iterator[str]
) -> Iterator[Slot]:
    """Slots that rhyme as a pattern says, by letters that no other line has."""
    # A letter that stands once rhymes with nothing.
    named = {letter: UNRHYMED for letter in pattern if pattern.count(letter) == 1}
    named[UNRHYMED] = UNRHYMED
    for target, letter in zip(targets, pattern, strict=True):
        if letter not in named:
            named[letter] = next(letters)
        yield Slot(0, target, named[letter], 0, 0.0, 0.0)


def _fresh_letters(pieces: Sequence[Piece]) -> Iterator[str]:
    """Rhyme letters that no line has."""
    taken = {line.rhyme for piece in pieces for line in piece.lines}
    return (letter for letter in rhyme_letters("A", 4 * MAX_LINES) if letter not in taken)


def _with_section(request: AddSection, draft: Draft, title: tuple[str, ...]) -> list[Piece]:
    """The draft's sections with one more, where such a section usually is unless it is said.

    A pre-chorus comes before each hook that follows a verse, with the same words.
    """
    pieces = list(pieces_of(draft))
    same = [piece for piece in pieces if piece.kind == request.kind]
    part = FormPart(request.kind, request.lines)
    lines = len(same[0].lines) if same else USUAL_LINES["verse"]
    brief = replace(draft.brief, lines=lines)
    slots = tuple(_slots(part, same[0] if same else None, brief, _fresh_letters(pieces)))
    opening = title if request.kind == "hook" and not same else ()
    piece = Piece(_name(request.kind, pieces), slots, opening=opening)
    if request.side:
        places = [insert_at(pieces, request.side, request.other)]
    else:
        places = _usual_places(request.kind, pieces)
    for count, at in enumerate(places):
        pieces.insert(at + count, piece if count == 0 else _again(piece))
    return pieces


def _usual_places(kind: str, pieces: Sequence[Piece]) -> list[int]:
    if kind == "intro":
        return [0]
    hooks = [n for n, piece in enumerate(pieces) if piece.kind == "hook"]
    if kind == "pre-chorus" and hooks:
        return [n for n in hooks if n and pieces[n - 1].kind == "verse"] or hooks[:1]
    return [len(pieces)]


def _twisted(request: RepeatSection, draft: Draft) -> list[Piece]:
    """The draft's sections with one of them once more, the last line of that to be written."""
    pieces, at = repeated(draft, request)
    *kept, last = pieces[at].lines
    slot = Slot(0, last.target, last.rhyme, 0, 0.0, 0.0)
    pieces[at] = replace(pieces[at], lines=(*kept, slot))
    return pieces


def _reshaped(request: ShapeSection, draft: Draft) -> list[Piece]:
    """The draft's sections, one of them (or all verses) in another shape.

    Another number of lines alone leaves the lines that are there; another scheme or length of
    lines has all of them written anew that are not locked. A section with the same words as one
    above follows it.
    """
    pieces = list(pieces_of(draft))
    the_piece(pieces, request.name)  # there is one
    numbered = request.name != kind_of(request.name)
    letters = _fresh_letters(pieces)
    shaped: dict[tuple[str, ...], Piece] = {}
    for n, piece in enumerate(pieces):
        if piece.kind != kind_of(request.name) or (
            numbered and n != the_piece(pieces, request.name)
        ):
            continue
        texts = tuple(line.text for line in piece.lines if isinstance(line, Line))
        first = shaped.get(texts)
        changed = _again(first) if first else _in_shape(piece, request, draft.brief, letters)
        shaped.setdefault(texts, changed)
        pieces[n] = changed
    return pieces


def _in_shape(piece: Piece, request: ShapeSection, brief: Brief, letters: Iterator[str]) -> Piece:
    count = request.lines or len(piece.lines)
    kept, dropped = piece.lines[:count], piece.lines[count:]
    if any(isinstance(line, Line) and line.locked for line in dropped):
        raise DraftError("A line that would go is locked.", remedy="Unlock it first.")
    more = count - len(kept)
    targets = [request.syllables or line.target for line in kept]
    targets += [request.syllables or kept[-1].target] * more
    scheme = request.scheme or brief.scheme
    if request.scheme:
        slots = list(_with_letters(targets, rhyme_letters(scheme, count), letters))
    else:
        slots = [
            Slot(0, target, line.rhyme, 0, 0.0, 0.0)
            for target, line in zip(targets, kept, strict=False)
        ]
        slots += _with_letters(targets[len(kept) :], rhyme_letters(scheme, more), letters)
    stay = not (request.scheme or request.syllables)
    lines = [
        replace(line, rhyme=slot.rhyme)
        if isinstance(line, Line) and (stay or line.locked)
        else slot
        for slot, line in zip(slots, [*kept, *slots[len(kept) :]], strict=True)
    ]
    return replace(piece, lines=tuple(lines))


def passages_of(draft: Draft) -> tuple[Passage, ...]:
    """The sections of a draft, to be written anew one by one; a hook keeps the title."""
    title, passages, first = title_words(draft), list[Passage](), 0
    for piece in pieces_of(draft):
        line = piece.lines[0]
        has_title = isinstance(line, Line) and set(title) <= set(words(line.text.casefold()))
        opening = title if piece.kind == "hook" and has_title else ()
        passages.append(Passage(first, piece.name, opening=opening))
        first += len(piece.lines)
    return tuple(passages)
