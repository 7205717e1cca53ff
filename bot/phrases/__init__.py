"""What people type, read as a Request: a small grammar with typo tolerance, and no model.

A phrase is understood when exactly one request fits it. Anything else is refused with the
three phrases nearest to it, because a wrong action costs the writer more than a question.
"""

from __future__ import annotations

from bot.phrases.parse import PhraseError, compile_patterns, parse, suggestions

__all__ = ["PhraseError", "compile_patterns", "parse", "suggestions"]
