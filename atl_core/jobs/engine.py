"""The durable queue under the jobs: DBOS, as both its clients and its workers are set up here.

DBOS takes half a second to import and is therefore imported only inside functions.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Engine, make_url

from atl_core.jobs.database import reading, storage_errors
from atl_core.settings import Settings

if TYPE_CHECKING:
    from dbos import DBOSClient, DBOSConfig

APP: Final = "atl"
QUEUE: Final = "orders"
WORKFLOW: Final = "perform"
VERSION: Final = "1"
"""Of the workflow. Pinned: a job that runs while ATL is upgraded goes on under the new code."""
POLL_SECONDS: Final = 0.1
"""How often a worker looks for jobs. Each look is several statements: at 0.05 s, a worker with
nothing to do took 13 % of a core."""


def open_client(engine: Engine, settings: Settings) -> DBOSClient:
    """The engine's client, its own tables made or upgraded as needed."""
    from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer

    _quieten()
    with storage_errors():
        if not _is_made(engine):
            DBOS.migrate(engine_url(settings))
        return DBOSClient(
            system_database_engine=engine,
            serializer=DBOSPortableJSONSerializer(),
            application_name=APP,
            retry_connection_errors=False,
        )


def engine_url(settings: Settings) -> str:
    """The address as the engine wants it: without the name of a driver."""
    parsed = make_url(settings.queue_url)
    url = parsed.set(drivername=parsed.get_backend_name())
    return url.render_as_string(hide_password=False)


def worker_config(engine: Engine, worker: str, threads: int) -> DBOSConfig:
    from dbos import DBOSPortableJSONSerializer

    _quieten()
    return {
        "name": APP,
        "system_database_engine": engine,
        "application_version": VERSION,
        "executor_id": worker,
        "serializer": DBOSPortableJSONSerializer(),
        "max_executor_threads": threads,
        "use_listen_notify": False,
        "notification_listener_polling_interval_sec": 5.0,
        "scheduler_polling_interval_sec": 60.0,
        "run_migrations": True,
        "log_level": "WARNING",
    }


def enqueue_options(job_id: str, priority: int) -> Any:
    return {
        "workflow_name": WORKFLOW,
        "queue_name": QUEUE,
        "workflow_id": job_id,
        "app_version": VERSION,
        "priority": priority,
    }


def _is_made(engine: Engine) -> bool:
    """Whether the engine's tables are there; a worker brings them up to its version."""
    with reading(engine) as connection:
        schema = "dbos" if engine.dialect.name == "postgresql" else None
        return engine.dialect.has_table(connection, "workflow_status", schema=schema)


def _quieten() -> None:
    """Have the engine's warnings in our log, in its form, and nothing below them."""
    logger = logging.getLogger("dbos")
    logger.setLevel(logging.WARNING)
    for handler in logger.handlers[:]:
        logger.removeHandler(handler)
    logger.addHandler(logging.NullHandler())  # else the engine adds one of its own again
    logger.propagate = True
    logger.addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    """Not that a job was cancelled: the engine logs that as an error, the worker as what it is."""
    from dbos import error as dbos_error

    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, dbos_error.DBOSAwaitedWorkflowCancelledError)
