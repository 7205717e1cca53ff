"""How a writer says words, across drafts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sounds",
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("word", sa.Text, nullable=False),
        sa.Column("how", sa.Text, nullable=False),
        sa.Column("sound", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("owner", "word", name="pk_sounds"),
    )


def downgrade() -> None:
    op.drop_table("sounds")
