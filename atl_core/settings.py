"""Typed settings, read from `ATL_*` environment variables and a `.env` file."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Final, Literal, get_args
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from atl_core.errors import UserError

CaptionerName = Literal["lm", "large", "lstm", "gru"]
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
    max_jobs: int = Field(default=200, ge=1)
    """Jobs that may wait, of all writers together."""
    max_jobs_each: int = Field(default=4, ge=1)
    """Jobs that one writer may have waiting and running."""
    batch: Literal["auto", "on", "off"] = "auto"
    """Whether running jobs share the forwards of the model."""
    metrics_port: int = Field(default=0, ge=0, le=65535)
    """Port on loopback where a worker shows Prometheus metrics; 0 is nowhere."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    captioner: CaptionerName = "lm"
    lm_folder: Path | None = None
    """What `lm` writes with, made by `python -m training package lm --out`; empty: as fetched."""
    links: bool = True
    """Whether YouTube links are followed at all."""
    max_seconds: float = Field(default=900.0, gt=0)
    """Longest beat that is listened to, in seconds."""
    max_megabytes: float = Field(default=50.0, gt=0)
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

    @field_validator("discord_loopback")
    @classmethod
    def _only_loopback(cls, url: str) -> str:
        if url and urlsplit(url).hostname not in LOOPBACK_HOSTS:
            raise ValueError("only a loopback address is accepted (it exists for tests)")
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
            f"The setting {name} cannot be used: {first['msg'].lower()}.",
            remedy="Correct it in the environment or in the file .env and try again.",
        ) from error
    except (UnicodeDecodeError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UserError(
            f"The settings in the file .env cannot be read: {reason}.",
            remedy="Save it as UTF-8 where you may read it, or remove it, and try again.",
        ) from error
