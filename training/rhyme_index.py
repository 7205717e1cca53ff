"""`python -m training prepare rhymes`: which common words share a rhyme.

Writes `rhymes.xz`: a line for each rhyme key with its words, commonest first. Run it again after a
change of the pronouncing dictionary, of `slang.txt`, of the common words or of `rhyme.py`; a test
compares.
"""

from __future__ import annotations

import lzma
from collections import defaultdict
from pathlib import Path

import click

from atl_core.lyrics.pronunciation import listed
from atl_core.lyrics.rhyme import rhyme_keys
from atl_core.lyrics.vocabulary import common_words, figures

OUTPUT = Path(__file__).parents[1] / "atl_core" / "lyrics" / "data" / "rhymes.xz"


def rows() -> list[str]:
    """The lines of the file. Names and words whose sound would be guessed are left out."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for word in common_words():
        known = figures(word)
        if len(word) > 1 and listed(word) and known and not known.is_name:
            for key in sorted(rhyme_keys(word)):
                groups[key].append(word)
    return [f"{key}\t{' '.join(words)}" for key, words in sorted(groups.items())]


@click.command("rhymes")
@click.option("--output", type=click.Path(path_type=Path), default=OUTPUT, show_default=True)
def prepare(output: Path) -> None:
    """Which common words share a rhyme."""
    found = rows()
    output.write_bytes(lzma.compress("\n".join(found).encode(), preset=9))
    click.echo(f"{len(found)} rhymes")
