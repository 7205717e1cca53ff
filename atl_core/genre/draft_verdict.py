"""The Verdict on a draft: its genre, its craft, and its distance from known text."""

from __future__ import annotations

from collections.abc import Sequence

from atl_core.genre.judge import judge
from atl_core.genre.verdict import Reader, Verdict
from atl_core.lyrics.brief import Line
from atl_core.lyrics.metrics import rhymes_kept, syllables_kept
from atl_core.lyrics.originality import longest_match
from atl_core.lyrics.spoken import sung
from atl_core.lyrics.wordlists import cliches


def verdict_on(lines: Sequence[Line], reader: Reader | None = None) -> Verdict:
    """Judge a draft's lines; with `reader`, a language model takes part in the genre.

    Raises:
        WeightsError: the classifier's weights are missing or damaged.
    """
    texts = [line.text for line in lines]
    # A hook that comes back with the same words rhymes once.
    once = dict.fromkeys((" ".join(sung(line.text)), line.rhyme) for line in lines)
    genre = judge("\n".join(texts), reader)
    return Verdict(
        genre=genre.genre,
        label=genre.label,
        confident=genre.confident,
        kind=genre.kind,
        by_words=genre.by_words,
        by_model=genre.by_model,
        words=genre.words,
        longest_match=longest_match(texts),
        rhymes_kept=rhymes_kept([text for text, _ in once], [letter for _, letter in once]),
        syllables_kept=syllables_kept(texts, [line.target for line in lines]),
        cliches=tuple(dict.fromkeys(found for text in texts for found in cliches(text))),
    )
