"""What is kept for a writer across drafts: words to avoid."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "writers",
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("avoid", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("owner", name="pk_writers"),
    )


def downgrade() -> None:
    op.drop_table("writers")
