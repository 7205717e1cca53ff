"""Texts that are no lyrics, to teach and to test the answer "neither".

    python -m training prepare genre --fortunes DIR --out neither.jsonl.gz

Gathered from what a development machine has at hand, so that nothing has to be fetched:

- prose: the Debian package `fortunes` (quotations from literature, law, science, politics; its
  file of songs and poems is left out) and the descriptions of the installed Python packages;
- code: pieces of the installed packages' Python, C and JavaScript;
- language: gettext catalogues of the system's programs, in any language but English.

The split goes by source (a fortune file, a package, a language), never by text: what is tested
was written by other hands, or in another tongue, than what was learnt.
"""

from __future__ import annotations

import gettext
import gzip
import json
import random
import site
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

import click

from training.genre.data import part

POEMS = {"songs-poems", "ascii-art", "translate-me", "art"}
WORDS = (8, 120)
"""Least and most words of a text."""
MOST = 150
"""Most texts from one source, so that none drowns the others."""


@dataclass(frozen=True, slots=True)
class Neither:
    """A text that is neither hip-hop nor country, nor any lyrics."""

    kind: str
    """prose, code or language."""
    source: str
    split: str
    """train or test."""
    text: str


def read(file: Path, split: str) -> list[Neither]:
    """The texts of one split."""
    with gzip.open(file, "rt", encoding="utf-8") as rows:
        texts = [Neither(**json.loads(row)) for row in rows]
    return [text for text in texts if text.split == split]


@click.command()
@click.option("--fortunes", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--catalogues",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default="/usr/share",
    show_default=True,
)
@click.option("--out", type=click.Path(path_type=Path), default="runs/neither.jsonl.gz")
def prepare(fortunes: Path | None, catalogues: Path, out: Path) -> None:
    """Gather texts that are neither genre."""
    rng = random.Random(0)
    found: dict[tuple[str, str], list[str]] = {}
    gatherers = [documentation(), code(), languages(catalogues)]
    if fortunes:
        gatherers.append(quotations(fortunes))
    for gatherer in gatherers:
        for kind, source, text in gatherer:
            if WORDS[0] <= len(text.split()) or (kind == "language" and len(text) > 30):
                found.setdefault((kind, source), []).append(shorten(text, rng))
    out.parent.mkdir(parents=True, exist_ok=True)
    kept = []
    for (kind, source), texts in sorted(found.items()):
        split = "test" if part(source, 3, "neither") == 0 else "train"
        chosen = rng.sample(sorted(set(texts)), min(MOST, len(set(texts))))
        kept += [Neither(kind, source, split, text) for text in chosen]
    with gzip.open(out, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(text), ensure_ascii=False) + "\n" for text in kept)
    for (kind, split), count in sorted(Counter((t.kind, t.split) for t in kept).items()):
        sources = len({t.source for t in kept if (t.kind, t.split) == (kind, split)})
        click.echo(f"{kind:10} {split:6} {count:6} texts of {sources} sources")


def shorten(text: str, rng: random.Random) -> str:
    """Whole lines up to a random number of words, so that short texts are learnt as well."""
    limit = rng.randint(WORDS[0] * 2, WORDS[1])
    kept: list[str] = []
    for line in text.strip().splitlines():
        if kept and sum(len(one.split()) for one in kept) + len(line.split()) > limit:
            break
        kept.append(line)
    return "\n".join(kept)[:2000]


Texts = Iterator[tuple[str, str, str]]


def quotations(folder: Path) -> Texts:
    for file in sorted(folder.iterdir()):
        if file.is_file() and not file.suffix and file.name not in POEMS:
            for text in file.read_text(encoding="utf-8", errors="ignore").split("\n%\n"):
                yield "prose", file.name, text


def documentation() -> Texts:
    for package in metadata.distributions():
        name = package.metadata["Name"]
        paragraphs = (package.metadata.get_payload() or "").split("\n\n")
        for paragraph in paragraphs:
            letters = sum(letter.isalpha() or letter.isspace() for letter in paragraph)
            if letters > 0.9 * len(paragraph):
                yield "prose", name, paragraph


def code() -> Texts:
    for folder in (Path(path) for path in site.getsitepackages()):
        for pattern in ("*.py", "*.c", "*.h", "*.js"):
            for file in sorted(folder.rglob(pattern))[::7]:
                package = file.relative_to(folder).parts[0]
                lines = file.read_text(encoding="utf-8", errors="ignore").splitlines()
                for first in range(40, min(len(lines) - 12, 400), 80):
                    yield "code", package, "\n".join(lines[first : first + 24])


def languages(folder: Path) -> Texts:
    for file in sorted(folder.rglob("LC_MESSAGES/*.mo")):
        language = file.parts[-3].split("_")[0].split("@")[0].split(".")[0]
        if language in ("en", "C"):
            continue
        try:
            with file.open("rb") as opened:
                catalogue = gettext.GNUTranslations(opened)._catalog  # type: ignore[attr-defined]
        except (OSError, ValueError, IndexError):  # a damaged or an odd catalogue
            continue
        messages = [
            message.replace("&", "").replace("_", "").strip()
            for original, message in catalogue.items()
            if isinstance(original, str) and original and message != original and len(message) > 25
        ]
        for first in range(0, min(len(messages), 120), 4):
            yield "language", language, "\n".join(messages[first : first + 4])
