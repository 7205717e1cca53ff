"""Loads what every worker loads for its first job. The process that workers are forked from imports
this, so that it is loaded once.
"""

from atl_core.genre.judge import judge

judge("the rain came down on the old tin roof")
