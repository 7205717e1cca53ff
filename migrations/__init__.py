"""The history of the database schema, as Alembic revisions. `atl db upgrade` applies it."""
