"""Bits of phrases that many rules share, written as `rules.py` says."""

from __future__ import annotations

from typing import Final

WRITE: Final = (
    "[give me|gimme|add|write|write me|do|get me|i need|we need|it needs|make|make me|generate"
    "|create|put in|throw in|drop in|let's have|(can|could|may) (i|we) (get|have)]"
)
LINES: Final = "(line|lines|bar|bars)"
DRAFT: Final = "([the|this|my] (draft|song|lyrics)|it|this)"
NAMED: Final = "([the|this|my] (draft|song))"
VERSION: Final = "(version|versions|v|ver|revision|take)"
TIMES: Final = "(time|times|step|steps|change|changes|edit|edits)"
TO: Final = "(to|at|as|is|are|:|=)"
OTHER: Final = "(new|different|another|better|fresh)"
BACK: Final = (
    "(go|go back|back|return|revert|revert back|restore|jump|jump back|roll back|undo|reset)"
)
DELETE: Final = "(delete|remove|drop|cut|cut out|erase|scrap|kill|nuke|take out|get rid of|lose)"
ADD: Final = "(insert|add|put|write)"
A_LINE: Final = "[a|another|one] [new|extra] (line|bar)"
AFTER: Final = "(after|below|under|behind|following)"
BEFORE: Final = "(before|above|ahead of)"
MUST: Final = "(should|must|has to|needs to|could)"
SHOW: Final = "(show|show me|see|view|list|give me|display|print|find|find me|get me|suggest|need)"
