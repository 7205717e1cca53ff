"""What people type about words: those to avoid, those to use, and ad-libs."""

from __future__ import annotations

import re
from typing import Final

from atl_core.edits.line_ranges import Whole
from atl_core.edits.words import (
    AddAdlibs,
    AllowWords,
    Avoid,
    AvoidAlways,
    DropAdlibs,
    ShowAvoided,
    UseInDraft,
)
from atl_core.lyrics.checks import parse_avoided, parse_seed_words
from atl_core.lyrics.wordlists import FUNCTION_WORDS
from bot.phrases.parts import Parts, Rule, refuse, rule

_ADLIBS: Final = "(ad - libs|ad libs|adlibs|ad - lib|ad lib|adlib)"
_WORD: Final = "[[the] (word|words|phrase|phrases|term)]"
_THE_WORD: Final = "[the|any] (word|words|phrase|phrases|term)"
_CLICHES: Final = "[the|all|any|all the|those] (cliches|clichés|cliche|cliché)"
_ALWAYS: Final = (
    "(always|forever|for good|everywhere|for ever|in all drafts|in every draft|in all my drafts"
    "|in all my songs|in every song|in any draft|in any song|ever again|from now on in every song)"
)
_NAMES_PLACE: Final = re.compile(
    r"\b(?:lines?|bars?|verses?|hooks?|chorus|bridge|drafts?|songs?)\b"
)
_EVER: Final = re.compile(r" (?:again|always|forever|ever|everywhere|good)$")
"""Ends of what is for all drafts, which are no part of the words."""
_NO_WORDS: Final = frozenset(
    "it this that these those them him her me you us everything anything something nothing"
    " explicit swearing cursing profanity rhymes rhyming repetition repeating mistakes"
    " word words list what who".split()
)
_ONLY_CLICHES: Final = re.compile(r"(?:all |any |the |those )+clich[eé]s?")
_PLACED: Final = ("in ", "over ", "on ", "during ", "for ", "at ", "can ", "could ", "left")
_SAYS_WORD: Final = re.compile(r"(?:the )?(?:words?|phrases?|term) ")
MOST: Final = 12
"""Words of a text beyond which it is a sentence, not a list."""

WORD_RULES: Final[tuple[Rule, ...]] = (
    rule(
        lambda p: Avoid(_avoided(p)),
        f"(avoid|steer clear of|stay away from) [using|saying|singing] {_WORD} <text>",
        f"(don't use|do not use|stop using|leave out|ban|cut out|skip|don't want) {_THE_WORD}"
        " <text>",
        f"(stop|quit) (using|saying|singing) {_WORD} <text>",
        f"(don't|do not) (say|sing|mention) {_WORD} <text>",
        "no (word|words) <text>",
        f"i (don't|do not) want (to see|to hear|to read) {_WORD} <text>",
        examples=("avoid neon", "avoid cliches"),
    ),
    rule(
        lambda _: Avoid(parse_avoided("cliches")),
        "(no|without|no more|fewer|less|enough|skip|drop|leave out|cut|cut out|ban|avoid|don't use"
        "|don't write|stop using|stop writing|stop with|get rid of|stay away from|steer clear of)"
        f" {_CLICHES}",
    ),
    rule(
        lambda p: AvoidAlways(_avoided(p)),
        f"never (say|use|sing|write|mention) {_WORD} <words> [ever] again",
        f"never ever (say|use|sing|write|mention) {_WORD} <text>",
        f"never (say|sing|mention) {_WORD} <text>",
        f"never use {_THE_WORD} <text>",
        f"(don't|do not) ever (say|use|sing|write|mention) {_WORD} <text>",
        f"(always avoid|avoid always) {_WORD} <text>",
        f"avoid {_WORD} <words> {_ALWAYS}",
        f"ban {_WORD} <words> {_ALWAYS}",
        f"i never want to (hear|see|read|say) {_WORD} <words> again",
        f"(don't|do not) (say|use|mention) {_WORD} <words> {_ALWAYS}",
        examples=("never say baby again",),
    ),
    rule(
        lambda _: ShowAvoided(),
        "(what|which words|what words|which phrases) (do|am) i (avoid|avoiding|ban|banned)",
        "(what|which words|what words) (do|are) (we|you) (avoid|avoiding)",
        "(what|which words|what words) (is|are) (avoided|banned|off limits|forbidden)",
        "(what|which) (word|words) (did|have) i (ban|banned|avoid|avoided)",
        "[show|list|see|show me|give me|read me] [the|my|all|all my] (avoided|banned|forbidden)"
        " (words|phrases|list)",
        "(show|list|tell) [me] (what|which words) (i|we|you) avoid",
        "[show|list|show me] [the|my] avoid list",
        "what's on (my|the) (avoid|ban) list",
        "what's (avoided|banned|off limits|forbidden)",
        "what can't (i|you|we) say",
        examples=("what do I avoid?",),
    ),
    rule(
        lambda p: AllowWords(_allowed(p)),
        f"(allow|unban|permit|stop avoiding|stop banning) {_WORD} <text>",
        f"(allow|unban|permit) {_WORD} <words> again",
        f"(don't|do not|no longer) (avoid|ban) {_WORD} <words> [anymore|any more|any longer]",
        f"you (can|may) (say|use|sing) {_WORD} <words> (again|now|after all)",
        f"{_WORD} <words> (is|are) (ok|okay|fine|allowed) (again|now|after all)",
        f"take {_WORD} <words> off (the|my) (avoid list|list|ban list)",
    ),
    rule(
        lambda _: AllowWords(),
        "(allow|unban) (all|all the|all my|all of the|every) [banned|avoided] (words|word)",
        "(avoid|ban) nothing",
        "(clear|empty|reset) (the|my) (avoid list|ban list)",
        "stop avoiding (words|anything)",
    ),
    rule(
        lambda p: UseInDraft(_used(p)),
        "(use|work in|bring in|mention|include|bring up) <text>",
        "(use|mention|include|bring) [the] (word|words) <words> [in|later|somewhere] [somewhere"
        "|later|in (it|the song|this song|the draft|the next lines)]",
        "(i want|i'd like) the (word|words) <words> [in it|in there|somewhere|in the song]",
        examples=("use whiskey",),
    ),
    rule(
        lambda p: AddAdlibs(p.place() if p.has("place") else Whole()),
        "(add|put in|throw in|sprinkle in|sprinkle|drop in|give me|give us|insert|write|i want|put)"
        f" [some|a few|more|the|in|in some] {_ADLIBS} [(to|in|on|into|for|after|behind) <place>]",
        f"(give|add) <place> [some|a few] {_ADLIBS}",
        f"{_ADLIBS} [please|on|in] [(to|in|on|for) <place>]",
        f"(with|needs|it needs|we need) [some|a few] {_ADLIBS}",
        examples=("add ad-libs",),
    ),
    rule(
        lambda _: DropAdlibs(),
        "(remove|drop|delete|lose|cut|cut out|take out|no|no more|without|without the|get rid of"
        "|kill|strip|clear|leave out|turn off|switch off|i don't want)"
        f" [the|all|all the|any|those] {_ADLIBS} [again]",
        f"(take|turn|switch) the {_ADLIBS} (out|away|off) [again]",
        f"{_ADLIBS} (off|out)",
    ),
)


def _avoided(parts: Parts) -> tuple[str, ...]:
    return parse_avoided(_named(parts))


def _allowed(parts: Parts) -> tuple[str, ...]:
    return parse_avoided(_named(parts))


def _named(parts: Parts) -> str:
    """The words that are named; what names a place or nothing in particular is refused."""
    part = "words" if parts.has("words") else "text"
    said, typed = parts.said(part), parts.bare(part)
    if parts.mentions("no") and said.startswith(_PLACED):
        # "No words in the intro" bans none of them.
        refuse()
    words = set(said.replace('"', " ").split())
    if not parts.quoted(part) and _ONLY_CLICHES.fullmatch(said):
        # They have a list of their own.
        refuse()
    if not parts.quoted(part) and (
        _NAMES_PLACE.search(said)
        or not words.isdisjoint(_NO_WORDS)
        or len(words) > MOST
        or not any(map(str.isalpha, said))
        or "?" in words
        or "@" in typed
        or (part == "text" and (_EVER.search(said) or _SAYS_WORD.match(said)))
    ):
        refuse()
    return typed


def _used(parts: Parts) -> tuple[str, ...]:
    """`use whiskey`: words that mean nothing to the grammar; any word in quotes."""
    part = "words" if parts.has("words") else "text"
    typed = _named(parts)
    is_marked = parts.quoted(part) or parts.mentions("word", "words")
    if not is_marked and (parts.means(part) or any(map(str.isdigit, typed))):
        # "Use v2" is a version.
        refuse()
    spoken = set(typed.casefold().replace(",", " ").split()) - {"and", "or"}
    if not parts.quoted(part) and not FUNCTION_WORDS.isdisjoint(spoken):
        refuse()
    listed = re.sub(r"\s*(?:,|\band\b|\bor\b|&)\s*", " ", typed, flags=re.IGNORECASE)
    return parse_seed_words(listed)
