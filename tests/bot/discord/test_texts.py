"""Every text in every language: nothing missing, nothing that Discord would refuse."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from pathlib import Path

import pytest

import bot.discord
from atl_core.drafts.diff import compare
from bot.discord import list_cards
from bot.discord.client import Client
from bot.discord.components import Action
from bot.discord.escape import escape
from bot.discord.features import FEATURES
from bot.discord.limits import parts
from bot.discord.texts import COMMANDS, REPLIES, Translator, say
from bot.secrets import without_secrets
from tests.bot.discord.desk import DeskStudio
from tests.drafts.examples import VERSE, make_draft

CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for path in Path(bot.discord.__file__).parent.rglob("*.py")
    if path.parent.name != "texts"
)


def values(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("locale", ["de", "es", "fr"])
def test_a_translation_says_the_same_things(locale: str) -> None:
    assert set(REPLIES[locale]) == set(REPLIES["en"])
    for key, text in REPLIES[locale].items():
        assert values(text) <= values(REPLIES["en"][key]), key


def test_a_language_that_nobody_has_written_is_english() -> None:
    assert say("delivered", "de", link="x") == "✅ Fertig: x"
    assert say("delivered", "es-419", link="x") == "✅ Listo: x"
    assert say("delivered", "ja", link="x") == "✅ Done: x"


def test_every_text_is_used() -> None:
    for key in REPLIES["en"]:
        stem = key.rsplit(".", 1)[0]
        whole = f'"{key}"' in CODE or f"'{key}'" in CODE
        # Such as f"button.{verb}", or count(n, "line", locale).
        assert whole or f'f"{stem}.{{' in CODE or f'"{stem}"' in CODE, key


def test_commands_are_called_as_the_reader_sees_them() -> None:
    assert "`/entwürfe`" in say("button.old", "de")
    assert "`/drafts`" in say("button.old", "en-GB")


async def test_every_command_has_its_name_in_every_language(studio: DeskStudio) -> None:
    client = Client(studio.settings, studio, FEATURES)
    translator = Translator()
    await client.tree.set_translator(translator)
    for command in client.tree.get_commands():
        payload = await command.get_translated_payload(client.tree, translator)
        menu = payload.get("type", 1) != 1
        found = payload["name_localizations"]
        assert {"de", "es-ES", "es-419", "fr"} <= set(found), payload["name"]
        for name in found.values():
            assert 1 <= len(name) <= 32
            assert menu or re.fullmatch(r"[-_'\w]{1,32}", name), name
            assert menu or name == name.lower()
        for option in payload.get("options", []):
            assert {"de", "fr"} <= set(option["name_localizations"]), option["name"]
            for text in option["description_localizations"].values():
                assert 1 <= len(text) <= 100, text
        for text in payload.get("description_localizations", {}).values():
            assert 1 <= len(text) <= 100, text


@pytest.mark.parametrize("locale", ["de", "es", "fr"])
def test_the_help_tells_what_can_be_said_in_english(locale: str) -> None:
    said = [say("help.then", language).split("\n", 1)[1] for language in ("en", locale)]
    assert said[0] == said[1], "whatever the language, it is what the bot understands"
    menu = COMMANDS[locale]["Write lyrics for this beat"]
    assert f"Apps › {menu}." in say("reply.beat", locale)
    assert say("button.share", locale) in say("share.server", locale)


@pytest.mark.parametrize("locale", ["de", "es", "fr"])
def test_no_command_has_the_name_of_another(locale: str) -> None:
    names = ("lyrics", "listen", "drafts", "genre", "rhymes", "status", "help", "settings")
    assert len({COMMANDS[locale][name] for name in names}) == len(names)


def test_labels_are_short_enough_for_discord() -> None:
    for replies in REPLIES.values():
        for key, text in replies.items():
            if key.startswith("button."):
                assert len(text) <= 80 or key in ("button.old", "button.bug"), key
            if key.startswith("form.") and not key.endswith(
                (".hint", ".nothing", ".number", ".one")
            ):
                assert len(text) <= 45, key


# Taking a song apart


def test_a_song_is_split_at_stanzas_then_at_lines_and_never_inside_one() -> None:
    stanza = [f"`{n}` {'la ' * 20}".strip() for n in range(1, 5)]
    song = [stanza] * 12
    texts = parts(song, 600)
    assert all(len(text) <= 600 for text in texts)
    assert "\n\n".join(texts).replace("\n\n", "\n").split("\n") == stanza * 12
    long_stanza = parts([stanza * 5], 600)
    assert all(len(text) <= 600 for text in long_stanza)
    assert [row for text in long_stanza for row in text.split("\n")] == stanza * 5


def test_short_stanzas_share_a_text() -> None:
    assert parts([["a"], ["b", "c"]], 600) == ["a\n\nb\nc"]
    assert parts([], 600) == [""]


def test_what_somebody_wrote_is_plain() -> None:
    assert escape("**b** <@1> [x](y) @everyone") == (r"\*\*b\*\* \<\@1\> \[x\](y) \@everyone")


def compared(*texts: str) -> str:
    """A comparison of the verse with one of these lines."""
    found = compare(make_draft(), replace(make_draft(texts), revision=2))
    (embed,) = list_cards.comparison(found).embeds
    return embed.description or ""


def test_a_comparison_strikes_through_what_went_and_marks_what_came() -> None:
    one_word = compared(VERSE[0].replace("town", "heart"), *VERSE[1:])
    assert "`  1` midnight train is rolling through my ~~town~~ **heart**" in one_word
    put_in = compared(VERSE[0], "oh lord", *VERSE[1:])
    assert "`+ 2` **oh lord**" in put_in
    assert "`  5` nothing in this world" in put_in
    assert f"`- 3` ~~{VERSE[2]}~~" in compared(*VERSE[:2], VERSE[3])
    rewritten = compared(VERSE[0], "what a day", *VERSE[2:])
    assert f"`  2` ~~{VERSE[1]}~~ **what a day**" in rewritten


def test_compared_lyrics_are_never_taken_for_markdown() -> None:
    shown = compared("*star* __under__ ~~gone~~ `code` <@42> # [a](b)", *VERSE[1:])
    assert r"\*star\* \_\_under\_\_ \~\~gone\~\~ \`code\` \<\@42\> # \[a\](b)" in shown


# Ids of buttons


@pytest.mark.parametrize(
    "action",
    [Action("more", "k7m2qd", "3"), Action("page", "2", "a: b"), Action("everywhere")],
)
def test_an_id_is_read_as_it_was_written(action: Action) -> None:
    assert Action.read(action.custom_id()) == action
    assert len(action.custom_id()) <= 100


# Secrets


def test_no_token_is_logged() -> None:
    token = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789AB"
    told = without_secrets(
        "We are being rate limited. PATCH https://discord.com/api/v10/webhooks/12345678/"
        f"aW50ZXJhY3Rpb24/messages/99 responded with 429; Authorization: Bot {token}"
    )
    assert "aW50ZXJhY3Rpb24" not in told
    assert token not in told
    assert "/webhooks/12345678/[token]/messages/99" in told
