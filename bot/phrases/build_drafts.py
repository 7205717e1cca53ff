"""From the parts of a phrase about a draft to its request, where that takes more than a call.

All raise `NotThisError` for parts that fit the pattern and yet do not make the request.
"""

from __future__ import annotations

import re
from typing import Final

from atl_core.edits.account import Help
from atl_core.edits.brief import SetBrief
from atl_core.edits.drafts import Duplicate, Search, SetTitle, Tag
from atl_core.edits.export import Export, Rehearse
from atl_core.edits.request import Request
from atl_core.edits.versions import Compare, GoBack
from atl_core.lyrics.checks import parse_genre, parse_mood, parse_seed_words
from atl_core.lyrics.form import NAMED_SCHEMES, parse_scheme
from bot.phrases.parts import BEAT, Parts, refuse
from bot.phrases.patterns import FORMATS
from bot.phrases.readers import read_number

_IDIOMS: Final = frozenset({"a day", "a night", "quits", "it", "off"})
"""What people call it without meaning a title."""
_LETTERS: Final = re.compile(r"[A-JXa-jx]+|[A-Xa-x](?:[ ,/|.-]+[A-Xa-x])*")


def tempo(parts: Parts) -> Request:
    said = parts.said("tempo")
    return SetBrief(tempo=float(read_number(said) or said))


def couplets(_: Parts) -> Request:
    return SetBrief(scheme=parse_scheme("couplets"))


def alternate(_: Parts) -> Request:
    return SetBrief(scheme=parse_scheme("alternate"))


def scheme(parts: Parts) -> Request:
    letters = parts.said("scheme") or parts.bare()
    if not (letters.casefold() in NAMED_SCHEMES or _LETTERS.fullmatch(letters)):
        # Any word is letters: "scheme should be" is not one.
        refuse()
    return SetBrief(scheme=parse_scheme(letters))


def syllables(parts: Parts) -> Request:
    return SetBrief(syllables=parts.number())


def seed_words(parts: Parts) -> Request:
    """`midnight and train` are two; who wants an "and" says it alone or in quotes."""
    part = "words" if parts.has("words") else "text"
    said = parts.bare(part)
    if not parts.quoted(part):
        said = re.sub(r"(?<=\w)(?:\s*,)?\s+(?:and|&|\+)\s+(?=\w)", " ", said, flags=re.IGNORECASE)
    return SetBrief(seed_words=parse_seed_words(said))


def genre(parts: Parts) -> Request:
    return SetBrief(genre=parse_genre(parts.said("genre").replace("hiphop", "hip-hop")))


def mood(parts: Parts) -> Request:
    return SetBrief(mood=parse_mood(parts.said("mood")))


def go_back(parts: Parts) -> Request:
    return GoBack(parts.nth() if parts.has("nth") else parts.number())


def compare(parts: Parts) -> Request:
    return Compare(parts.number(), parts.number("m") if parts.has("m") else None)


_SAID_OF_NAME: Final = re.compile(
    r"^\S+ (?:(?:should |must )?rhymes? with|sounds|is (?:said|pronounced|sung)) "
)


def title(parts: Parts) -> Request:
    text = parts.typed()
    bare = re.sub("^(?:an?|the) ", "", parts.said("text"))
    if not parts.quoted() and not {parts.said("text"), bare, text.casefold()}.isdisjoint(
        {*FORMATS, *_IDIOMS, "file", f"{bare.split(' ')[0]} file" * (bare.split(" ")[0] in FORMATS)}
    ):
        refuse()
    if not parts.quoted() and parts.said("text").startswith(("should be ", "it ")):
        refuse()
    if not parts.quoted() and _SAID_OF_NAME.search(parts.said("text")):
        # "The name Saoirse rhymes with inertia" is said of a word.
        refuse()
    return SetTitle(" ".join(text.split()))


def duplicate(parts: Parts) -> Request:
    return Duplicate(parts.typed() if parts.has("text") else "")


def search(parts: Parts) -> Request:
    if not parts.quoted() and parts.said("text").split()[0] in (
        "my", "our", "in", "through", "draft", "drafts", "song", "songs",
    ):  # fmt: skip
        # "Search my drfats for train" names a place, however it is spelt.
        refuse()
    if not parts.quoted() and re.search(r" in (?:all )?my \w+$", parts.said("text")):
        refuse()
    # Signs that the grammar passes over, such as "_", leave "for" where the words should begin.
    typed = re.sub(r"^for\s+(?=\W*_|[^\w\s])", "", parts.typed(), flags=re.IGNORECASE)
    return Search(typed)


def tag(parts: Parts) -> Request:
    return Tag(_tags(parts))


def untag(parts: Parts) -> Request:
    return Tag(_tags(parts), remove=True)


def export(parts: Parts) -> Request:
    chosen = FORMATS[parts.said("format")] if parts.has("format") else "txt"
    if chosen == "mp4" or chosen == "html":
        return Rehearse(format=chosen)
    return Export(chosen)


def rehearse(parts: Parts) -> Request:
    """`rehearse with beat.mp3`; what names no file and no link is no beat."""
    if not parts.has("text"):
        return Rehearse()
    said = parts.typed()
    return Rehearse(said) if BEAT.fullmatch(said) else refuse()


def question_mark(parts: Parts) -> Request:
    """By itself; after other words it asks something else."""
    return Help() if parts.alone() else refuse()


def _tags(parts: Parts) -> tuple[str, ...]:
    part = next(name for name in ("tags", "words", "text") if parts.has(name))
    said = re.split(r"[,\s]+", re.sub(r"#\s*", " #", parts.bare(part).casefold()))
    # A hash says that any word at all is meant as a tag.
    bare = {word for word in said if not word.startswith("#")}
    found = tuple(dict.fromkeys(w.lstrip("#") for w in said if w not in ("", "#", "and")))
    if not found or not {"it", "this", "as", "with", "the", "a", "in"}.isdisjoint(bare):
        refuse()
    return found
