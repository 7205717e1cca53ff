"""Finding rhymes to choose from."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final

from atl_core.drafts.draft import Draft
from atl_core.edits.line_ranges import check_line
from atl_core.lyrics.saying import OwnSound, saying
from bot.answers import Rhymes

RHYMES_SHOWN: Final = 20


async def find_rhymes(
    line: int | None, word: str, draft: Draft | None = None, sounds: Sequence[OwnSound] = ()
) -> Rhymes:
    """Words that rhyme with a word or a phrase, or with the end of a line of a draft.

    For a line those come first that no line of the draft ends in yet. They are clean unless the
    draft may have explicit words.
    """
    from atl_core.lyrics.inner_rhymes import phrase_rhymes
    from atl_core.lyrics.rhyme import end_word, suggest_rhymes

    used: set[str] = set()
    if line is not None and draft is not None:
        check_line(line, len(draft.lines))
        word = end_word(draft.lines[line - 1].text)
        used = {end_word(other.text) for other in draft.lines}
    explicit = draft is not None and draft.brief.explicit
    with saying(sounds or (draft.sounds if draft else ())):
        if " " in word.strip():
            look = partial(phrase_rhymes, word, RHYMES_SHOWN, explicit=explicit)
        else:
            look = partial(suggest_rhymes, word, RHYMES_SHOWN, used, explicit=explicit)
        found = await asyncio.to_thread(look)
    return Rhymes(word, tuple(found))
