"""Accidents on demand: a rate limit, a bad gateway, an answer that never arrives."""

from __future__ import annotations

import re
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
