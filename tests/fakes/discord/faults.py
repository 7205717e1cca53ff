"""Accidents on demand: a rate limit, a bad gateway, an answer that never arrives."""

from __future__ import annotations

import re
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field


@dataclass(slots=True)
class Fault:
    """What the next `times` requests like this get instead of their answer."""

    method: str
    path: str
    status: int = 502
    times: int = 1
    retry_after: float = 0.2
    code: int = 0
    message: str = ""
    via: bool = True
    """A 429 with no Via header comes from Cloudflare, and clients take it for a ban."""
    everywhere: bool = False
    """A 429 that is the bot's global limit, not this route's."""
    performed: bool = False
    """The request is carried out all the same and only its answer is lost."""
    met: int = 0
    """How many requests have met it."""
    _pattern: re.Pattern[str] | None = field(default=None, repr=False)

    def strikes(self, method: str, path: str) -> bool:
        """Whether it befalls this request; it does so `times` times."""
        if self._pattern is None:
            self._pattern = re.compile(re.escape(self.path).replace(r"\*", "[^/]+"))
        if self.met >= self.times or self.method not in ("*", method):
            return False
        if not self._pattern.fullmatch(path):
            return False
        self.met += 1
        return True

    def answer(self) -> tuple[int, dict[str, object] | str, dict[str, str]]:
        """Status, body (text for what a proxy says) and headers."""
        if self.status == 429:
            body = {
                "message": self.message or "You are being rate limited.",
                "retry_after": self.retry_after,
                "global": self.everywhere,
                "code": self.code,
            }
            headers = {"Retry-After": str(max(1, round(self.retry_after)))}
            headers["X-RateLimit-Scope"] = "global" if self.everywhere else "user"
            if self.via:
                headers["Via"] = "1.1 google"
            return 429, body, headers
        if self.status >= 500:
            return self.status, f"<html>{self.status}</html>", {}
        return self.status, {"message": self.message, "code": self.code}, {}


@dataclass(slots=True)
class Limit:
    """So many requests like this in so many seconds, for each path of its own."""

    method: str
    path: str
    count: int
    seconds: float
    refused: int = 0
    """How many requests were too many."""
    _recent: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def headers(self, method: str, path: str) -> tuple[dict[str, str], float] | None:
        """The bucket's headers and, when this request is one too many, the seconds to wait.

        None when the limit is not about such a request.
        """
        pattern = re.escape(self.path).replace(r"\*", "[^/]+")
        if method != self.method or not (found := re.match(pattern, path)):
            return None
        recent, now = self._recent[found.group()], time.monotonic()
        while recent and now - recent[0] >= self.seconds:
            recent.popleft()
        over = len(recent) >= self.count
        if not over:
            recent.append(now)
        else:
            self.refused += 1
        wait = max(0.001, self.seconds - (now - recent[0]))
        headers = {
            "X-RateLimit-Limit": str(self.count),
            "X-RateLimit-Remaining": str(self.count - len(recent)),
            "X-RateLimit-Reset": f"{time.time() + wait:.3f}",
            "X-RateLimit-Reset-After": f"{wait:.3f}",
            "X-RateLimit-Bucket": f"{abs(hash((self.method, self.path))):016x}",
        }
        return headers, wait if over else 0.0


def discords_own() -> list[Limit]:
    """The limits that the real Discord is known to have where this product writes."""
    return [
        Limit("POST", "/channels/*/messages", 5, 5.0),
        Limit("PATCH", "/channels/*/messages/", 5, 5.0),
        Limit("POST", "/webhooks/*/*", 5, 2.0),
        Limit("PATCH", "/webhooks/*/*/messages/", 5, 2.0),
    ]
