"""The tables, as SQLAlchemy declares them. `migrations/` builds the same ones step by step."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    Text,
    TypeDecorator,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SCHEMA: Final = "0008"
"""The migration that these tables stand at; a test holds it to the newest one."""


class Moment(TypeDecorator[datetime]):
    """A point in time, always in UTC: SQLite forgets the zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Every constraint has a name, so that a later migration can change it on any database."""


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


class BeatRow(Base):
    """A beat that was listened to. It belongs to nobody: the same bytes sound the same to all."""

    __tablename__ = "beats"

    sha256: Mapped[str] = mapped_column(Text, primary_key=True)
    listening: Mapped[dict[str, Any]] = mapped_column(JSON)
    created: Mapped[datetime] = mapped_column(Moment)


class SessionRow(Base):
    """One writer's work on one beat: the root of a tree of revisions, and where in it we are."""

    __tablename__ = "sessions"
    # All that a page of drafts is chosen by, so that choosing it reads no rows.
    __table_args__ = (Index(None, "owner", "deleted", "updated", "id"),)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    owner: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    beat_sha256: Mapped[str] = mapped_column(ForeignKey("beats.sha256"), index=True)
    beat_name: Mapped[str] = mapped_column(Text)
    current: Mapped[int]
    """Number of the revision that is shown."""
    tip: Mapped[int]
    """End of the branch that `redo` walks towards: the revision that undo started from."""
    revisions: Mapped[int]
    """How many there are; also the highest number given out."""
    created: Mapped[datetime] = mapped_column(Moment)
    updated: Mapped[datetime] = mapped_column(Moment)
    tags: Mapped[list[str]] = mapped_column(JSON)
    words: Mapped[str] = mapped_column(Text)
    """Title, tags, seed words and current lines, case folded: what `search` looks through."""
    deleted: Mapped[datetime | None] = mapped_column(Moment)


class RevisionRow(Base):
    """One state of a draft. Written once, never changed."""

    __tablename__ = "revisions"
    __table_args__ = (
        ForeignKeyConstraint(
            ["session_id", "parent"], ["revisions.session_id", "revisions.number"]
        ),
    )

    session_id: Mapped[str] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    parent: Mapped[int | None]
    asked: Mapped[str] = mapped_column(Text)
    author: Mapped[str | None] = mapped_column(Text, index=True)
    """None once the author asked to be forgotten and the draft is somebody else's."""
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    sections: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Empty means one verse."""
    brief: Mapped[dict[str, Any]] = mapped_column(JSON)
    verdict: Mapped[dict[str, Any]] = mapped_column(JSON)
    captioner: Mapped[str] = mapped_column(Text)
    seconds: Mapped[dict[str, float]] = mapped_column(JSON)
    beat_sha256: Mapped[str | None] = mapped_column(Text)
    """The beat of this revision; None is that of the session, as in revisions of before."""
    beat_name: Mapped[str | None] = mapped_column(Text)
    job_id: Mapped[str | None] = mapped_column(Text, unique=True)
    """The job that wrote it; unique, so that a replayed job writes once."""
    created: Mapped[datetime] = mapped_column(Moment)


class OptionsRow(Base):
    """Lines to choose from for one line of a draft. Written once, never changed."""

    __tablename__ = "options"
    __table_args__ = (Index(None, "session_id", "created"),)

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"))
    revision: Mapped[int]
    """The revision that they were made for."""
    line: Mapped[int]
    goal: Mapped[int]
    """Lines that the draft is to have, where it is written line by line; else 0."""
    options: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """The line that stood there first."""
    job_id: Mapped[str | None] = mapped_column(Text, unique=True)
    """The job that offered them; unique, as in `RevisionRow`."""
    created: Mapped[datetime] = mapped_column(Moment)


class WriterRow(Base):
    """What is kept for a writer across drafts."""

    __tablename__ = "writers"

    owner: Mapped[str] = mapped_column(Text, primary_key=True)
    avoid: Mapped[list[str]] = mapped_column(JSON)
    """Words and phrases that no draft of theirs may have."""


class SoundRow(Base):
    """How a writer says a word, in all of their drafts."""

    __tablename__ = "sounds"

    owner: Mapped[str] = mapped_column(Text, primary_key=True)
    word: Mapped[str] = mapped_column(Text, primary_key=True)
    how: Mapped[str] = mapped_column(Text)
    """In the writer's words."""
    sound: Mapped[str] = mapped_column(Text)
    """In ARPAbet."""


class ShareRow(Base):
    """Who besides the owner may see a draft: another writer, or a channel."""

    __tablename__ = "shares"

    session_id: Mapped[str] = mapped_column(
        ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True
    )
    guest: Mapped[str] = mapped_column(Text, primary_key=True, index=True)
    edits: Mapped[bool]
    """Whether the guest may change the draft as well."""
