"""The `atl` command.

Nothing heavy is imported until a command needs it: `atl --help` answers at once.
"""

from __future__ import annotations

import gc
import io
import logging
import os
import sys
import warnings

import click

from bot.cli import admin, drafts, edit, flow, server, song
from bot.errors import ErrorHandlingGroup


@click.group(
    cls=ErrorHandlingGroup,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="atl", message="%(prog)s %(version)s")
def atl() -> None:
    """A songwriting partner that listens to your beat and writes to it.

    \b
    Start with:
      atl write beat.mp3 --seed "midnight train"
      atl chat
    """
    # What libraries grumble about is for developers (`python -W default -m bot ...`).
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    logging.getLogger().addHandler(logging.NullHandler())
    os.environ.setdefault("TQDM_DISABLE", "1")  # libraries' own progress bars


for module in (song, edit, flow, drafts, server, admin):
    for command in module.COMMANDS:
        atl.add_command(command)


def main() -> None:
    # Nearly all objects that a start makes stay: to look through them again and again, as Python
    # does by default, would take a tenth of the time until the first line.
    gc.set_threshold(50_000)
    # A terminal that lacks a letter shows a question mark.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    atl(prog_name="atl")


if __name__ == "__main__":
    main()
