"""Tapping the tempo with the space bar, in a real terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from atl_core.drafts.names import LOCAL
from atl_core.errors import UserError
from atl_core.flow.grid import nearest_heard
from atl_core.settings import load_settings
from atl_core.studio import open_studio
from bot.dispatch import Asker, dispatch, inline
from bot.phrases import parse
from bot.tap import tempo_of
from tests.patience import STANDSTILL_SECONDS
from tests.songs import a_draft, saved

INTERVAL = 0.3
"""Seconds between two taps: 200 BPM, less whatever the machine is late by."""


def test_the_tempo_is_that_of_the_taps() -> None:
    steady = [0.65 * n for n in range(8)]
    assert tempo_of(steady) == pytest.approx(60 / 0.65)
    uneven = [at + (0.02 if n % 2 else -0.02) for n, at in enumerate(steady)]
    assert tempo_of(uneven) == pytest.approx(60 / 0.65, rel=0.01)


def test_a_tap_that_was_missed_and_a_false_start_change_nothing() -> None:
    steady = [0.65 * n for n in range(8)]
    assert tempo_of([at for n, at in enumerate(steady) if n != 3]) == pytest.approx(60 / 0.65)
    again = [-9.0, -8.3, *steady]
    assert tempo_of(again) == pytest.approx(60 / 0.65)


def test_a_tempo_near_the_one_that_was_heard_is_that_one() -> None:
    listening = a_draft().listening
    assert nearest_heard(97.3, listening) == 96.0
    assert nearest_heard(47.5, listening) == 48.0
    assert nearest_heard(120.04, listening) == 120.0


class Terminal:
    """`atl chat` in a terminal of its own."""

    def __init__(self, home: Path) -> None:
        self.screen, inner = pty.openpty()
        environment = {**os.environ, "ATL_HOME": str(home), "TERM": "xterm", "COLUMNS": "100"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bot", "chat"],
            stdin=inner,
            stdout=inner,
            stderr=inner,
            env=environment,
            start_new_session=True,
        )
        os.close(inner)
        self.shown = ""

    def type(self, text: str) -> None:
        os.write(self.screen, text.encode())

    def sees(self, words: str) -> re.Match[str]:
        """Waits for words after those that were seen before."""
        while (found := re.search(words, self.shown)) is None:
            moved = select.select([self.screen], [], [], STANDSTILL_SECONDS)[0]
            assert moved, f"nothing moves any more; {words!r} is not in {self.shown!r}"
            self.shown += os.read(self.screen, 65_536).decode(errors="replace")
        self.shown = self.shown[found.end() :]
        return found

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.screen)


async def saved_draft() -> str:
    async with open_studio(load_settings()) as studio:
        draft = await saved(studio)
    return draft.id


@pytest.fixture
async def terminal(home: Path) -> AsyncIterator[Terminal]:
    draft_id = await saved_draft()
    opened = Terminal(home)
    try:
        opened.sees("> ")
        opened.type(f"/open {draft_id}\n")
        opened.sees(f"Draft {draft_id}")
        opened.sees("> ")
        yield opened
    finally:
        opened.close()


def tap(terminal: Terminal, times: int) -> str:
    """Taps so often; what is shown after the last."""
    terminal.type("tap\n")
    terminal.sees("Escape leaves all as it is")
    for number in range(1, times + 1):
        terminal.type(" ")
        shown = terminal.sees(str(number) if number < 4 else r"\d+\.\d(?= BPM)")[0]
        time.sleep(INTERVAL)
    return shown


async def test_the_space_bar_sets_the_tempo(terminal: Terminal) -> None:
    tapped = float(tap(terminal, 6))
    terminal.type("\r")
    tempo = float(terminal.sees(r"From now on:[\s\S]*?([\d.]+) BPM")[1])
    assert tempo == nearest_heard(tapped, a_draft().listening)
    # A tap of a busy machine counts as two from one and a half times the usual distance on, so that
    # no distance is taken for less than three quarters of `INTERVAL`.
    assert tempo <= 60 / (0.75 * INTERVAL) + 2, "no tap was read before it was pressed"
    terminal.sees("> ")
    terminal.type("show the flow\n")
    assert float(terminal.sees(r"([\d.]+) BPM, 4/4")[1]) == pytest.approx(tempo, abs=0.6)


async def test_escape_leaves_the_tempo_and_too_few_taps_are_said_so(terminal: Terminal) -> None:
    tap(terminal, 2)
    terminal.type("\x1b")
    terminal.sees("The tempo stays as it is")
    tap(terminal, 1)
    terminal.type("\r")
    terminal.sees("A tempo takes 4 taps")
    terminal.type("/quit\n")
    terminal.sees("Bye")


async def test_where_there_is_no_space_bar_a_sentence_helps(home: Path) -> None:  # noqa: ARG001
    draft_id = await saved_draft()
    async with open_studio(load_settings()) as studio:
        opened = await studio.drafts.open(draft_id, LOCAL)
        request = parse("tap", lines=6)
        with pytest.raises(UserError, match="it is 92 bpm"):
            await dispatch(studio, request, Asker(), opened, inline(studio, lambda _: None))
