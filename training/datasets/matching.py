"""Whether what was found is what was wanted: title, artist, duration, version, language."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Final

from atl_core.lyrics.text import words

VERSIONS: Final = {
    "live": ("live", "in concert", "unplugged", "tiny desk", "live session"),
    "cover": ("cover", "covered by", "tribute", "in the style of", "made famous by", "reaction"),
    "remix": ("remix", "remixed", "mashup", "bootleg", "edit", "mix", "rework", "vip mix"),
    "karaoke": ("karaoke", "backing track", "sing along", "singalong", "minus one"),
    "instrumental": ("instrumental", "type beat", "no vocals"),
    "acoustic": ("acoustic", "stripped", "piano version"),
    "altered": ("sped up", "spedup", "slowed", "reverb", "nightcore", "8d", "bass boosted"),
    "demo": ("demo", "snippet", "teaser", "preview", "trailer", "behind the scenes", "making of"),
    "part": ("medley", "full album", "1 hour", "one hour", "loop", "lesson", "tutorial"),
}  # fmt: skip
"""Kinds of versions that are not the song, by the words that give them away."""

# What uploaders add to a title and what says nothing about the version.
_DRESSING: Final = frozenset(
    "official music video audio lyric lyrics visualizer visualiser explicit clean hd hq 4k uhd mv "
    "with lyrics on screen topic vevo remastered remaster album version original radio new full "
    "song high quality the".split()
)
_GUESTS: Final = re.compile(
    r"[(\[]\s*(?:feat|ft|featuring|with)\b[^)\]]*[)\]]|\b(?:feat|ft|featuring)\b\.?\s.*?(?=[(\[|]|\s-\s|$)",
    re.IGNORECASE,
)
_REMASTER: Final = re.compile(
    r"\s*(?:-|[(\[])\s*(?:\d{4}\s+)?(?:digital(?:ly)?\s+)?remaster(?:ed)?(?:\s+\d{4})?"
    r"(?:\s+version)?\s*[)\]]?",
    re.IGNORECASE,
)
_CREDITS: Final = re.compile(r"\s+(?:feat|ft|featuring)\b.*$", re.IGNORECASE)


def plain_name(text: str) -> str:
    """Lower case, without accents and punctuation, "&" as "and", single spaces."""
    text = unicodedata.normalize("NFKD", text.replace("&", " and ").replace("$", "s")).casefold()
    kept = (
        c if c.isalnum() else "" if unicodedata.combining(c) or c in "'’.`" else " " for c in text
    )
    return " ".join("".join(kept).split())


_RAP: Final = {"hip hop": "hip-hop", "hiphop": "hip-hop", "rap": "hip-hop"}


def genre_name(name: str) -> str:
    """A genre as this project writes it: `hip-hop` for "Hip-Hop", "Hip Hop" or "Rap"."""
    plain = name.strip().lower()
    return _RAP.get(plain.replace("-", " "), plain.replace(" ", "-"))


def core_title(title: str) -> str:
    """A title without guests and "Remastered 2011", as `plain_name` writes it."""
    bare = plain_name(_REMASTER.sub("", _GUESTS.sub(" ", title)))
    return bare or plain_name(title)


def core_artist(artist: str) -> str:
    """The first-named artist, as `plain_name` writes it; "A & B" is one act, "A feat. B" is A."""
    return plain_name(_CREDITS.sub("", artist))


_JOINED: Final = re.compile(
    r",|;|/|&|\bfeat\b\.?|\bft\b\.?|\bfeaturing\b|\swith\s|\sx\s", re.IGNORECASE
)


def first_artist(artist: str) -> str:
    """The first name of a credit of any kind, as `plain_name` writes it: "A & B" is A.

    Too coarse to tell artists apart, and right for keeping all songs of one in the same split.
    """
    return plain_name(_JOINED.split(artist)[0]) or plain_name(artist)


def versions(title: str) -> Counter[str]:
    """The kinds of `VERSIONS` that a title names, with how many words give each away."""
    name = f" {plain_name(title)} "
    return Counter(
        {
            kind: sum(name.count(f" {sign} ") for sign in signs)
            for kind, signs in VERSIONS.items()
            if any(f" {sign} " in name for sign in signs)
        }
    )


_ASIDE: Final = re.compile(r"[(\[]([^)\]]*)[)\]]|\s[-–—]\s+(.*)$")


def marked_version(title: str, allow: Collection[str] = ()) -> str:
    """The kind of version that a title names in brackets or after a dash; empty if none."""
    aside = " ".join(part for pair in _ASIDE.findall(title) for part in pair)
    return next((kind for kind in versions(aside) if kind not in allow), "")


def other_version(wanted: str, found: str, allow: Collection[str] = ()) -> str:
    """The kind of version that only one of two titles names; empty when they agree.

    A song that has "live" in its own title is not a live version, hence the count.
    """
    asked, given = versions(wanted), versions(found)
    for kind in VERSIONS:
        if asked[kind] != given[kind] and kind not in allow:
            return kind
    return ""


def same_artist(wanted: str, found: str) -> bool:
    """Whether two credits name the same act first, or `found` is its channel."""
    want, have = core_artist(wanted), core_artist(found)
    if not want or not have:
        return False
    channel = re.sub(r"(?:vevo|official|topic|tv|music)$", "", have.replace(" ", ""))
    return want in (have, first_artist(found)) or channel == want.replace(" ", "")


def why_not(
    wanted: tuple[str, str, float | None],
    found: tuple[str, str, float | None],
    *,
    exact: bool,
    seconds: float = 3.0,
    allow: Collection[str] = (),
) -> str:
    """Why `found` (artist, title, seconds) is not `wanted`; empty when it is.

    `exact` says that artist and title are fields of their own. Otherwise `found`'s title is the
    name of a video by the channel `artist`: it must hold the title and nothing but the artist,
    guests and what uploaders add.
    """
    (artist, title, length), (found_artist, found_title, found_length) = wanted, found
    if kind := other_version(title, found_title, allow):
        return f"another version ({kind})"
    if exact:
        if not _same_title(title, found_title, allow):
            return "another title"
        if not same_artist(artist, found_artist):
            return "another artist"
    else:
        name = core_title(found_title)
        bare = f" {name} ".replace(f" {core_artist(artist)} ", " ", 1).split()
        if _undressed(bare, allow) != _undressed(core_title(title).split(), allow):
            return "another title"
        if f" {core_artist(artist)} " not in f" {name} " and not same_artist(artist, found_artist):
            return "another artist"
    if length is not None and found_length is not None and abs(length - found_length) > seconds:
        return f"another duration ({found_length:.0f} s for {length:.0f} s)"
    return ""


def _same_title(wanted: str, found: str, allow: Collection[str]) -> bool:
    if core_title(wanted) == core_title(found):
        return True
    return _undressed(core_title(wanted).split(), allow) == _undressed(
        core_title(found).split(), allow
    )


def _undressed(name: Iterable[str], allow: Collection[str]) -> list[str]:
    permitted = {word for kind in allow for sign in VERSIONS.get(kind, ()) for word in sign.split()}
    name = list(name)
    # A song may be called "Clean" or "The Song": a title of dressing alone is kept whole.
    return [word for word in name if word not in _DRESSING and word not in permitted] or name


_COMMON_WORDS: Final = {
    "en": "the and you i to my it in me that of on is with be for this your know but not when "
    "what are don't i'm just all like so was we can't got have it's from they up down out",
    "es": "que de no la el y en te mi me un se por con tu lo una los para como pero si es más las "
    "ya quiero porque cuando todo estoy",
    "fr": "je de la le et les pas que tu un en est pour dans une mon des me qui se ne on moi sur "
    "plus mais c'est j'ai avec toi suis",
    "de": "ich und die der das nicht du in es ist mir wir ein so den mit auf ist war mich wie dich "
    "zu nur noch wenn bin auch ein hab",
    "pt": "que de não eu o e a você em um me meu pra uma se com no por mais é do da mas só na vou "
    "tudo quando minha",
    "it": "che di non e la il un mi ti a per sono in ma più è una del con come se lo io tu mio le "
    "quando solo anche perché",
}  # fmt: skip
_COMMON: Final = {language: frozenset(text.split()) for language, text in _COMMON_WORDS.items()}
FEWEST_WORDS: Final = 12
CLEAR_SHARE: Final = 0.12
"""Of a song's words, so many are among the commonest of its language (English lyrics: 0.3)."""


def language(text: str) -> str:
    """The language of lyrics by their commonest words: en, es, fr, de, pt, it; empty if unclear.

    Fewer than 12 words are never clear.
    """
    spoken = words(text)
    if len(spoken) < FEWEST_WORDS:
        return ""
    counts = Counter(spoken)
    shares = {
        name: sum(counts[word] for word in common) / len(spoken) for name, common in _COMMON.items()
    }
    best = max(shares, key=lambda name: shares[name])
    others = max(share for name, share in shares.items() if name != best)
    return best if shares[best] >= CLEAR_SHARE and shares[best] > 1.2 * others else ""
