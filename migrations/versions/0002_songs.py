"""Drafts become songs: sections, tags, search, sharing, and deletion that can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BATCH = 1000


def upgrade() -> None:
    op.add_column("sessions", sa.Column("tags", sa.JSON, nullable=False, server_default="[]"))
    op.add_column("sessions", sa.Column("words", sa.Text, nullable=False, server_default=""))
    op.add_column("sessions", sa.Column("deleted", sa.DateTime(timezone=True), nullable=True))
    op.drop_index("ix_sessions_owner_updated", "sessions")
    op.create_index(
        "ix_sessions_owner_deleted_updated_id", "sessions", ["owner", "deleted", "updated", "id"]
    )
    op.add_column("revisions", sa.Column("sections", sa.JSON, nullable=False, server_default="[]"))
    op.create_table(
        "shares",
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("guest", sa.Text, nullable=False),
        sa.Column("edits", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "guest", name="pk_shares"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_shares_session_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_shares_guest", "shares", ["guest"])
    _fill_words(op.get_bind())


def downgrade() -> None:
    # Without the column a deleted draft would come back to life.
    doomed = "SELECT id FROM sessions WHERE deleted IS NOT NULL"
    op.execute(f"DELETE FROM revisions WHERE session_id IN ({doomed})")
    op.execute("DELETE FROM sessions WHERE deleted IS NOT NULL")
    op.drop_table("shares")
    op.drop_index("ix_sessions_owner_deleted_updated_id", "sessions")
    op.create_index("ix_sessions_owner_updated", "sessions", ["owner", "updated"])
    op.drop_column("revisions", "sections")
    op.drop_column("sessions", "deleted")
    op.drop_column("sessions", "words")
    op.drop_column("sessions", "tags")


def _fill_words(connection: sa.Connection) -> None:
    """Make the drafts of before searchable: title, seed words and current lines, case folded."""
    sessions = sa.table("sessions", *map(sa.column, ("id", "title", "current", "words")))
    revisions = sa.table(
        "revisions",
        sa.column("session_id"),
        sa.column("number"),
        sa.column("brief", sa.JSON),
        sa.column("lines", sa.JSON),
    )
    shown = sa.select(sessions.c.id, sessions.c.title, revisions.c.brief, revisions.c.lines).where(
        revisions.c.session_id == sessions.c.id, revisions.c.number == sessions.c.current
    )
    fill = (
        sa.update(sessions)
        .where(sessions.c.id == sa.bindparam("session"))
        .values(words=sa.bindparam("folded"))
    )
    for batch in _batches(connection.execute(shown)):
        folded = [
            {"session": row.id, "folded": _folded(row.title, row.brief, row.lines)} for row in batch
        ]
        connection.execute(fill, folded)


def _batches(rows: sa.CursorResult[Any]) -> Iterator[list[sa.Row[Any]]]:
    # Read to the end first: a cursor must not walk a table that is being written.
    everything = rows.all()
    for start in range(0, len(everything), BATCH):
        yield list(everything[start : start + BATCH])


def _folded(title: str, brief: dict[str, Any], lines: list[dict[str, Any]]) -> str:
    texts = [title, *brief["seed_words"], *(line["text"] for line in lines)]
    return "\n".join(texts).casefold()
