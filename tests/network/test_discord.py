"""Discord as production reaches it: by its own names, over TLS, without a switch of the tests."""

from __future__ import annotations

from pathlib import Path

from tests.network.own import own_network


def test_the_bot_registers_connects_and_answers(tmp_path: Path) -> None:
    with own_network(tmp_path, world="discord_world") as network:
        told = network.answer()
    assert told["sync"] == 0, told["registered"]
    assert "commands are registered with Discord" in told["registered"]
    assert "https://discord.com/" in told["registered"]
    assert "/lyrics" in told["answer"], told["log"]
    assert told["run"] == 0, told["log"]
