"""A draft may get another beat: each revision names its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("revisions", sa.Column("beat_sha256", sa.Text, nullable=True))
    op.add_column("revisions", sa.Column("beat_name", sa.Text, nullable=True))


def downgrade() -> None:
    op.drop_column("revisions", "beat_name")
    op.drop_column("revisions", "beat_sha256")
