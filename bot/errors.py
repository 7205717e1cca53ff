"""What a person sees when something fails: one line for their mistakes, an apology for ours."""

from __future__ import annotations

import errno
import os
import secrets
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from atl_core.errors import UserError
from atl_core.files import make_private_file, make_private_folder
from bot.clean import clean

USER_ERROR = 2
BUG = 1
INTERRUPTED = 130
FULL = "The disk is full. Free some space and try again; what was saved before is safe."


class ErrorHandlingGroup(click.Group):
    """A group of commands whose failures never show a traceback.

    Exit status 2 and one line on standard error for what the user can correct, 1 for a bug.
    """

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        try:
            status = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
            sys.exit(status or 0)
        except UserError as error:
            fail(str(error), USER_ERROR)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message())
            sys.exit(0)
        except click.ClickException as error:
            fail(_sentence(error), USER_ERROR)
        except (KeyboardInterrupt, click.Abort):
            fail("Stopped. Every draft that was saved is safe.", INTERRUPTED)
        except BrokenPipeError:
            # The reader of our output left; nothing more can be said to it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(INTERRUPTED)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                fail(apology(error), BUG)
            fail(FULL, USER_ERROR)
        except Exception as error:
            fail(apology(error), BUG)


def fail(text: str, status: int) -> NoReturn:
    """Say one line on standard error and leave."""
    click.echo(f"atl: {clean(' '.join(text.split()))}", err=True)
    sys.exit(status)


def apology(error: BaseException) -> str:
    """Log a bug with its traceback; what to tell the person who met it."""
    bug = secrets.token_hex(4)
    try:
        where = record(error, bug)
    except OSError:
        traceback.print_exception(error)
        return f"Sorry, something went wrong here that should not have (bug {bug})."
    return (
        f"Sorry, something went wrong here that should not have (bug {bug}). Your saved drafts are "
        f"safe. The details are in {where}; please send them along when you report it."
    )


def record(error: BaseException, bug: str) -> Path:
    """Write a traceback to `ATL_HOME/logs`; the file's path."""
    from atl_core.settings import load_settings

    now = datetime.now(UTC)
    try:
        home = load_settings().home
    except Exception:  # whatever is wrong with the settings, this bug is to be told
        home = Path.home() / ".local" / "share" / "atl"
    path = home / "logs" / f"{now:%Y-%m-%d}-{bug}.txt"
    make_private_folder(home)
    make_private_folder(path.parent)
    make_private_file(path)
    command = " ".join(sys.argv)
    report = "".join(traceback.format_exception(error))
    path.write_text(f"{now.isoformat()} {command}\n\n{report}", encoding="utf-8")
    return path


def _sentence(error: click.ClickException) -> str:
    message = error.format_message()
    context = getattr(error, "ctx", None)
    if context is not None:
        end = "" if message.endswith((".", "?")) else "."
        message = f"{message}{end} See: {context.command_path} --help"
    return message
