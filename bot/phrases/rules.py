"""The grammar: for each request, the phrases that people type for it.

In a phrase `(a|b)` is one of several, `[a|b]` may be left out, and `<place>`, `<line>`, `<n>`,
`<manner>`, `<words>`, `<text>`, ... are the parts that `Parts` reads. `<text>` runs to the end
of what was typed; it and `<words>` come back letter for letter. In the examples, which serve
as suggestions, `{a}`, `{b}` and `{c}` are the numbers of lines that exist, `{v}` that of a version.
"""

from __future__ import annotations

from typing import Final

from bot.phrases.beat_rules import BEAT_RULES
from bot.phrases.brief_rules import BRIEF_RULES
from bot.phrases.choice_rules import CHOICE_RULES
from bot.phrases.draft_rules import DRAFT_RULES
from bot.phrases.line_rules import LINE_RULES
from bot.phrases.parts import Rule
from bot.phrases.rhyme_rules import RHYME_RULES
from bot.phrases.section_rules import SECTION_RULES
from bot.phrases.sound_rules import SOUND_RULES
from bot.phrases.together_rules import TOGETHER_RULES
from bot.phrases.word_rules import WORD_RULES
from bot.phrases.writing_rules import WRITING_RULES

__all__ = ["RULES", "Rule"]

RULES: Final[tuple[Rule, ...]] = (
    *WRITING_RULES,
    *LINE_RULES,
    *CHOICE_RULES,
    *SECTION_RULES,
    *SOUND_RULES,
    *TOGETHER_RULES,
    *RHYME_RULES,
    *WORD_RULES,
    *BEAT_RULES,
    *BRIEF_RULES,
    *DRAFT_RULES,
)
