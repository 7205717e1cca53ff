"""Links as production follows them: no switch of the tests is set.

The real child with the real yt-dlp and Deno, the production gate, names, TLS and sockets; only the
network is the tests' own, with a small YouTube on a global address. Every packet is recorded.
"""

from __future__ import annotations

import ipaddress
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atl_core.audio.youtube_child import AuditHook
from tests.network.own import OwnNetwork, own_network
from tests.network.small_youtube import MEDIA, SITE, TITLE, VIDEO, beat

LINK = f"https://youtu.be/{VIDEO}"
PRIVATE = "The link leads into a private network"


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnNetwork]:
    with own_network(tmp_path_factory.mktemp("network")) as running:
        assert running.answer() == {"ready": True}
        yield running


def went_astray(answer: dict[str, Any]) -> list[str]:
    """The addresses packets went to that are not on the internet."""
    return [to for to in answer["went"] if not ipaddress.ip_address(to).is_global]


def test_a_link_becomes_a_beat(network: OwnNetwork) -> None:
    answer = network.do(fetch=LINK)
    assert answer.get("refused") is None
    assert (answer["title"], answer["bytes"]) == (TITLE, len(beat()))
    assert f"{MEDIA}/videoplayback" in answer["asked"]
    assert not went_astray(answer)


def test_the_recorder_sees_what_goes_astray(network: OwnNetwork) -> None:
    """A packet to a private address does arrive here and is seen: the tests below could fail."""
    for address in ("10.0.0.1", "127.0.0.1", "169.254.169.254", "fd00::1", "2002:a00:1::1"):
        assert network.do(probe=address)["went"] != []


@pytest.mark.parametrize(
    "addresses",
    [
        ["10.0.0.1"],
        ["::1"],
        ["::ffff:10.0.0.1"],
        # All kinds as the addresses of one name: each is tried, none is reached.
        [
            *("172.16.0.1", "192.168.1.1", "100.64.0.1", "127.0.0.1", "0.0.0.0"),
            *("169.254.169.254", "::", "fd00::1", "fd00:ec2::254", "fec0::1"),
            *("2002:a00:1::1", "64:ff9b::a00:1", "::10.0.0.1", "::ffff:169.254.169.254"),
        ],
    ],
)
def test_no_packet_goes_to_where_a_name_must_not_lead(
    network: OwnNetwork, addresses: list[str]
) -> None:
    answer = network.do(fetch=LINK, hosts={SITE: addresses})
    assert PRIVATE in answer["refused"]
    assert answer["went"] == []


@pytest.mark.parametrize(
    "redirect",
    [
        {"redirect": "http://10.0.0.1/beat.wav"},
        {"redirect": "http://169.254.169.254/latest/meta-data"},
        {"page_redirect": "https://[::ffff:10.0.0.1]/watch"},
    ],
)
def test_a_redirect_from_the_allowed_host_leads_nowhere_else(
    network: OwnNetwork, redirect: dict[str, str]
) -> None:
    answer = network.do(fetch=LINK, **redirect)
    assert PRIVATE in answer["refused"]
    assert answer["asked"]  # it was the allowed host that sent us away
    assert not went_astray(answer)


def test_a_name_may_not_turn_private_between_two_requests(network: OwnNetwork) -> None:
    answer = network.do(fetch=LINK, then_hosts={SITE: ["169.254.169.254"]})
    assert PRIVATE in answer["refused"]
    assert answer["asked"] == [f"{SITE}/watch"]
    assert not went_astray(answer)


def test_the_medium_may_not_be_private_where_the_page_is_public(network: OwnNetwork) -> None:
    answer = network.do(fetch=LINK, hosts={MEDIA: ["192.168.1.1", "fd00::1"]})
    assert PRIVATE in answer["refused"]
    assert not went_astray(answer)


def test_one_private_address_among_public_ones_is_passed_over(network: OwnNetwork) -> None:
    answer = network.do(fetch=LINK, hosts={SITE: ["10.0.0.1", "142.250.74.46"]})
    assert answer["title"] == TITLE
    assert not went_astray(answer)


def test_a_name_that_does_not_resolve_cannot_be_reached(network: OwnNetwork) -> None:
    assert "could not be reached" in network.do(fetch=LINK, hosts={SITE: []})["refused"]


def test_without_any_network_youtube_cannot_be_reached(tmp_path: Path) -> None:
    with own_network(tmp_path, "--without") as nothing:
        assert nothing.process.stdin is not None
        nothing.process.stdin.write(LINK + "\n")
        nothing.process.stdin.flush()
        assert "could not be reached" in nothing.answer()["refused"]


@pytest.mark.usefixtures("with_weights")
def test_the_command_that_an_operator_runs_hears_the_link(network: OwnNetwork) -> None:
    answer = network.do(command=[sys.executable, "-m", "bot", "listen", LINK, "--json"])
    assert answer["status"] == 0, answer["err"]
    assert json.loads(answer["out"])["duration"] == pytest.approx(8.0, abs=0.1)
    assert not went_astray(answer)


BUILDER = """
import json, sys, tempfile
from pathlib import Path
from training.datasets.audio import YouTubeAudio
from training.datasets.songs import Track
from training.datasets.web import Services

audio = YouTubeAudio(
    Services.from_environment(), pace=lambda: None, candidates=2, max_seconds=900, max_megabytes=25
)
with tempfile.TemporaryDirectory() as folder:
    track = Track(**json.loads(sys.argv[1]))
    for found in audio.find(track):
        size = audio.fetch(found, Path(folder)).stat().st_size
        print(json.dumps([found.address, found.title, size]))
"""


def test_the_data_set_builder_finds_and_fetches_without_a_switch(network: OwnNetwork) -> None:
    track = json.dumps({"artist": "Somebody", "title": TITLE, "genre": "country"})
    builder = [sys.executable, "-c", BUILDER, track]
    answer = network.do(command=builder)
    assert answer["status"] == 0, answer["err"]
    address, title, size = json.loads(answer["out"])
    assert (address, title) == (f"https://www.youtube.com/watch?v={VIDEO}", TITLE)
    assert size == len(beat())
    assert not went_astray(answer)
    away = network.do(command=builder, hosts={SITE: ["169.254.169.254", "::ffff:10.0.0.1"]})
    assert away["status"] != 0
    assert "YouTube's search failed" in away["err"]
    assert away["went"] == []


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_inside_an_ipv6_one_is_judged_by_what_it_is(
    ip: ipaddress.IPv4Address,
) -> None:
    gate, number = AuditHook(loopback=False), int(ip)
    wrapped = [
        ipaddress.IPv6Address(number | 0xFFFF << 32),
        ipaddress.IPv6Address(number | 0x0064FF9B << 96),
        ipaddress.IPv6Address(0x2002 << 112 | number << 80 | 1),
        ipaddress.IPv6Address(0x20010000 << 96 | (number ^ 0xFFFFFFFF)),
    ]
    for outer in wrapped:
        assert gate.allows((str(outer), 443, 0, 0)) is gate.allows((str(ip), 443))
