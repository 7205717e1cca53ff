"""Loads what every worker loads for its first job. The process that workers are forked from imports
this, so that it is loaded once.
"""

import alembic.context  # noqa: F401
import dbos._sys_db_sqlite  # noqa: F401

import atl_core.captioner.load  # noqa: F401
from atl_core.genre.judge import judge
from atl_core.lyrics.wordlists import is_clean

judge("the rain came down on the old tin roof")
is_clean("rain")
