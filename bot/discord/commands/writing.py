"""`/lyrics` and `/listen`: what takes a beat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import discord
from discord import app_commands
from discord.app_commands import Choice, Range
from discord.app_commands import locale_str as _

from atl_core import edits
from atl_core.lyrics.brief import GENRES, MOODS
from atl_core.lyrics.checks import MAX_LINES
from atl_core.lyrics.form import MAX_SYLLABLES, MIN_SYLLABLES
from atl_core.wish import AUTO, DEFAULT_LINES, Wish
from bot.discord import access, acting, beats
from bot.discord.asking import ByInteraction, by_interaction
from bot.discord.interactions import answered, defer

if TYPE_CHECKING:
    from bot.discord.client import Partner

    Asked = discord.Interaction[Partner]

SCHEMES: Final = {
    "AABB": "couplets",
    "ABAB": "alternating",
    "ABCB": "a ballad's",
    "AAAA": "one rhyme throughout",
    "ABBA": "enclosed",
    "XAXA": "every second line",
    "free": "no rhymes",
}


@app_commands.command(name=_("lyrics"), description=_("Write lyrics to a beat"))
@app_commands.describe(
    beat=_("The beat: an audio file, or a video with sound"),
    link=_("Or a link to it on YouTube"),
    seed=_("Up to 8 words to write from, such as: midnight train"),
    genre=_("Left out: as the beat sounds"),
    mood=_("Left out: as the beat sounds"),
    lines=_("How many lines; left out: 8"),
    scheme=_("Which lines rhyme, such as AABB; X need not rhyme"),
    syllables=_("Syllables a line; left out: by the tempo"),
    explicit=_("Allow explicit words, in age-restricted channels"),
    private=_("Show the draft to you alone"),
)
@app_commands.rename(
    beat=_("beat"),
    link=_("link"),
    seed=_("seed"),
    genre=_("genre"),
    mood=_("mood"),
    lines=_("lines"),
    scheme=_("scheme"),
    syllables=_("syllables"),
    explicit=_("explicit"),
    private=_("private"),
)
@app_commands.choices(
    genre=[Choice(name=_(name), value=name) for name in GENRES],
    mood=[Choice(name=_(name), value=name) for name in MOODS],
)
async def lyrics(
    interaction: Asked,
    beat: discord.Attachment | None = None,
    link: str | None = None,
    seed: Range[str, 1, 300] | None = None,
    genre: str = AUTO,
    mood: str = AUTO,
    lines: Range[int, 1, MAX_LINES] = DEFAULT_LINES,
    scheme: Range[str, 1, 40] = AUTO,
    syllables: Range[int, MIN_SYLLABLES, MAX_SYLLABLES] | None = None,
    explicit: bool = False,
    private: bool = False,
) -> None:
    async def work() -> None:
        asking = by_interaction(interaction, progress=await defer(interaction))
        asking.private = private
        wish = Wish.parse(
            seed_words=seed,
            genre=genre,
            mood=mood,
            lines=lines,
            scheme=scheme,
            syllables=syllables,
            explicit=explicit,
        )
        await write(asking, wish, beat, link)

    await answered(interaction, work())


@lyrics.autocomplete("scheme")
async def schemes(interaction: Asked, current: str) -> list[Choice[str]]:  # noqa: ARG001
    """The usual ones, and what was typed when it is none of them."""
    typed = current.strip()
    found = [
        Choice(name=f"{scheme} · {meaning}", value=scheme)
        for scheme, meaning in SCHEMES.items()
        if typed.casefold() in f"{scheme} {meaning}".casefold()
    ]
    if typed and typed.upper() not in SCHEMES:
        found.insert(0, Choice(name=typed[:100], value=typed[:40]))
    return found[:25]


async def write(
    asking: ByInteraction,
    wish: Wish,
    attachment: discord.Attachment | None,
    link: str | None,
) -> None:
    """Order a draft, once all that can be refused at once has been looked at."""
    client, scene = asking.client, asking.scene
    settings = await access.settings_of(client, scene)
    if wish.explicit:
        access.check_explicit(client, scene, settings)
    await check_here(asking)
    beat, name = await beats.beat_of(client, scene, settings, attachment, link)
    await acting.make(asking, edits.Write(beat, wish), beat=name)


async def check_here(asking: ByInteraction) -> None:
    """Refuse before a beat is fetched what would be refused after it.

    Raises:
        PlaceError: the bot may not answer here, or the asker has enough in the making.
    """
    client, scene = asking.client, asking.scene
    settings = await access.settings_of(client, scene)
    if not asking.private:
        access.check_channel(scene, settings)
        access.check_permissions(scene)
    await access.check_cap(client, scene, settings)


@app_commands.command(
    name=_("listen"), description=_("Say what is heard in a beat, with a picture")
)
@app_commands.describe(
    beat=_("The beat: an audio file, or a video with sound"),
    link=_("Or a link to it on YouTube"),
    private=_("Show the answer to you alone"),
)
@app_commands.rename(beat=_("beat"), link=_("link"), private=_("private"))
async def listen(
    interaction: Asked,
    beat: discord.Attachment | None = None,
    link: str | None = None,
    private: bool = False,
) -> None:
    async def work() -> None:
        asking = by_interaction(interaction, progress=await defer(interaction))
        asking.private = private
        client, scene = asking.client, asking.scene
        settings = await access.settings_of(client, scene)
        await check_here(asking)
        heard, name = await beats.beat_of(client, scene, settings, beat, link)
        await acting.make(asking, edits.Listen(heard), beat=name)

    await answered(interaction, work())


COMMANDS: tuple[Any, ...] = (lyrics, listen)
