"""Typed settings, read from `ATL_*` environment variables and a `.env` file."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, get_args
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from atl_core.errors import UserError, limit

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Effort = Literal["quick", "careful"]
CaptionerName = Literal["auto", "lm", "large", "server", "lstm", "gru"]
CAPTIONERS: Final[tuple[CaptionerName, ...]] = get_args(CaptionerName)
LOOPBACK_HOSTS: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class Settings(BaseSettings):
    """Every setting, validated at start. `load_settings()` turns mistakes into a `UserError`."""

    model_config = SettingsConfigDict(
        env_prefix="ATL_",
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    home: Path = Field(default_factory=lambda: Path.home() / ".local" / "share" / "atl")
    """Data folder: database, weights cache, logs."""
    database_url: str = ""
    """SQLAlchemy address of the drafts; empty means an SQLite file in `home`."""
    jobs_url: str = ""
    """Where jobs are queued; empty means an SQLite file in `home`."""
    jobs_at_once: int = Field(default=24, ge=1, le=256)
    """Jobs that one worker runs at the same time; they share the model."""
    max_jobs: int = Field(default=200, ge=1, le=1_000_000)
    """Jobs that may wait, of all writers together."""
    max_jobs_each: int = Field(default=4, ge=1, le=1_000_000)
    """Jobs that one writer may have waiting and running."""
    batch: Literal["auto", "on", "off"] = "auto"
    """Whether running jobs share the forwards of the model."""
    metrics_port: int = Field(default=0, ge=0, le=65535)
    """Port on loopback where a worker shows Prometheus metrics; 0 is nowhere."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    captioner: CaptionerName = "auto"
    """`auto`: `large` where it is fetched and quick enough, else `lm`."""
    effort: Effort = "quick"
    """How many candidates `lm` chooses a line from."""
    lm_folder: Path | None = None
    """What `lm` writes with, made by `python -m training package lm`; empty: as fetched."""
    lm_url: str = Field(default="", validate_default=True)
    """For the captioner `server`: an OpenAI-compatible API, such as `http://127.0.0.1:8080/v1`."""
    lm_model: str = Field(default="", max_length=200)
    """Which of the server's models writes; empty where it has one."""
    lm_key: SecretStr | None = None
    links: bool = True
    """Whether YouTube links are followed at all."""
    max_seconds: float = Field(default=900.0, gt=0, le=86_400, allow_inf_nan=False)
    """Longest beat that is listened to, in seconds."""
    max_megabytes: float = Field(default=50.0, gt=0, le=10_000, allow_inf_nan=False)
    """Largest beat that is read, in megabytes (10^6 bytes)."""
    explicit: bool = False
    """Whether explicit words may be asked for in Discord; at a terminal they always may."""
    discord_token: SecretStr | None = None
    discord_content: bool = False
    """Whether Discord grants the bot the privileged message content intent; it needs none."""
    discord_loopback: str = ""

    @field_validator("home")
    @classmethod
    def _expand_home(cls, home: Path) -> Path:
        try:
            return home.expanduser().absolute()
        except (RuntimeError, OSError) as error:
            raise ValueError("there is no such home folder") from error

    @field_validator("database_url")
    @classmethod
    def _address_of_drafts(cls, url: str) -> str:
        return _checked_address(
            url, ("sqlite+aiosqlite:///path/to/file", "postgresql+asyncpg://host/name")
        )

    @field_validator("jobs_url")
    @classmethod
    def _address_of_jobs(cls, url: str) -> str:
        return _checked_address(url, ("sqlite:///path/to/file", "postgresql://host/name"))

    @field_validator("lm_folder")
    @classmethod
    def _model_folder(cls, folder: Path | None) -> Path | None:
        if folder is not None and not folder.is_dir():
            raise ValueError("there is no such folder")
        return folder

    @field_validator("lm_url")
    @classmethod
    def _address_of_server(cls, url: str, found: ValidationInfo) -> str:
        if not url and found.data.get("captioner") != "server":
            return url
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and parts.hostname and _port_is_fine(url)
        plain = re.fullmatch(r"[\x21-\x7e]+", url) and not (
            "@" in parts.netloc or parts.query or parts.fragment
        )
        if not (whole and plain):
            raise ValueError(
                "the captioner server needs the address of an OpenAI-compatible API, such as"
                " http://127.0.0.1:8080/v1; a key belongs into ATL_LM_KEY"
            )
        return url

    @field_validator("discord_token", "lm_key")
    @classmethod
    def _one_word(cls, token: SecretStr | None) -> SecretStr | None:
        if token and not re.fullmatch(r"[\x21-\x7e]+", token.get_secret_value()):
            raise ValueError("it has no spaces, ends of lines or letters beyond ASCII")
        return token

    @field_validator("discord_loopback")
    @classmethod
    def _only_loopback(cls, url: str) -> str:
        if url and (urlsplit(url).hostname not in LOOPBACK_HOSTS or not _port_is_fine(url)):
            raise ValueError(
                "only a loopback address such as http://127.0.0.1:8123 is accepted, for tests"
            )
        return url

    @cached_property
    def weights_home(self) -> Path:
        """Where fetched and derived weights are cached."""
        return self.home / "weights"

    @cached_property
    def drafts_url(self) -> str:
        """The SQLAlchemy address in effect."""
        if self.database_url:
            return self.database_url
        from sqlalchemy import URL

        # Written out by SQLAlchemy, since ? and # may be in a folder's name.
        url = URL.create("sqlite+aiosqlite", database=str(self.home / "atl.sqlite3"))
        return url.render_as_string(hide_password=False)

    @cached_property
    def queue_url(self) -> str:
        """The SQLAlchemy address of the jobs in effect."""
        if self.jobs_url:
            return self.jobs_url
        from sqlalchemy import URL

        url = URL.create("sqlite", database=str(self.home / "jobs.sqlite3"))
        return url.render_as_string(hide_password=False)


def _checked_address(url: str, accepted: tuple[str, ...]) -> str:
    """The address of a database.

    Raises:
        ValueError: it names no database that is used here.
    """
    parts = urlsplit(url)
    kinds = {example.partition(":")[0] for example in accepted}
    # A name without its driver is understood as well: the driver is added where it is opened.
    kinds |= {kind.partition("+")[0] for kind in kinds} | {"postgresql+psycopg"}
    if parts.scheme.startswith("sqlite"):
        named = bool(re.match(r"[a-z+]+:///[^/:]|[a-z+]+:////[^/]|[a-z+]+:///[a-zA-Z]:", url))
    else:
        named = _port_is_fine(url) and bool(parts.path.strip("/"))
    if url and not (parts.scheme in kinds and named):
        raise ValueError(f"an address looks like {' or '.join(accepted)}")
    return url


def _port_is_fine(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _accepted(problem: ErrorDetails) -> str:
    """What a setting takes, in words."""
    limits = problem.get("ctx", {})
    match problem["type"]:
        case "value_error":
            return str(limits["error"])
        case "literal_error":
            return f"it is {limits['expected'].replace(chr(39), '')}"
        case "bool_parsing" | "bool_type":
            return "it is true or false"
        case "int_parsing" | "int_from_float" | "int_type" | "int_parsing_size":
            return "it is a whole number"
        case "float_parsing" | "float_type" | "finite_number":
            return "it is a number"
        case "string_too_long":
            return f"it has at most {limits['max_length']} characters"
        case "greater_than_equal":
            return f"it is at least {limit(limits['ge'])}"
        case "greater_than":
            return f"it is more than {limit(limits['gt'])}"
        case "less_than_equal":
            return f"it is at most {limit(limits['le'])}"
    return "it has another form"


def load_settings() -> Settings:
    """Read and validate all settings.

    Raises:
        UserError: a setting has a value that is not accepted; the text names it.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "ATL_" + "_".join(str(part) for part in first["loc"]).upper()
        raise UserError(
            f"The setting {name} cannot be used: {_accepted(first)}.",
            remedy="Correct it in the environment or in the file .env and try again.",
        ) from error
    except (UnicodeDecodeError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UserError(
            f"The settings in the file .env cannot be read: {reason}.",
            remedy="Save it as UTF-8 where you may read it, or remove it, and try again.",
        ) from error
