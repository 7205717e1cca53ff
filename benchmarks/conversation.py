"""A conversation of twelve turns on a beat, recorded as it is shown: in a terminal and on Discord.

`python -m benchmarks.conversation terminal BEAT` talks to `atl chat` in a pseudo-terminal, as a
writer would: the next turn is typed when the prompt is there again.
`python -m benchmarks.conversation discord BEAT FOLDER` talks to `atl up` over the Discord on
loopback that the tests use, and saves the pictures that it is sent. Both begin with an empty data
folder and the fetched weights, and print the conversation in Markdown, with the seconds that each
turn took. Words differ from run to run.
"""

from __future__ import annotations

import argparse
import asyncio
import codecs
import os
import pty
import re
import select
import signal
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Final

from tests.fakes.discord import File, Message
from tests.fakes.discord.world import every_component
from tests.machine import FETCHED
from tests.transport.product import at_work

SONG: Final = """\
[Verse 1]
I came to LA with a dollar and a song
Slept on the floor of a friend of a friend
...
Mama on the phone asking where does it end
I keep my head up when the rent is due
...
I wrote every word on the back of a bus
And the whole wide city never heard of us
"""
TURNS: Final = (
    "LA is L-A",
    "options for line 3",
    "more like 2",
    "take 3",
    "never say baby again",
    "avoid clichés",
    "write verse hook verse hook bridge hook",
    "move the bridge up",
    "show the rhymes",
    "more internal rhymes in line 6",
    "add ad-libs to the hook",
)
"""What is said after the first turn, in which the song and the beat are given."""
WIDTH: Final = 100
PROMPT: Final = "> "
_WHOLE: Final = re.compile(r"\x1b\[[?\d;]*[A-Za-z]")
_PART: Final = re.compile(r"\x1b\[[?\d;]*[A-Za-z]|\x1b.*|.", re.DOTALL)
PATIENCE: Final = 900.0
"""Seconds of silence after which the recording is given up."""


class Screen:
    """The rows of a terminal: what is printed, and what is moved over and erased by a spinner."""

    def __init__(self) -> None:
        self.rows = [""]
        self._row = self._column = 0
        self._left = ""

    def feed(self, text: str) -> None:
        parts = _PART.findall(self._left + text)
        # The end of a sequence may come with the next piece.
        self._left = parts.pop() if parts and parts[-1].startswith("\x1b") else ""
        if self._left and _WHOLE.fullmatch(self._left):
            parts.append(self._left)
            self._left = ""
        for part in parts:
            self._take(part)

    def _take(self, part: str) -> None:
        row = self.rows[self._row]
        match part[0], part[-1]:
            case "\n", _:
                self._row += 1
                if self._row == len(self.rows):
                    self.rows.append("")
            case "\r", _:
                self._column = 0
            case "\b", _:
                self._column -= 1
            case "\x1b", "A":
                self._row = max(0, self._row - int(part[2:-1] or 1))
            case "\x1b", "K":
                self.rows[self._row] = row[: self._column] if part[2:-1] in ("", "0") else ""
            case "\x1b", _:
                pass
            case _:
                row = row.ljust(self._column)
                self.rows[self._row] = row[: self._column] + part + row[self._column + 1 :]
                self._column += 1


def in_terminal(beat: Path) -> None:
    """Print the conversation with `atl chat`."""
    with tempfile.TemporaryDirectory() as folder:
        home = furnished(Path(folder))
        (Path(folder) / "song.txt").write_text(SONG)
        (Path(folder) / beat.name).symlink_to(beat.resolve())
        settings = {n: value for n, value in os.environ.items() if not n.startswith("ATL_")}
        settings |= {"ATL_HOME": str(home), "COLUMNS": str(WIDTH), "TERM": "xterm"}
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(folder)
            os.execve(Path(sys.executable).with_name("atl"), ["atl", "chat"], settings)
        try:
            screen = Screen()
            prompt(terminal, screen)
            print("```", *screen.rows[:-1], sep="\n")
            for said in (f"/write song.txt {beat.name}", *TURNS):
                shown, start = len(screen.rows) - 1, time.perf_counter()
                os.write(terminal, f"{said}\n".encode())
                prompt(terminal, screen)
                told = screen.rows[shown:-1]
                print(*(row.rstrip() for row in told), sep="\n")
                print(
                    f"                                        ({seconds_since(start)})", flush=True
                )
            print("```")
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def prompt(terminal: int, screen: Screen) -> None:
    """Read what is printed until the prompt is there.

    Raises:
        TimeoutError: nothing more came.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    while True:
        ready, _, _ = select.select([terminal], [], [], PATIENCE)
        if not ready:
            raise TimeoutError("atl chat says nothing more")
        screen.feed(decoder.decode(os.read(terminal, 65536)))
        if screen.rows[-1] == PROMPT:
            return


EXPECTED: Final = {
    "LA": "You say",
    "options": "or choose below",
    "more like": "or choose below",
    "never": "You avoid",
    "avoid": "This draft avoids",
    "show": "one colour each",
}
"""What an answer on Discord says that is no draft, by the beginning of what was asked."""


def is_draft(message: Message) -> bool:
    return "version" in message.text


async def on_discord(beat: File, pictures: Path) -> None:
    """Print the conversation with `atl up` over the loopback Discord; pictures are saved."""
    with tempfile.TemporaryDirectory() as folder:
        cores = str(os.cpu_count())  # the tests take one
        async with at_work(Path(folder), OMP_NUM_THREADS=cores) as product:
            ann, channel = product.person("Ann"), product.channel
            files = {"file": File("song.txt", SONG.encode())}
            files["beat"] = beat
            start = time.perf_counter()
            await ann.slash(channel, "write", **files)
            print(f"**Ann:** `/write` with song.txt and {beat.name}\n")
            shown = await ann.reads(channel, r"version 1\b")
            tell(shown, start)
            for said in TURNS:
                start = time.perf_counter()
                if said.startswith("take"):
                    print(f"**Ann** chooses {said.removeprefix('take ')} in the menu.\n")
                    await ann.choose(shown, said.removeprefix("take "))
                    await product.discord.until(partial(is_draft, shown), "the draft")
                else:
                    print(f"**Ann**, in reply: {said}\n")
                    asked = await ann.say(channel, said, reply_to=shown)
                    answer = await ann.reads(channel, expected(said), after=asked.id)
                    shown = answer if draft_is_under(answer) else shown
                    tell(answer, start)
                    save(answer, pictures)
                    continue
                tell(shown, start)


def save(message: Message, pictures: Path) -> None:
    for file in message.attachments:
        if file.filename.endswith(".png"):
            (pictures / f"conversation-{file.filename}").write_bytes(file.data)


def expected(said: str) -> str:
    known = (words for opening, words in EXPECTED.items() if said.startswith(opening))
    return next(known, r"version \d")


def draft_is_under(message: Message) -> bool:
    """Whether a message can be replied to about its draft."""
    return any(":more:" in i or ":none:" in i for i in custom_ids(message))


def custom_ids(message: Message) -> list[str]:
    return [part.get("custom_id") or "" for part in every_component(message.components)]


def tell(message: Message, start: float) -> None:
    """A message of the bot's as Markdown."""
    print("**ATL:**\n\n```")
    print(*(row.rstrip() for row in message.text.splitlines()), "```", sep="\n")
    names = [part["label"] for part in every_component(message.components) if part["type"] == 2]
    kinds = [file.filename for file in message.attachments]
    menus = ["a menu" for part in every_component(message.components) if part["type"] == 3]
    below = ", ".join((*kinds, *menus, *names))
    print(f"Below it: {below}. " if below else "", end="")
    print(f"({seconds_since(start)})\n", flush=True)


def seconds_since(start: float) -> str:
    return f"{time.perf_counter() - start:.1f} s"


def furnished(folder: Path) -> Path:
    """An empty data folder with the weights that were fetched."""
    home = folder / "home"
    home.mkdir()
    (home / "weights").symlink_to(FETCHED, target_is_directory=True)
    return home


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    places = parser.add_subparsers(dest="place", required=True)
    places.add_parser("terminal").add_argument("beat", type=Path)
    discord = places.add_parser("discord")
    discord.add_argument("beat", type=Path)
    discord.add_argument("folder", type=Path, help="the pictures are saved here")
    asked = parser.parse_args()
    if asked.place == "terminal":
        in_terminal(asked.beat)
    else:
        asyncio.run(on_discord(File(asked.beat.name, asked.beat.read_bytes()), asked.folder))
