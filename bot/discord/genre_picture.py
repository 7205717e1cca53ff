"""The picture of a verdict, drawn by a process of its own: drawing is a second of pure Python and
some tens of megabytes, which would be felt in every other answer of the bot's."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from typing import Final

SECONDS: Final = 600
"""After which a drawing is taken to hang: it takes one or two, and minutes on a busy machine."""
NICER: Final = 5


def draw(text: str) -> bytes:
    """A PNG of a text that has been judged; see `atl_core.genre.picture.picture`. It blocks."""
    # -P: a file of the same name where the bot was started is not ours.
    done = subprocess.run(
        [sys.executable, "-P", "-m", "bot.discord.genre_picture"],
        input=text.encode("utf-8", "replace"),
        stdout=subprocess.PIPE,
        timeout=SECONDS,
        check=True,
    )
    return done.stdout


def _child() -> None:
    from atl_core.genre.picture import picture

    with suppress(AttributeError, OSError):
        os.nice(NICER)
    sys.stdout.buffer.write(picture(sys.stdin.buffer.read().decode("utf-8")))


if __name__ == "__main__":
    _child()
