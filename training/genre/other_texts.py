"""Texts that are no lyrics, to teach and to test the answer "neither".

    python -m training prepare genre --fortunes DIR --foreign DIR --pages DIR --out neither.jsonl.gz

Gathered from Debian packages and from what a development machine has installed:

- prose: the Debian packages `fortunes`, `fortunes-min` and `fortunes-bofh-excuses` (quotations from
  literature, law, science, politics; the file of songs and poems is left out), HTML pages (those of
  the Debian packages `anarchism`, essays, and `debian-handbook`), what is told and said in the
  campaigns of a game (`wesnoth-1.16-httt`, `-low`, `-sota`, `-utbs`), and the descriptions of the
  installed Python packages;
- code: pieces of the installed packages' Python, C and JavaScript;
- language: the fortunes of other languages (Debian's `fortunes-de`, `-es`, `-it`, `-pl`, `-ru`,
  `-cs`, `-bg`, `-br`, `-ga`), and gettext catalogues of the system's programs.

The split goes by source (a fortune file, a package, a language), never by text: what is tested
was written by other hands, or in another tongue, than what was learnt.
"""

from __future__ import annotations

import gettext
import gzip
import html
import json
import random
import re
import site
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import click

from training.genre.data import part

POEMS = {"songs-poems", "ascii-art", "translate-me", "art"}
WORDS = (8, 120)
"""Least and most words of a text."""
MOST = 150
"""Most texts from one source, so that none drowns the others."""
MOST_FROM_PAGES = 900
"""The same of a folder of HTML pages that is learnt, which is large."""


@dataclass(frozen=True, slots=True)
class OtherText:
    """A text that is neither hip-hop nor country, nor any lyrics."""

    kind: str
    """prose, code or language."""
    source: str
    split: str
    """train or test."""
    text: str


def read(file: Path, split: str) -> list[OtherText]:
    """The texts of one split."""
    with gzip.open(file, "rt", encoding="utf-8") as rows:
        texts = [OtherText(**json.loads(row)) for row in rows]
    return [text for text in texts if text.split == split]


@click.command()
@click.option("--fortunes", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--foreign",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of fortunes whose subfolders are named by language.",
)
@click.option(
    "--pages",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    help="A folder of HTML pages of prose; may be given more than once.",
)
@click.option(
    "--stories",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of campaigns of Battle for Wesnoth: narration and dialogue.",
)
@click.option(
    "--catalogues",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default="/usr/share",
    show_default=True,
)
@click.option("--out", type=click.Path(path_type=Path), default="runs/neither.jsonl.gz")
def prepare(
    fortunes: Path | None,
    foreign: Path | None,
    pages: tuple[Path, ...],
    stories: Path | None,
    catalogues: Path,
    out: Path,
) -> None:
    """Gather texts that are neither genre."""
    rng = random.Random(0)
    found: dict[tuple[str, str], list[str]] = {}
    gatherers = [documentation(), code(), languages(catalogues)]
    if fortunes:
        gatherers.append(quotations(fortunes))
    if foreign:
        gatherers.append(foreign_quotations(foreign))
    gatherers += map(essays, pages)
    if stories:
        gatherers.append(campaigns(stories))
    for gatherer in gatherers:
        for kind, source, text in gatherer:
            if WORDS[0] <= len(text.split()) or (kind == "language" and len(text) > 30):
                found.setdefault((kind, source), []).append(shorten(text, rng))
    out.parent.mkdir(parents=True, exist_ok=True)
    large = {folder.name for folder in pages}
    kept = []
    for (kind, source), texts in sorted(found.items()):
        split = "test" if part(source, 3, "neither") == 0 else "train"
        most = MOST_FROM_PAGES if source in large and split == "train" else MOST
        chosen = rng.sample(sorted(set(texts)), min(most, len(set(texts))))
        kept += [OtherText(kind, source, split, text) for text in chosen]
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


def foreign_quotations(folder: Path) -> Texts:
    for language in sorted(path for path in folder.iterdir() if path.is_dir()):
        for file in sorted(language.iterdir()):
            if file.is_file() and file.suffix in ("", ".fortunes") and file.name not in POEMS:
                content = file.read_bytes()
                try:
                    text = content.decode("utf-8")
                except UnicodeDecodeError:
                    continue
                for quotation in text.split("\n%\n"):
                    yield "language", language.name.split("_")[0], quotation


def essays(folder: Path) -> Texts:
    """Paragraphs of HTML pages. The folder is one source: its pages are by the same authors."""
    for file in sorted(folder.rglob("*.html")):
        page = file.read_text(encoding="utf-8", errors="ignore")
        for paragraph in re.findall(r"<p\b[^>]*>(.*?)</p>", page, re.DOTALL | re.IGNORECASE):
            yield "prose", folder.name, html.unescape(re.sub(r"<[^>]*>", "", paragraph))


def campaigns(folder: Path) -> Texts:
    """What is told and said in the scenarios of a game. Each campaign is a source."""
    for campaign in sorted(path for path in folder.iterdir() if path.is_dir()):
        for file in sorted(campaign.rglob("*.cfg")):
            script = file.read_text(encoding="utf-8", errors="ignore")
            for said in re.findall(r'\b(?:message|story)\s*=\s*_\s*"([^"]+)"', script):
                yield "prose", campaign.name, re.sub(r"<[^>]*>", "", said)


def documentation() -> Texts:
    for package in metadata.distributions():
        name = package.metadata["Name"]
        about: Any = package.metadata  # an email.message.Message, which has more than its protocol
        paragraphs = (about.get_payload() or "").split("\n\n")
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
