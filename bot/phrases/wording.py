"""Bits of phrases that many rules share, written as `rules.py` says."""

from __future__ import annotations

from typing import Final

WRITE: Final = (
    "[give me|give us|gimme|add|write|write me|write us|do|get me|i need|we need"
    "|it needs|make|make me|generate|create|put in|add in|throw in|drop in|put"
    "|let's (have|hear|get)|let me (have|hear|get)"
    "|come up with|how about|what about|need|i'd (like|love)|give (it|this)"
    "|(can|could|may) (i|we|it|this) (get|have)"
    "|(we|i|it|this|this song|the song) (need|needs|could use|wants|want)]"
)
LINES: Final = "(line|lines|bar|bars)"
DRAFT: Final = "([the|this|my] [whole] (draft|song|lyrics)|it|this|this one)"
NAMED: Final = "([the|this|my] (draft|song))"
VERSION: Final = "(version|versions|v|ver|revision|take)"
TIMES: Final = "(time|times|step|steps|change|changes|edit|edits|version|versions)"
TO: Final = "(to|at|as|is|are|:|=)"
OTHER: Final = "(new|different|another|better|fresh|alternative)"
SOMETHING: Final = "(something|anything) (else|different|better|new|fresh)"
BACK: Final = (
    "(go|go back|back|return|revert|revert back|restore|jump|jump back|roll back|undo|reset"
    "|take it back|take this back|bring it back)"
)
DELETE: Final = (
    "(delete|del|remove|drop|cut|cut out|erase|scrap|kill|nuke|take out|get rid of|lose|axe|ditch"
    "|strike|strike out|throw out|throw away|toss|chop|dump)"
)
ADD: Final = "(insert|add|put|put in|write|squeeze in|slip in|stick in|throw in|drop in)"
A_LINE: Final = "[a|another|one|one more] [new|extra] (line|bar)"
AFTER: Final = "(after|below|under|behind|following)"
BEFORE: Final = "(before|above|ahead of)"
BAD: Final = (
    "[just|really|still|kind of|kinda] (sucks|suck|isn't (working|good|great|right|it|there yet)"
    "|aren't (working|good|great|right)|doesn't (work|fit|sound right|flow|make sense|feel right)"
    "|don't (work|fit|sound right|flow|make sense|feel right)"
    "|(needs|need) (work|fixing|changing|improving|a rewrite"
    "|to (change|be (rewritten|better|changed)))"
    "|could be (better|stronger|tighter)|(is|are|feels|feel|sounds|sound) [just|so|really|a bit"
    "|a little|kind of|kinda|pretty|too] (bad|weak|awful|terrible|boring|lame|wack|corny|cheesy"
    "|trash|garbage|off|wrong|weird|forced|clunky)|(is|are) not [very|so|that]"
    " (working|good|great|right))"
)
"""What people say of a line that they want written anew."""
GOOD: Final = (
    "(is|are) [so|really|just|pretty] (good|great|perfect|fire|fine|gold|dope|amazing|awesome"
    "|solid|nice|cool)"
)
KEEP: Final = "(keep|lock|save|pin|freeze|don't touch|don't change|leave) (it|that|them|this|those)"
MUST: Final = "(should|must|has to|needs to|could)"
SHOW: Final = "(show|show me|see|view|list|give me|display|print|find|find me|get me|suggest|need)"
