"""How Discord says no: a status, a code of its own and, for a form, what is wrong where."""

from __future__ import annotations

from typing import Any


class RefusalError(Exception):
    """A request that Discord does not perform."""

    def __init__(
        self, status: int, code: int, message: str, errors: dict[str, Any] | None = None
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    def body(self) -> dict[str, Any]:
        """The JSON that says so."""
        body: dict[str, Any] = {"message": self.message, "code": self.code}
        if self.errors:
            body["errors"] = self.errors
        return body


def unauthorized() -> RefusalError:
    """The token is not the bot's."""
    return RefusalError(401, 0, "401: Unauthorized")


def missing_access() -> RefusalError:
    """The bot cannot see the channel."""
    return RefusalError(403, 50001, "Missing Access")


def missing_permissions() -> RefusalError:
    """The bot sees the channel and may not do that in it."""
    return RefusalError(403, 50013, "Missing Permissions")


def unknown(what: str, code: int) -> RefusalError:
    """There is no such thing, or no more."""
    return RefusalError(404, code, f"Unknown {what}")


def expired() -> RefusalError:
    """The token of an interaction is older than fifteen minutes."""
    return RefusalError(401, 50027, "Invalid Webhook Token")


def invalid(field: str, message: str, code: str = "BASE_TYPE_BAD_LENGTH") -> RefusalError:
    """A field of the form is not as it has to be; `field` is a path with dots."""
    errors: dict[str, Any] = {"_errors": [{"code": code, "message": message}]}
    for part in reversed(field.split(".")):
        errors = {part: errors}
    return RefusalError(400, 50035, "Invalid Form Body", errors)
