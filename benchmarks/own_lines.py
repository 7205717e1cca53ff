"""500 phrases of the kind "line N: ...": is what the writer typed kept to the letter?

`python benchmarks/own_lines.py [COUNT] [SEED]` (500, 1). Beginnings with numbers, times, prices,
signs, emoji and the words of other requests, before the rest of a line, after twelve ways to name
the line. Emoji and signs without a word are told to need one, and count by themselves.
"""

from __future__ import annotations

import argparse
import random

from atl_core.edits.lines import Replace
from atl_core.errors import DraftError
from bot.phrases import PhraseError, parse

LINES = 8
HEADS = (
    "line {n}: ", "Line {n}: ", "LINE {n}:", "line {n} : ", "line {n}\uff1a", "line {word}: ",
    "replace line {n} with: ", "change line {n} to: ", "set line {n} to: ", "make line {n} say: ",
    "please change line {n} to: ", "{n}: ",
)  # fmt: skip
WORDS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight")
STARTS = (
    "12:30", "3:16", "24/7", "50 Cent", "#1", "$100", "€50", "2 of them", "5-0", "9 to 5", "@you",
    "100%", "21", "7 days", "lines 3 to 4", "line 4", "1, 2, 3", "(yeah)", "[Hook]", '"quoted"',
    "—", "...", "3-6", "rewrite", "undo", "sadder", "delete the pain", "lock it", "export me", "=",
    "->", "*", "12:30:45", "5:", "6: six", "1.", "2)", "- dash", "🔥", "❤️‍🔥", "don`t", "¿qué?",
    "A$AP", "&", "50/50", "4 a.m.", "Tuesday 3rd", "0", "one", "the last line", "say it", "hook",
    "my own words", "verse 2", "chorus:", "sing: la la", "bar 3", "half time", "title: x", "tag me",
    "save it", "help me", "options for", "take 2", "continue 4", "more country", "less", "no",
    "search for me", "show me", "versions", "compare 1 and 2", "use the word fire", "tempo 90",
    "rhyme with orange", "scheme AABB",
)  # fmt: skip
RESTS = (
    "on the clock", "and I'm still up", "she said go", "in the city", "of my heart",
    "at 3:15 in the morning", "for $5 or £6", "— hold on —", "(hey! hey!)", "🔥🔥",
    "and 2 + 2 = 5", "to line 3 and back", "is lines 2-4 to me", "100% proof", "w/ you",
    "it's 5 o'clock: somewhere", "“so they say”", "[x2]", "~ la ~", "then 12/25",
)  # fmt: skip
ENDS = ("", "!", "?", "...", ", yeah", " 💔", " (x2)", ".", ":", ";")


def phrase(dice: random.Random) -> tuple[str, int, str]:
    """A phrase, the line that it names and the text that it puts there."""
    line = dice.randint(1, LINES)
    parts = [dice.choice(STARTS), dice.choice(RESTS)]
    if dice.random() < 0.2:
        parts.reverse()
    own = " ".join(parts) + dice.choice(ENDS)
    return dice.choice(HEADS).format(n=line, word=WORDS[line]) + own, line, own


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=500)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    asked = parser.parse_args()
    count, dice = asked.count, random.Random(asked.seed)
    kept = told = 0
    for _ in range(count):
        said, line, own = phrase(dice)
        try:
            kept += parse(said, lines=LINES) == Replace(line, own)
        except PhraseError as error:
            print(f"asked back: {said!r}: {error.problem}")
        except DraftError:
            told += not any(map(str.isalnum, own))
    print(f"{kept} of {count} kept to the letter, {told} without a word told to need one")


if __name__ == "__main__":
    main()
