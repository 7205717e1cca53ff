"""The plan of a new draft."""

from __future__ import annotations

from dataclasses import replace

from atl_core.audio.listening import Listening
from atl_core.edits.choices import OPTIONS
from atl_core.edits.wish import Wish
from atl_core.lyrics.form import plan
from atl_core.plans.plan import Plan
from atl_core.plans.song import plan_form


def plan_new(wish: Wish, listening: Listening, captioner: str) -> Plan:
    """What is to be written for a new draft to a beat.

    Raises:
        BriefError: what is asked for cannot be written.
    """
    brief = wish.brief(listening)
    if wish.form:
        return plan_form(wish.form, brief, listening, captioner)
    slots = plan(brief, listening.bar_times, listening.duration, first=0, count=brief.lines)
    made = Plan(slots, (), brief, brief, listening, captioner)
    return replace(made, options=OPTIONS, goal=brief.lines) if wish.options else made
