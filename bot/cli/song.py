"""Commands that make a song: listen, write, judge, talk."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from atl_core.drafts.names import LOCAL
from atl_core.errors import UserError
from bot.cli.common import (
    as_json,
    force,
    in_studio,
    print_json,
    read_file,
    watched,
    write_file,
)

if TYPE_CHECKING:
    from atl_core.audio.listening import Listening
    from atl_core.progress import OnProgress
    from atl_core.studio import Studio

DEMO_SEED_WORDS = "midnight train"
DEMO_RANDOM_SEED = 4
MOST_LINES = 1000
"""Lines whose rhymes are shown."""
MOST_LYRICS = 1_000_000
"""Bytes of a text that is judged: some 300 songs."""


@click.command()
@click.argument("beat")
@as_json
@click.option("--picture", type=click.Path(path_type=Path), help="Draw what is heard, as a PNG.")
@force
def listen(beat: str, as_json: bool, picture: Path | None, force: bool) -> None:
    """Say what is heard in BEAT: tempo, key, tags, mood, genre.

    BEAT is an audio file (WAV, FLAC, MP3, OGG, M4A and more), a video with sound, or a link to
    one on YouTube.

    \b
    Example:
      atl listen beat.mp3
    """

    async def hear(studio: Studio, on_progress: OnProgress) -> Listening:
        if picture is None:
            return await studio.pipeline.listener.listen(beat, on_progress)
        heard, drawn = await studio.pipeline.listener.listen_and_draw(beat, on_progress=on_progress)
        write_file(picture, drawn, replace=force)
        return heard

    heard = watched(hear)
    if as_json:
        print_json(heard.to_json(whole=False))
        return
    from bot.render.console import console
    from bot.render.listening import render_listening

    console().print(render_listening(heard))


@click.command()
@click.argument("beat", default="")
@click.option("--text", "own", metavar="FILE|-", help="Go on from a text of your own.")
@click.option("--seed", "seed_words", metavar="WORDS", help="Up to 8 words to write from.")
@click.option("--genre", default="auto", metavar="auto|hip-hop|country", help="Default: as heard.")
@click.option("--lines", default=8, show_default=True, metavar="N", help="How many lines.")
@click.option("--scheme", default="auto", metavar="AABB", help="Rhyme scheme; X need not rhyme.")
@click.option("--syllables", type=int, metavar="N", help="Syllables a line; default: by tempo.")
@click.option("--mood", default="auto", metavar="M", help="happy, sad, chill, party, love or dark.")
@click.option("--explicit", is_flag=True, help="Allow explicit words.")
@click.option(
    "--captioner", default="", metavar="lm|large|server|lstm|gru", help="Which model writes."
)
@click.option("--random-seed", type=int, metavar="N", help="Write the same draft again.")
@click.option("--avoid", metavar="WORDS", help="Words that no line may have, or cliches.")
@click.option("--form", metavar="SECTIONS", help='A whole song: "verse hook verse hook".')
@click.option("--options", is_flag=True, help="Choose each line before the next is written.")
@as_json
def write(beat: str, own: str | None, captioner: str, as_json: bool, **wished: Any) -> None:
    """Write lyrics to BEAT and save them as a draft.

    BEAT is an audio file, a video with sound, or a link to one on YouTube. What is not asked for
    is taken from the beat. With --text, lines of your own stay as they are, locked; ... is a gap
    that is filled, and without one the text goes on. Then BEAT may be left out. With --form, a
    song is written section by section; --lines are those of a verse, and after a section may stand
    its own lines, scheme and mood: "verse of 12 lines ABAB, hook happy, verse, hook".

    \b
    Examples:
      atl write beat.mp3 --seed "midnight train"
      atl write beat.wav --genre country --lines 12 --scheme ABAB --mood sad
      atl write --text verse.docx
      atl write beat.mp3 --seed "midnight train" --form "verse hook verse hook bridge hook"
    """
    from atl_core.edits.wish import Wish
    from atl_core.edits.writing import Write
    from bot import answers, dispatch
    from bot.cli.edit import show

    if not beat and own is None:
        raise UserError("Which beat?", remedy="Say: atl write beat.mp3, or atl write --text FILE.")
    text = "" if own is None else _read_own(own)
    if own is not None and not text.strip():
        raise UserError("There is no line of yours in that.", remedy="Give a verse of your own.")
    request = Write(beat, Wish.parse(**wished), text)

    async def make(studio: Studio, on_progress: OnProgress) -> answers.Answer:
        return await dispatch.inline(studio, on_progress, captioner=captioner)(request, None)

    answer = watched(make)
    if as_json and text and isinstance(answer, answers.Changed):
        from atl_core.lyrics.own_text import read_own_text, shape_of

        print_json({**answer.draft.to_json(), "shape": asdict(shape_of(read_own_text(text)))})
        return
    show(answer, as_json)


def _read_own(file: str) -> str:
    from atl_core.lyrics.documents import ACCEPTED, MAX_BYTES, read_document
    from bot.terminal.arguments import read_text_file

    if file != "-":
        return read_text_file(Path(file))
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UserError("That is too long for lyrics.", ACCEPTED)
    return read_document(data)


@click.command()
@click.argument("draft_id", metavar="DRAFT")
@click.argument("beat")
@as_json
def beat(draft_id: str, beat: str, as_json: bool) -> None:
    """Set BEAT as the beat of DRAFT: its bars and times are taken over, the words stay."""
    from atl_core.edits.beat import SetBeat
    from bot.cli.edit import edit

    edit(draft_id, SetBeat(beat), as_json)


@click.command()
@click.argument("file", default="-")
@as_json
@click.option("--picture", type=click.Path(path_type=Path), help="Draw why, as a PNG.")
@click.option("--thorough", is_flag=True, help="Ask the language model as well: some seconds.")
@force
def genre(file: str, as_json: bool, picture: Path | None, thorough: bool, force: bool) -> None:
    """Judge how hip-hop or country lyrics are, and show the words and lines that say so.

    They are read from FILE, or from standard input for - or without FILE.

    \b
    Examples:
      atl genre song.txt
      atl genre song.txt --thorough
    """
    lyrics = _read_lyrics(file)
    if thorough:
        verdict = watched(
            lambda studio, on_progress: studio.pipeline.judge_text(
                lyrics, thorough=True, on_progress=on_progress
            )
        )
    else:
        # Pasted lyrics need neither drafts nor settings; to open a studio takes longer than this.
        from atl_core.genre.judge import judge

        verdict = judge(lyrics)
    if picture:
        from atl_core.genre import picture as pictures

        drawn = pictures.picture(lyrics, verdict)
        write_file(picture, drawn, replace=force)
    if as_json:
        print_json(verdict.to_json())
        return
    from bot.render.console import console
    from bot.render.genre import render_genre_verdict

    console().print(render_genre_verdict(verdict))


@click.command()
@click.argument("file", default="-")
@as_json
def rhymes(file: str, as_json: bool) -> None:
    """Show the rhymes of lyrics, those inside lines too, in colour.

    They are read from FILE, or from standard input for - or without FILE.

    \b
    Example:
      atl rhymes verse.txt
    """
    from atl_core.lyrics.inner_rhymes import rhyme_chains

    lines = [line for line in _read_lyrics(file).splitlines() if line.strip()][:MOST_LINES]
    chains = rhyme_chains(lines)
    if as_json:
        print_json({"lines": lines, "rhymes": [asdict(chain) for chain in chains]})
        return
    from bot.render.console import console
    from bot.render.lines import render_rhymed

    console().print(render_rhymed(lines, chains))


def _read_lyrics(file: str) -> str:
    if file == "-":
        data = sys.stdin.buffer.read(MOST_LYRICS + 1)
        if len(data) > MOST_LYRICS:
            raise UserError(
                "That is too long for lyrics.", f"Up to {MOST_LYRICS / 1e6:g} MB are accepted."
            )
    else:
        data = read_file(Path(file), MOST_LYRICS, "A text file with lyrics is accepted.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(
            f"{'What was given' if file == '-' else file} is not UTF-8 text.",
            "A text file with lyrics is accepted.",
            "Save it as UTF-8 and try again.",
        ) from error


@click.command()
def chat() -> None:
    """Talk to your songwriting partner in the terminal."""
    from atl_core.settings import load_settings
    from bot.terminal.conversation import converse

    converse(load_settings())


@click.command()
@click.argument("beats", nargs=-1, required=True, metavar="BEAT...")
@click.option("--seed", "seed_words", default=DEMO_SEED_WORDS, show_default=True)
@click.option("--lines", default=8, show_default=True)
@click.option("--random-seed", default=DEMO_RANDOM_SEED, show_default=True)
def demo(beats: tuple[str, ...], seed_words: str, lines: int, random_seed: int) -> None:
    """Write from the same words to each BEAT, step by step."""
    from atl_core.edits.wish import Wish
    from atl_core.edits.writing import Write
    from bot.progress import shown
    from bot.render.console import console
    from bot.render.drafts import render_draft
    from bot.render.listening import render_listening

    wish = Wish.parse(seed_words=seed_words, lines=lines, random_seed=random_seed)
    screen = console()

    async def each(studio: Studio) -> None:
        for beat in beats:
            screen.rule(f"{Path(beat).name}  ·  {seed_words}", style="dim")
            with shown("plain") as on_progress:
                draft = await studio.pipeline.run(
                    Write(beat, wish), owner=LOCAL, on_progress=on_progress
                )
            screen.print(render_listening(draft.listening))
            screen.print()
            screen.print(render_draft(draft))
            screen.print(f"\nSaved as draft {draft.id}. See it again: atl drafts show {draft.id}")

    in_studio(each)


COMMANDS = (write, beat, listen, genre, rhymes, chat, demo)
