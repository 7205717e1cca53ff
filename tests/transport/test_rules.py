"""What this Discord lets through, against the limits in Discord's documentation."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.discord.refusals import RefusalError
from tests.fakes.discord.rules import check_choices, check_commands, check_message, check_modal
from tests.fakes.discord.world import COMPONENTS_V2

Body = dict[str, Any]


def button(number: int = 0, **more: Any) -> Body:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": f"go:{number}"} | more


def row(*inside: Body) -> Body:
    return {"type": 1, "components": list(inside)}


def select(choices: int, **more: Any) -> Body:
    options = [{"label": f"choice {n}", "value": str(n)} for n in range(choices)]
    return {"type": 3, "custom_id": "pick", "options": options} | more


def text(words: str) -> Body:
    return {"type": 10, "content": words}


def v2(*components: Body) -> Body:
    return {"flags": COMPONENTS_V2, "components": list(components)}


@pytest.mark.parametrize(
    "body",
    [
        {"content": "x" * 2000},
        {"embeds": [{"title": "x" * 256, "description": "x" * 4096}]},
        {
            "content": "x",
            "components": [row(*(button(r * 5 + n) for n in range(5))) for r in range(5)],
        },
        {"content": "x", "components": [row(select(25))]},
        {"content": "x", "components": [row(button(custom_id="x" * 100, label="x" * 80))]},
        v2(text("x" * 4000), row(button())),
        v2({"type": 17, "components": [text("one"), {"type": 14}, row(button())]}),
        v2({"type": 9, "components": [text("one")], "accessory": button()}),
    ],
)
def test_what_fits_goes_through(body: Body) -> None:
    check_message(body, files=0)


@pytest.mark.parametrize(
    ("body", "files"),
    [
        ({}, 0),
        ({"content": "   "}, 0),
        ({"content": "x" * 2001}, 0),
        ({"content": "x", "nonce": "x" * 26}, 0),
        ({"content": "x"}, 11),
        ({"embeds": [{"title": "x" * 257}]}, 0),
        ({"embeds": [{"description": "x" * 4096}, {"description": "x" * 1905}]}, 0),
        ({"embeds": [{"fields": [{"name": "x", "value": "x"}] * 26}]}, 0),
        ({"embeds": [{"fields": [{"name": "x", "value": ""}]}]}, 0),
        ({"content": "x", "components": [row(*(button(n) for n in range(6)))]}, 0),
        ({"content": "x", "components": [row(button(n)) for n in range(6)]}, 0),
        ({"content": "x", "components": [row(button(), select(2))]}, 0),
        ({"content": "x", "components": [row(select(26))]}, 0),
        ({"content": "x", "components": [row(button(), button())]}, 0),
        ({"content": "x", "components": [row(button(custom_id="x" * 101))]}, 0),
        ({"content": "x", "components": [row(button(label="x" * 81))]}, 0),
        ({"content": "x", "components": [button()]}, 0),
        ({"content": "x", "components": [row(button(style=5))]}, 0),
        (v2(), 0),
        (v2(text("x")) | {"content": "x"}, 0),
        (v2(text("x")) | {"embeds": [{"title": "x"}]}, 0),
        (v2(*(text("x") for _ in range(41))), 0),
        (v2(text("x" * 2000), text("x" * 2001)), 0),
        (v2({"type": 9, "components": [text("one")]}), 0),
    ],
)
def test_what_does_not_fit_is_refused(body: Body, files: int) -> None:
    with pytest.raises(RefusalError) as refused:
        check_message(body, files=files)
    assert refused.value.status == 400


def field(**more: Any) -> Body:
    return {
        "type": 18,
        "label": "Words",
        "component": {"type": 4, "custom_id": "words", "style": 1} | more,
    }


@pytest.mark.parametrize(
    ("modal", "fits"),
    [
        ({"title": "x" * 45, "custom_id": "m", "components": [field()] * 5}, True),
        ({"title": "x" * 46, "custom_id": "m", "components": [field()]}, False),
        ({"title": "x", "custom_id": "m", "components": []}, False),
        ({"title": "x", "custom_id": "m", "components": [field(), *[field()] * 5]}, False),
        ({"title": "x", "custom_id": "m", "components": [field(max_length=4001)]}, False),
        ({"title": "x", "custom_id": "m", "components": [field() | {"label": "x" * 46}]}, False),
    ],
)
def test_forms(modal: Body, fits: bool) -> None:
    if fits:
        check_modal(modal)
    else:
        with pytest.raises(RefusalError):
            check_modal(modal)


def command(**more: Any) -> Body:
    return {"name": "lyrics", "description": "Writes", "type": 1} | more


@pytest.mark.parametrize(
    ("commands", "fits"),
    [
        ([command(name_localizations={"de": "liedtext", "fr": "paroles"})], True),
        ([command(), command()], False),
        ([command(name="Lyrics")], False),
        ([command(name_localizations={"de": "Liedtext"})], False),
        ([command(description="x" * 101)], False),
        ([command(description="")], False),
        ([{"name": "Which genre is this?", "type": 3}], True),
        ([{"name": "x" * 33, "type": 3}], False),
        (
            [
                command(
                    options=[
                        {"name": n, "description": "x", "type": 3, "required": n == "b"}
                        for n in "ab"
                    ]
                )
            ],
            False,
        ),
    ],
)
def test_commands(commands: list[Body], fits: bool) -> None:
    if fits:
        check_commands(commands)
    else:
        with pytest.raises(RefusalError):
            check_commands(commands)


def test_autocomplete_offers_at_most_twenty_five() -> None:
    choices = [{"name": str(n), "value": str(n)} for n in range(26)]
    check_choices(choices[:25])
    with pytest.raises(RefusalError):
        check_choices(choices)
