"""Asking politely: pace, retries, and answers that are none."""

from __future__ import annotations

from typing import Any

import pytest

from tests.training.datasets.dataset_world import World
from training.datasets.songs import SourceError, UnavailableError
from training.datasets.web import PoliteSession, Services


def test_requests_keep_their_distance(world: World, session: PoliteSession, time: Any) -> None:
    for _ in range(3):
        session.get(f"{world.base}/billboard/2019/top-country-artists/")
    assert time.slept == [1.0, 1.0]


def test_what_may_pass_is_tried_again_later_and_later(
    world: World, session: PoliteSession, time: Any
) -> None:
    session.pace = 0
    world.failures["/billboard"] = [503, 502, 500]
    assert session.get(f"{world.base}/billboard/2019/top-country-artists/").status_code == 200
    assert time.slept == [1.0, 2.0, 4.0]
    world.failures["/billboard"] = [503] * 9
    with pytest.raises(UnavailableError, match="HTTP 503"):
        session.get(f"{world.base}/billboard/2019/top-country-artists/")
    assert len(world.failures["/billboard"]) == 5


def test_a_service_says_how_long_to_wait(world: World, session: PoliteSession, time: Any) -> None:
    session.pace = 0
    world.failures["/billboard"], world.retry_after = [429], "17"
    session.get(f"{world.base}/billboard/2019/top-country-artists/")
    assert time.slept == [17.0]
    assert time.said == ["127.0.0.1 answered HTTP 429: asking again in 17 s"]
    world.failures["/billboard"], world.retry_after = [429], "86400"
    with pytest.raises(SourceError, match="wait for 1440 minutes"):
        session.get(f"{world.base}/billboard/2019/top-country-artists/")
    world.failures["/billboard"], world.retry_after = [429], "Fri, 01 Jan 2100 00:00:00 GMT"
    with pytest.raises(SourceError, match="wait for"):
        session.get(f"{world.base}/billboard/2019/top-country-artists/")


def test_an_unreachable_host_is_given_up_after_the_retries(
    session: PoliteSession, time: Any
) -> None:
    session.pace = 0
    with pytest.raises(UnavailableError, match=r"127\.0\.0\.1 cannot be reached") as caught:
        session.get("http://127.0.0.1:9/search?q=secret")
    assert time.slept == [1.0, 2.0, 4.0]
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_an_answer_that_stops_half_way_is_asked_for_again(
    world: World, session: PoliteSession
) -> None:
    world.cut["/billboard/2019/top-country-artists/"] = 1
    assert "Ada Fielder" in session.get(f"{world.base}/billboard/2019/top-country-artists/").text
    assert world.asked["/billboard/2019/top-country-artists/"] == 2
    world.cut["/billboard/2019/top-country-artists/"] = 99
    with pytest.raises(UnavailableError, match="cannot be reached"):
        session.get(f"{world.base}/billboard/2019/top-country-artists/")


def test_only_loopback_can_stand_in_for_the_services(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATL_DATASET_LOOPBACK", "http://10.0.0.1:80")
    with pytest.raises(SourceError):
        Services.from_environment()
