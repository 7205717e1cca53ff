"""The loopback Discord against a plain discord.py client that knows nothing of this project.

What holds here holds by discord.py's reading of Discord: a check of our own reading.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest
from discord import app_commands
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.discord import Channel, File, LoopbackDiscord, Person, bits
from tests.fakes.discord.faults import Limit
from tests.fakes.discord.gateway import HEARTBEAT, IDENTIFY, RESUME, frames


class Plain(discord.Client):
    """A bot of a few lines: every kind of answer once."""

    def __init__(self, **options: Any) -> None:
        intents = discord.Intents(guilds=True, messages=True)
        super().__init__(intents=intents, guild_ready_timeout=0.1, **options)
        self.tree = app_commands.CommandTree(self)
        self.seen: list[str] = []
        self.problems: list[BaseException] = []
        self.resumed = 0
        self.tree.on_error = self._failed  # type: ignore[method-assign]
        commands: tuple[app_commands.Command[Any, ..., Any], ...] = (say, think, upload, ask)
        for command in commands:
            self.tree.add_command(command)
        self.tree.add_command(app_commands.ContextMenu(name="How long is it?", callback=measure))

    async def setup_hook(self) -> None:
        self.add_view(Buttons())
        await self.tree.sync()

    async def on_message(self, message: discord.Message) -> None:
        if message.author != self.user:
            self.seen.append(message.content)

    async def on_resumed(self) -> None:
        self.resumed += 1

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Real Discord wants five seconds between two identifications; this one does not."""

    async def _failed(self, _: discord.Interaction, error: app_commands.AppCommandError) -> None:
        self.problems.append(error.__cause__ or error)


class Form(discord.ui.Modal, title="A line"):
    words: discord.ui.Label[Any] = discord.ui.Label(
        text="Words", component=discord.ui.TextInput(max_length=20)
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        field = self.words.component
        assert isinstance(field, discord.ui.TextInput)
        await interaction.response.send_message(f"You wrote {field.value}.")


class Buttons(discord.ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Press", custom_id="press")
    async def press(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        await interaction.response.edit_message(content="pressed", view=None)

    @discord.ui.button(label="Form", custom_id="form")
    async def form(self, interaction: discord.Interaction, _: discord.ui.Button[Any]) -> None:
        await interaction.response.send_modal(Form())


@app_commands.command(description="Says it in public")
async def say(interaction: discord.Interaction, text: str) -> None:
    await interaction.response.send_message(text, view=Buttons())


@app_commands.command(description="Thinks, answers, adds to it")
async def think(interaction: discord.Interaction, quiet: bool = False) -> None:
    await interaction.response.defer(thinking=True, ephemeral=quiet)
    answer = await interaction.followup.send("thought", wait=True)
    await answer.edit(content="thought twice")
    await interaction.followup.send("and more", ephemeral=True)
    assert (await interaction.original_response()).content == "thought twice"


@app_commands.command(description="Takes a file and gives it back")
async def upload(interaction: discord.Interaction, file: discord.Attachment) -> None:
    await interaction.response.defer()
    data = await file.read()
    channel = interaction.channel
    assert isinstance(channel, discord.abc.Messageable)
    picture = discord.File(io.BytesIO(data[::-1]), "turned.bin")
    for _ in range(2):  # a nonce makes the second one the first
        picture.reset()
        await channel.send("turned", file=picture, nonce="job-1")
        picture = discord.File(io.BytesIO(data[::-1]), "turned.bin")
    await interaction.delete_original_response()


@app_commands.command(description="Offers what begins like it")
async def ask(interaction: discord.Interaction, what: str) -> None:
    await interaction.response.send_message(what)


@ask.autocomplete("what")
async def _offers(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
    words = ["river", "rain", "road"]
    return [app_commands.Choice(name=w, value=w) for w in words if w.startswith(current)]


async def measure(interaction: discord.Interaction, message: discord.Message) -> None:
    text = f"{len(message.content)} characters"
    await interaction.response.send_message(text, ephemeral=True)


@contextlib.asynccontextmanager
async def running(server: LoopbackDiscord) -> AsyncIterator[Plain]:
    client = Plain()
    life = asyncio.create_task(client.start(server.token))
    try:
        waited = asyncio.create_task(client.wait_until_ready())
        await server.ready()
        await waited
        yield client
    finally:
        await client.close()
        await asyncio.wait({life})


@pytest.fixture
async def channel(rerouted: LoopbackDiscord) -> Channel:
    return await rerouted.channel(await rerouted.guild())


@pytest.fixture
def ann(rerouted: LoopbackDiscord, channel: Channel) -> Person:
    assert channel.guild is not None
    return rerouted.person("ann", channel.guild)


@pytest.fixture
async def bot(rerouted: LoopbackDiscord, channel: Channel) -> AsyncIterator[Plain]:  # noqa: ARG001
    async with running(rerouted) as client:
        yield client
        assert rerouted.journal.strangers() == []


async def test_a_wrong_token_is_refused(rerouted: LoopbackDiscord) -> None:
    client = Plain()
    with pytest.raises(discord.LoginFailure):
        await client.start("somebody.else's.token")
    await client.close()
    assert [e.status for e in rerouted.journal.asked("GET", "/users/@me")] == [401]


async def test_it_logs_in_sees_its_servers_and_keeps_the_heart_beating(
    bot: Plain, channel: Channel, loopback: LoopbackDiscord
) -> None:
    assert [guild.name for guild in bot.guilds] == ["Songwriters"]
    assert bot.get_channel(channel.id) is not None
    await loopback.until(lambda: loopback.journal.heard(HEARTBEAT), "a heartbeat")
    assert len(loopback.journal.heard(IDENTIFY)) == 1


@given(st.binary(min_size=4), st.integers(5, 60))
def test_a_message_is_cut_so_that_its_end_is_known(message: bytes, size: int) -> None:
    cut = frames(message, size)
    assert b"".join(cut) == message
    assert cut[-1].endswith(message[-4:])
    assert all(len(frame) == size for frame in cut[:-1])
    assert len(cut[-1]) <= size + 4


async def test_a_message_in_many_frames_is_put_together_again(
    rerouted: LoopbackDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.fakes.discord.gateway._FRAME", 50)
    rerouted.gateway.heartbeat_interval = 100
    guild = await rerouted.guild()
    for number in range(50):
        await rerouted.channel(guild, f"channel-{number}")
    async with running(rerouted) as client:
        assert len(client.guilds[0].text_channels) == 50
        await rerouted.until(lambda: len(rerouted.journal.heard(HEARTBEAT)) > 3, "heartbeats")
        assert len(rerouted.journal.heard(IDENTIFY)) == 1


async def test_every_kind_of_answer(bot: Plain, channel: Channel, ann: Person) -> None:
    said = await ann.slash(channel, "say", text="hello @everyone")
    shown = await ann.reads(said, "hello")
    pressed = await ann.click(shown, "Press")
    await ann.reads(pressed, "^pressed$")
    assert shown.components == []

    thought = await ann.slash(channel, "think")
    await ann.reads(thought, "and more")
    assert [(m.text, m.ephemeral) for m in thought.answers] == [
        ("thought twice", False),
        ("and more", True),
    ]
    quiet = await ann.slash(channel, "think", quiet=True)
    assert (await ann.reads(quiet, "thought twice")).ephemeral

    measured = await ann.menu(shown, "How long is it?")
    assert (await ann.reads(measured, "7 characters")).ephemeral
    assert [c["value"] for c in await ann.suggest(channel, "ask", "what", "r")] == [
        "river",
        "rain",
        "road",
    ]
    assert bot.problems == []


async def test_a_form_is_shown_filled_in_and_answered(
    bot: Plain, channel: Channel, ann: Person
) -> None:
    shown = await ann.reads(await ann.slash(channel, "say", text="hi"), "hi")
    asked = await ann.answered(await ann.click(shown, "Form"))
    with pytest.raises(ValueError, match="too long"):
        await ann.fill(asked, words="x" * 21)
    filled = await ann.fill(asked, words="rain on the road")
    await ann.reads(filled, "You wrote rain on the road")
    assert bot.problems == []


async def test_files_go_both_ways_and_a_nonce_makes_two_posts_one(
    bot: Plain, channel: Channel, ann: Person, loopback: LoopbackDiscord
) -> None:
    sent = await ann.slash(channel, "upload", file=File("beat.bin", b"abc" * 500_000))
    posted = await ann.reads(channel, "turned")
    assert posted.attachments[0].data == b"cba" * 500_000
    await loopback.until(lambda: sent.original and sent.original.deleted, "the end of thinking")
    assert [m.text for m in channel.seen()] == ["turned"]
    assert bot.problems == []


async def test_a_ping_is_counted_unless_it_was_ruled_out(
    bot: Plain, channel: Channel, ann: Person, loopback: LoopbackDiscord
) -> None:
    await ann.reads(await ann.slash(channel, "say", text="hello @everyone"), "hello")
    assert [ping.whom for ping in loopback.pings] == ["everyone: everyone"]
    bot.allowed_mentions = discord.AllowedMentions.none()
    await ann.reads(await ann.slash(channel, "say", text="bye @everyone"), "bye")
    assert len(loopback.pings) == 1


async def test_text_reaches_the_bot_only_where_discord_lets_it(
    bot: Plain, channel: Channel, ann: Person, loopback: LoopbackDiscord
) -> None:
    place = bot.get_channel(channel.id)
    assert place is not None
    await place.send("a draft")  # type: ignore[union-attr]
    draft = await ann.reads(channel, "a draft")
    answered = await ann.reads(await ann.slash(channel, "say", text="an answer"), "an answer")
    await ann.say(channel, "to nobody")
    await ann.say(channel, f"to <@{loopback.bot.id}>")
    await ann.say(channel, "to the draft", reply_to=draft)
    await ann.say(channel, "to the draft, quietly", reply_to=draft, ping=False)
    await ann.say(channel, "to the answer", reply_to=answered)
    await ann.say(ann.direct, "in private")
    await loopback.until(lambda: len(bot.seen) == 6, "six messages")
    assert bot.seen == ["", f"to <@{loopback.bot.id}>", "to the draft", "", "", "in private"]


async def test_limits_and_permissions_are_refused_in_discords_words(
    bot: Plain, channel: Channel, loopback: LoopbackDiscord
) -> None:
    place = bot.get_partial_messageable(channel.id)
    with pytest.raises(discord.HTTPException, match="2000") as long:
        await place.send("x" * 2001)
    assert (long.value.status, long.value.code) == (400, 50035)
    with pytest.raises(discord.HTTPException, match="empty message"):
        await place.send("")
    with pytest.raises(discord.HTTPException, match="6000"):
        await place.send(embeds=[discord.Embed(description="x" * 4000)] * 2)
    crowded = discord.ui.View()
    crowded.add_item(discord.ui.Button(label="x" * 81))
    with pytest.raises(discord.HTTPException, match="80"):
        await place.send("hi", view=crowded)
    channel.denied[loopback.bot.id] = bits("attach_files")
    with pytest.raises(discord.Forbidden) as forbidden:
        await place.send(file=discord.File(io.BytesIO(b"x"), "x.txt"))
    assert forbidden.value.code == 50013
    channel.denied[loopback.bot.id] = bits("view_channel")
    with pytest.raises(discord.Forbidden) as blind:
        await place.send("hi")
    assert blind.value.code == 50001


async def test_a_late_a_second_and_an_expired_answer_are_refused(
    bot: Plain, channel: Channel, ann: Person, loopback: LoopbackDiscord
) -> None:
    held: list[Any] = []

    @app_commands.command(name="hold", description="Keeps the interaction for the test")
    async def hold(interaction: Any) -> None:
        held.append(interaction)

    bot.tree.add_command(hold)
    await bot.tree.sync()
    asked = await ann.slash(channel, "hold")
    await loopback.until(lambda: held, "the interaction")
    await held[0].response.send_message("once")
    again = discord.InteractionResponse(held[0])
    with pytest.raises(discord.HTTPException) as twice:
        await again.send_message("twice")
    assert twice.value.code == 40060
    loopback.expire(asked)
    with pytest.raises(discord.HTTPException) as late:
        await held[0].edit_original_response(content="late")
    assert (late.value.status, late.value.code) == (401, 50027)

    slow = await ann.slash(channel, "hold")
    await loopback.until(lambda: len(held) == 2, "the second interaction")
    loopback.forget(slow)
    with pytest.raises(discord.NotFound) as unknown:
        await held[1].response.send_message("too late")
    assert unknown.value.code == 10062


async def test_429_and_502_are_waited_out_and_a_lost_answer_is_not_a_second_post(
    bot: Plain, channel: Channel, loopback: LoopbackDiscord
) -> None:
    place = bot.get_partial_messageable(channel.id)
    path = f"/channels/{channel.id}/messages"
    loopback.trouble("POST", path, status=429, retry_after=0.05, times=2)
    await place.send("patience")
    loopback.trouble("POST", path, status=502, performed=True)
    await place.send("just once", nonce="n1")
    assert [m.text for m in channel.seen()] == ["patience", "just once"]
    statuses = [entry.status for entry in loopback.journal.asked("POST", path)]
    assert statuses == [429, 429, 200, 502, 200]
    loopback.trouble("POST", path, status=429, via=False)
    with pytest.raises(discord.HTTPException):
        await place.send("banned")


async def test_the_real_limits_are_kept_to_and_everything_is_posted_in_order(
    bot: Plain, channel: Channel, loopback: LoopbackDiscord
) -> None:
    (limit,) = loopback.limits = [Limit("POST", "/channels/*/messages", 3, 0.3)]
    place = bot.get_partial_messageable(channel.id)
    for number in range(8):
        await place.send(f"line {number}")
    assert [m.text for m in channel.seen()] == [f"line {number}" for number in range(8)]
    assert limit.refused == 0, "the client read the headers and waited before it was refused"


async def test_a_lost_socket_resumes_and_hears_what_was_said_meanwhile(
    bot: Plain, channel: Channel, ann: Person, loopback: LoopbackDiscord
) -> None:
    loopback.gateway.down = True
    loopback.gateway.cut()
    asked = await ann.slash(channel, "say", text="while you were out")
    loopback.gateway.down = False
    await ann.reads(asked, "while you were out")
    await loopback.until(lambda: bot.resumed == 1, "the resumed event")
    assert len(loopback.journal.heard(IDENTIFY)) == 1
    assert len(loopback.journal.heard(RESUME)) == 1


async def test_op_7_resumes_and_op_9_identifies_anew(
    bot: Plain, channel: Channel, ann: Person, loopback: LoopbackDiscord
) -> None:
    await loopback.gateway.reconnect()
    await loopback.until(lambda: bot.resumed == 1, "the resumed event")
    await loopback.gateway.invalidate(resumable=True)
    await loopback.until(lambda: bot.resumed == 2, "the second resumed event")
    await loopback.gateway.invalidate(resumable=False)
    await loopback.until(lambda: len(loopback.journal.heard(IDENTIFY)) == 2, "a new session")
    await loopback.ready()
    await ann.reads(await ann.slash(channel, "say", text="still here"), "still here")
    assert len(loopback.journal.heard(RESUME)) == 2


async def test_an_intent_that_was_not_granted_closes_the_door(rerouted: LoopbackDiscord) -> None:
    client = discord.Client(intents=discord.Intents(guilds=True, message_content=True))
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await client.start(rerouted.token)
    await client.close()
