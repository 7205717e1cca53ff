"""Loads what every worker loads for its first job. The process that workers are forked from imports
this, so that it is loaded once.
"""

import alembic.context  # noqa: F401
import dbos._sys_db_sqlite  # noqa: F401
from sqlalchemy.orm import configure_mappers

import atl_core.captioner.batching
import atl_core.captioner.genre_reader
import atl_core.captioner.load
import atl_core.plans.half_written
import atl_core.plans.song  # noqa: F401
from atl_core.genre.judge import judge
from atl_core.lyrics.syllables import count_syllables
from atl_core.lyrics.wordlists import is_clean

judge("the rain came down on the old tin roof")
count_syllables("rain")
is_clean("rain")
configure_mappers()  # of what DBOS and the drafts store: a third of a worker's first second
