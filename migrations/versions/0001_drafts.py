"""Beats, sessions and the tree of revisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "beats",
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("listening", sa.JSON, nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_beats"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("beat_sha256", sa.Text, nullable=False),
        sa.Column("beat_name", sa.Text, nullable=False),
        sa.Column("current", sa.Integer, nullable=False),
        sa.Column("tip", sa.Integer, nullable=False),
        sa.Column("revisions", sa.Integer, nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("updated", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.ForeignKeyConstraint(["beat_sha256"], ["beats.sha256"], name="fk_sessions_beat_sha256"),
    )
    op.create_index("ix_sessions_owner_updated", "sessions", ["owner", "updated"])
    op.create_index("ix_sessions_beat_sha256", "sessions", ["beat_sha256"])
    op.create_table(
        "revisions",
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("parent", sa.Integer, nullable=True),
        sa.Column("asked", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=True),
        sa.Column("lines", sa.JSON, nullable=False),
        sa.Column("brief", sa.JSON, nullable=False),
        sa.Column("verdict", sa.JSON, nullable=False),
        sa.Column("captioner", sa.Text, nullable=False),
        sa.Column("seconds", sa.JSON, nullable=False),
        sa.Column("job_id", sa.Text, nullable=True),
        sa.Column("created", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "number", name="pk_revisions"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_revisions_session_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id", "parent"],
            ["revisions.session_id", "revisions.number"],
            name="fk_revisions_session_id_parent",
        ),
        sa.UniqueConstraint("job_id", name="uq_revisions_job_id"),
    )
    op.create_index("ix_revisions_author", "revisions", ["author"])


def downgrade() -> None:
    op.drop_table("revisions")
    op.drop_table("sessions")
    op.drop_table("beats")
