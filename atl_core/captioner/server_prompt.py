"""What a server's model is asked for a line, and how its answers become lines.

A chat model is told in words what the line has to be, with two examples. A model for completions
gets the text format that our own was tuned on (`atl_core.captioner.prompt`), after two verses.

Answers are untrusted text. Models number their lines, put them in quotes, Markdown or JSON, think
aloud, explain themselves and refuse. What is left of that is a list of plain lines; whether a line
can be used is checked as for every captioner.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from atl_core.captioner.prompt import header, line_plan, planned_line
from atl_core.captioner.sampling import ForcedPrefix
from atl_core.captioner.server_client import Message
from atl_core.lyrics.brief import Energy, Genre, Mood
from atl_core.lyrics.rhyme import end_word
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.text import received, words

LINES_SENT: Final = 8
"""Lines above that the server is told."""
MAX_LINES: Final = 64
"""Lines that are taken from one answer."""
MAX_LINE: Final = 160
"""Characters of a line; 18 long syllables are some 110."""
SHARED: Final = 4
"""So many words in a row of an example make a line a copy of it."""
MAX_TEXT: Final = 20_000
"""Characters of an answer that are looked at."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What the server is told about a line."""

    genre: Genre
    mood: Mood | None
    energy: Energy
    explicit: bool
    topic: Sequence[str]
    above: Sequence[str]
    """Lines above, first to last."""
    syllables: int
    ends: Sequence[str] = ()
    """Words that the line may end on; none: it may end where it likes."""
    is_rhymed: bool = True
    """Whether later lines are to rhyme with it, if it need not rhyme with any above."""
    opening: str = ""
    """Words that the line must open with, after a few others."""
    must_use: Sequence[str] = ()
    faults: Sequence[tuple[str, str]] = ()
    """Lines that were proposed before, and what was wrong with each."""


SYSTEM: Final = (
    "You are a songwriter. You write the next line of a song as you are told: about the topic,"
    " going on from the lines above, with the syllables asked for, ending on one of the words that"
    " are allowed. Prefer concrete things, names and places to general feelings. Use correct, plain"
    " English. Never quote a known song. Answer with {wanted}: no quotation marks, no explanation."
)

_EXAMPLES: Final = (
    (
        Ask(
            "country", "sad", "low", False, ("porch", "father", "rain"),
            ("My father fixed the porch last spring",), 8, ("swing", "ring", "thing", "bring"),
        ),
        (
            "Now nobody sits in the swing",
            "I still wear his old wedding ring",
            "The rain is the only loud thing",
        ),
    ),
    (
        Ask(
            "hip-hop", "dark", "medium", False, ("rent", "bus", "corner"),
            ("Caught the last bus with a quarter to spare",), 10,
            ("stair", "chair", "air", "share"),
        ),
        (
            "Counted the rent on the second floor stair",
            "Grandmama asleep in the kitchen chair",
            "Corner store neon is cutting the air",
        ),
    ),
)  # fmt: skip
"""Written for this prompt."""

_VERSES: Final[tuple[tuple[Ask, tuple[str, ...]], ...]] = (
    (
        Ask("country", "sad", "low", False, ("river", "mama", "truck"), (), 10),
        (
            "Mama sold the truck when the river rose",
            "She kept his hat and his Sunday clothes",
            "There's mud on the stairs and a line on the wall",
            "And nobody left in the county to call",
        ),
    ),
    (
        Ask("hip-hop", "dark", "medium", False, ("corner", "brother", "money"), (), 10),
        (
            "My brother learned math with the lights cut off",
            "Counting up quarters and hiding a cough",
            "Now every dollar I make has a name",
            "Half for the landlord and half for the game",
        ),
    ),
)
"""Written for this prompt, in the format of our own model."""


def chat(ask: Ask, count: int) -> list[Message]:
    """A chat that asks for `count` lines in one answer."""
    wanted = "the line alone" if count == 1 else "the numbered lines alone"
    messages: list[Message] = [{"role": "system", "content": SYSTEM.format(wanted=wanted)}]
    for example, lines in _EXAMPLES:
        shown = lines[:1] if count == 1 else lines
        messages.append({"role": "user", "content": _request(example, len(shown))})
        messages.append({"role": "assistant", "content": _numbered(shown)})
    return [*messages, {"role": "user", "content": _request(ask, count)}]


def _numbered(lines: Sequence[str]) -> str:
    if len(lines) == 1:
        return lines[0]
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))


def _request(ask: Ask, count: int) -> str:
    """What the writer of a line is told, in words."""
    style = ", ".join(part for part in (ask.genre, ask.mood, f"{ask.energy} energy") if part)
    told = [f"Style: {style}{'' if ask.explicit else ', no explicit words'}"]
    if ask.topic:
        told.append(f"Topic: {', '.join(ask.topic)}")
    if above := ask.above[-LINES_SENT:]:
        told += ["Lines above:", *(f"  {line}" for line in above)]
    told.append(f"Syllables: {ask.syllables}")
    if ask.ends:
        told.append(f"It must end on one of these words: {', '.join(ask.ends)}")
    elif ask.is_rhymed:
        told.append("It must end on a common word that many words rhyme with.")
    if ask.opening:
        told.append(f"It must open with “{ask.opening}”, after three other words at most.")
    if ask.must_use:
        told.append(f"It must contain: {', '.join(ask.must_use)}")
    if ask.faults:
        told.append("These could not be used:")
        told += [f"  {line} ({fault})" for line, fault in ask.faults]
    if count == 1:
        told.append("Write the next line.")
    else:
        told.append(f"Write {count} different proposals for the next line, numbered.")
    return "\n".join(told)


def completion(ask: Ask, start: ForcedPrefix) -> str:
    """A text that goes on with the line.

    Args:
        start: the end word that is announced, and the words that the line opens with.
    """
    verses = [_verse(example, lines) for example, lines in _VERSES]
    verse = _verse(ask, ask.above[-LINES_SENT:])
    plan = f"{line_plan(ask.syllables)[:-1]}{start.plan} {start.opening}".rstrip()
    return "\n".join((*verses, verse + plan))


def _verse(ask: Ask, lines: Sequence[str]) -> str:
    """The header of a verse and some lines of it."""
    head = header(ask.genre, ask.mood, ask.energy, ask.explicit, ask.topic)
    return head + "".join(map(_planned, lines))


def _planned(line: str) -> str:
    return planned_line(line, count_syllables(line), end_word(line))


_THOUGHT: Final = re.compile(
    r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE
)
"""What reasoning models say to themselves; it may be cut off."""
_MARKS: Final = re.compile(r"[*_~`#>|\\]+|<[^<>]{0,40}>")
"""Markdown and tags."""
_NUMBER: Final = re.compile(
    r"^\s*(?:(?:line|option|proposal)\s*)?[(\[]?\d{1,3}\s*[.):\]-]+\s*", re.I
)
_BULLET: Final = re.compile(r"^\s*[-+•–—·]+\s+")
_PLAN: Final = re.compile(r"^\s*\d{1,2}(?: [a-z']+)?: ?(?=\S)", re.I)
"""`9 rain:`, as the format of completions has it."""
_REMARK: Final = re.compile(r"\s*[(\[][^()\[\]]*[)\]]?\s*$|\s+[-–—]+\s+\d+ syllables?\b.*$", re.I)
"""A remark after a line: `(9 syllables)`."""
_PAUSES: Final = re.compile(r"\s*(?:\.{2,}|…|\s[-–—]+\s|[—–;:])\s*")
"""Marks that lines are not written with; a comma says the same."""
_CHATTER: Final = re.compile(
    r"^(?:sure|certainly|of course|absolutely|okay|ok|great|no problem|here(?:'s| is| are| you go)"
    r"|the (?:next )?lines?\b|next line|let me know|i hope|hope (?:this|that|it)|feel free"
    r"|would you|note\b|these lines|this line|each line"
    r"|i(?:'ve| have) (?:written|tried|used|kept)|output"
    r"|lines?$|answer$|verse\b|chorus\b|bridge\b|hook\b|style\b|topic\b|syllables)\b"
    r"|\bsyllables?\b|\bnext lines?\b"
    r"|\brhym(?:e|es|ing) (?:with|scheme)\b|\b(?:proposals?|lyrics?)\b.*:$|:$",
    re.IGNORECASE,
)
"""What a model says about its lines."""
_REFUSAL: Final = re.compile(
    r"\b(?:as an ai|language model|an ai\b|i(?:'m| am) (?:sorry|unable|not able)\b.{0,40}\b"
    r"(?:but|can|to)"
    r"|i (?:cannot|can't|can not|won't|will not|could not) (?:assist|help|write|create|provide"
    r"|generate|fulfil|comply|continue|do that|produce|engage)|against (?:my|the) guidelines"
    r"|content policy|inappropriate|apologi[sz]e)",
    re.IGNORECASE,
)


def lines_of(answer: str) -> list[str]:
    """The plain lines of a chat model's answer, in order, without repeats.

    Numbering, bullets, quotation marks, Markdown, JSON, remarks and talk about the lines are left
    out. Of an answer that refuses, and of one that talks, numbered lines alone are taken, if there
    are any; nothing else is taken from one that refuses.
    """
    answer = _THOUGHT.sub("\n", received(answer[:MAX_TEXT]).replace("’", "'").replace("‘", "'"))
    found: list[tuple[str, bool]] = []
    refused = talked = False
    for raw in _raw_lines(answer):
        bare = _MARKS.sub(" ", raw).strip()
        if _REFUSAL.search(bare):
            refused = True
            continue
        numbered = bool(_NUMBER.match(bare))
        text = _REMARK.sub("", _BULLET.sub("", _NUMBER.sub("", bare, count=1), count=1))
        if _CHATTER.search(_unquoted(text)):
            talked = True
            continue
        if line := clean_line(text):
            found.append((line, numbered))
    if refused or (talked and any(numbered for _, numbered in found)):
        found = [pair for pair in found if pair[1]]
    return list(dict.fromkeys(line for line, _ in found))[:MAX_LINES]


def clean_line(text: str) -> str:
    """One line without the marks that models put around it; empty if nothing is left."""
    line = " ".join(_MARKS.sub(" ", received(text)).replace("’", "'").replace("‘", "'").split())
    line = _unquoted(_REMARK.sub("", line))
    line = _PLAN.sub("", line, count=1)
    line = " ".join(_PAUSES.sub(", ", _unquoted(line)).replace('"', "").split())
    line = re.sub(r"[,\s]+([,.!?])", r"\1", line).strip(" ,.-")
    if len(line) > MAX_LINE or not re.search(r"\w", line):
        return ""
    return line[:1].upper() + line[1:]


def _unquoted(text: str) -> str:
    """A text without the quotation marks around it, and what JSON puts after them."""
    text = text.strip().rstrip(",").strip()
    text = text.translate(str.maketrans("“”„«»", '"' * 5)).strip('" ')
    if len(text) > 2 and text[0] == text[-1] == "'":
        text = text[1:-1]
    return text.strip()


def _raw_lines(answer: str) -> Iterator[str]:
    """The lines of a text, or the texts in JSON."""
    body = re.sub(r"^\s*```\w*\s*$", "", answer, flags=re.MULTILINE).strip()
    if body[:1] in ("[", "{"):
        try:
            # Numbered: whoever answers in JSON has marked what is a line.
            yield from (f"1. {text}" for text in _texts_in(json.loads(body)))
            return
        except (ValueError, RecursionError):
            # Half an answer, mostly: what stands in quotation marks on a line of its own.
            for text in re.findall(r'"((?:[^"\\\n]|\\.){8,})"(?!\s*:)', body):
                yield f"1. {text}"
            return
    yield from body.splitlines()


def _texts_in(found: Any) -> Iterator[str]:
    """Every text in a JSON value, each line of it; names of fields are none."""
    if isinstance(found, str):
        yield from found.splitlines()
    elif isinstance(found, dict):
        for value in found.values():
            yield from _texts_in(value)
    elif isinstance(found, list):
        for value in found:
            yield from _texts_in(value)


def is_example(line: str) -> bool:
    """Whether a line copies `SHARED` words in a row of an example of the prompt.

    Small models do. The check of originality knows songs, not our prompts.
    """
    return not _runs(line).isdisjoint(_EXAMPLE_RUNS)


def _runs(line: str) -> set[tuple[str, ...]]:
    spoken = words(line)
    return {tuple(spoken[i : i + SHARED]) for i in range(len(spoken) - SHARED + 1)}


_EXAMPLE_RUNS: Final = frozenset(
    run
    for ask, lines in (*_EXAMPLES, *_VERSES)
    for line in (*ask.above, *lines)
    for run in _runs(line)
)


def continued(answer: str, start: ForcedPrefix) -> str:
    """The line that a completion goes on with; empty if it is none."""
    said = answer[:MAX_TEXT].split("\n", 1)[0]
    return clean_line(f"{start.opening} {said}") if said.strip() else ""
