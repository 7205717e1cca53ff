"""Alembic's entry: runs on the connection that `atl_core.drafts.database` hands over."""

from __future__ import annotations

from alembic import context

from atl_core.drafts.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
# The caller holds the transaction, so a migration that fails half-way leaves no trace.
context.run_migrations()
