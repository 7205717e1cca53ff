"""Somebody who writes songs with the bot: the same few verbs, whichever Discord they are on.

A scenario is written once against `Person` and played on simcord, where the bot runs in the test
and Discord is simulated inside it, and on the loopback Discord, where both are processes with a
socket between them. Where the two disagree, one of them reads Discord's documentation wrongly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Beat:
    """A file of music that somebody has."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Post:
    """A message of the bot's as it stood when it was read."""

    handle: Any
    """Whatever the driver needs to find it again; scenarios leave it alone."""
    text: str
    """All its words: content, embeds and text components."""
    buttons: Sequence[str]
    """The labels of its buttons that can be pressed."""
    files: Mapping[str, bytes]
    private: bool
    """Whether only the one who asked sees it."""


class Asked(Protocol):
    """Something that a person did with the bot, and to which it answers."""

    @property
    def form(self) -> str:
        """The title of the form that was shown in answer, or nothing."""


class Person(Protocol):
    """One writer in one channel."""

    @property
    def name(self) -> str:
        """What they are called."""

    async def slash(self, command: str, /, **options: Any) -> Asked:
        """Run a command; its files are `Beat`s."""

    async def menu(self, post: Post, command: str) -> Asked:
        """Choose a command from a message's menu."""

    async def say(
        self, text: str, *files: Beat, answering: Post | None = None, aside: bool = False
    ) -> Post:
        """Write into the channel (`aside`: to the bot in private), as an answer or not."""

    async def click(self, post: Post, label: str) -> Asked:
        """Press the button with these words on it."""

    async def fill(self, asked: Asked, **fields: str) -> Asked:
        """Fill in the form that was shown, and send it."""

    async def told(self, asked: Asked, words: str) -> Post:
        """The answer to what they did that matches these words (a pattern); waits for it."""

    async def reads(self, words: str, *, after: Post | None = None, aside: bool = False) -> Post:
        """The first message of the bot's in the channel, after another one, that matches; waits."""

    async def sees(self, post: Post, words: str) -> Post:
        """The same message once its text matches these words; waits for it."""


class Place(Protocol):
    """A channel with the bot in it, into which people come."""

    def person(self, name: str, *, locale: str = "en-US", manages: bool = False) -> Person:
        """Somebody new in the channel."""

    @property
    def pings(self) -> int:
        """How often the bot has pinged somebody."""

    def count(self, words: str) -> int:
        """How many public messages of the bot's match these words now."""
