"""The grammar: for each request, the phrases that people type for it.

In a phrase `(a|b)` is one of several, `[a|b]` may be left out, and `<place>`, `<line>`, `<n>`,
`<manner>`, `<words>`, `<text>`, ... are the parts that `Parts` reads. `<text>` runs to the end
of what was typed; it and `<words>` come back letter for letter. In the examples, which serve
as suggestions, `{a}`, `{b}` and `{c}` are the numbers of lines that exist.
"""

from __future__ import annotations

from typing import Final

from atl_core.places import Lines, Manner, Whole
from atl_core.requests import (
    MORE_LINES,
    AnotherTake,
    Collaborate,
    Compare,
    Continue,
    Delete,
    DeleteDraft,
    ForgetMe,
    GoBack,
    Help,
    ListDrafts,
    Lock,
    MyData,
    OpenDraft,
    Redo,
    RestoreDraft,
    Rewrite,
    Search,
    SetBrief,
    Share,
    ShowDraft,
    ShowHistory,
    ShowSyllables,
    Undo,
    Unlock,
    Unshare,
)
from bot.phrases import build
from bot.phrases.parts import Rule, rule

_WRITE = (
    "[give me|gimme|add|write|write me|do|get me|i need|we need|it needs|make|make me|generate"
    "|create|put in|throw in|drop in|let's have|(can|could|may) (i|we) (get|have)]"
)
_LINES = "(line|lines|bar|bars)"
_DRAFT = "([the|this|my] (draft|song|lyrics)|it|this)"
_NAMED = "([the|this|my] (draft|song))"
_VERSION = "(version|versions|v|ver|revision|take)"
_TIMES = "(time|times|step|steps|change|changes|edit|edits)"
_TO = "(to|at|as|is|are|:|=)"
_OTHER = "(new|different|another|better|fresh)"
_BACK = "(go|go back|back|return|revert|revert back|restore|jump|jump back|roll back|undo|reset)"
_DELETE = "(delete|remove|drop|cut|cut out|erase|scrap|kill|nuke|take out|get rid of|lose)"
_ADD = "(insert|add|put|write)"
_A_LINE = "[a|another|one] [new|extra] (line|bar)"
_AFTER = "(after|below|under|behind|following)"
_BEFORE = "(before|above|ahead of)"
_MUST = "(should|must|has to|needs to|could)"
_SHOW = "(show|show me|see|view|list|give me|display|print|find|find me|get me|suggest|need)"

RULES: Final[tuple[Rule, ...]] = (
    # Writing on
    rule(
        lambda p: Continue(p.count(MORE_LINES)),
        "(continue|carry on|go on|extend|go ahead) [it|the song|the verse|this]"
        f" [with|for|by] [another] [<n>] [more] [{_LINES}]",
        "(keep going|keep on|keep writing|keep it going|keep it up|continue) [from (here|there)]",
        "(keep it coming|keep them coming|what comes next|what's next|write on)",
        f"[the] next <n> [{_LINES}]",
        f"add <n> {_LINES}",
        examples=("continue",),
    ),
    rule(
        build.more_lines,
        f"{_WRITE} <n> (more|extra|additional) [{_LINES}]",
        f"{_WRITE} another <n> [{_LINES}]",
        examples=("4 more lines", "8 more lines"),
    ),
    rule(lambda _: Continue(), f"{_WRITE} [some|a few|a couple|a couple of] more [{_LINES}]"),
    rule(
        lambda _: Continue(1),
        f"{_WRITE} (another|one more|a single|one|a|a new|the next) (line|bar)",
        examples=("another line",),
    ),
    rule(
        build.section,
        f"{_WRITE} [a|an|another|one more] [new|second|third|final] <section>"
        " [next|after that|here]",
        "(add|put in|insert|put) [a|an|another] <section> (to it|to this|to the song|at the end)",
        f"{_WRITE} [a|an|another] <section> (of|with) <n> {_LINES}",
        f"{_WRITE} [a|an|another] <n> [-] (line|bar) <section>",
        "(now|next|time for) (a|an|the) <section>",
        "<section> time",
        f"{_WRITE} [the] next <section>",
        examples=("another verse", "add a hook", "add a bridge"),
    ),
    # Another take
    rule(
        lambda _: AnotherTake(),
        f"{_WRITE} (another|a different|a new|a fresh|one more|a second|different|new)"
        " (take|version|try|go|one|attempt|option|shot)",
        "(try|show me|let me see|give it) (another|a different|a new|one more)"
        " (one|take|version|try|go|shot)",
        "(again|once again|once more|one more time|reroll|retry|regenerate|shuffle)",
        "(start over|do over)",
        "(try|do|run|write|roll) [it|that|this] (again|once more|one more time)",
        "[try] something (else|different)",
        "(another|a different|a new|one more) (one|take|version|try|go) (of|on) (it|this)",
        examples=("another take", "again"),
    ),
    # Rewriting
    rule(
        lambda p: Rewrite(p.place(), p.manner()),
        "(rewrite|rework|rephrase|reword) [only|just] <place> [<manner>]",
        examples=(
            "rewrite line {a}",
            "rewrite lines {a}-{b}",
            "rewrite the hook",
            "rewrite line {b} sadder",
        ),
    ),
    rule(
        lambda p: Rewrite(p.named_place(), p.manner()),
        "(redo|redraft|retry|change|regenerate|fix|improve|freshen up|tweak) <place> [<manner>]",
        "(rewrite|redo|change|turn) <place> (with|into|to) [something] <manner>",
        examples=("redo line {a}",),
    ),
    rule(
        lambda p: Rewrite(p.named_place()),
        "(write|do|try|give me) <place>"
        " (again|over|over again|differently|better|once more|another way)",
        f"{_WRITE} [try] [a|an] {_OTHER} (version|take|go|try|shot) (of|on|at|for) <place>",
        f"try {_OTHER} (version|take|go|shot) (of|on|at|for) <place>",
        "(give|let's give) <place> (another|one more) (go|try|shot|take)",
        "have (another|one more) (go|try|shot) at <place>",
    ),
    rule(build.line_disliked, "i (don't like|hate|do not like) <place>"),
    rule(build.another_line, f"{_WRITE} [try] [a|an] {_OTHER} <place>"),
    rule(
        lambda p: Rewrite(Lines((p.line(),))),
        f"(replace|swap out|exchange) <line> (with|for|by) [a|an|something] {_OTHER} [one|line]",
        "(replace|swap out) <line> (with|for) something (else|better|different|new)",
    ),
    rule(
        build.turned,
        "(make|turn|get|have|i want|i need|i'd like) <place> [to] [be|sound|feel] <manner>",
        examples=(
            "make it sadder",
            "make it more country",
            "make line {a} shorter",
            "make it cleaner",
        ),
    ),
    rule(
        build.lines_turned,
        f"<place> [{_MUST} [be|sound|feel]] <manner>",
        "(add|put) <manner> (to|in|into) <place>",
    ),
    rule(
        lambda p: Rewrite(Whole(), p.manner(required=True)),
        "(can|could) (it|this) (be|sound|feel) <manner>",
        f"[it|this] {_MUST} (be|sound|feel) <manner>",
        "give it (a|an|some) <manner>",
        "(make|keep|turn) the (mood|vibe|tone|feel|language) <manner>",
    ),
    rule(build.manner_alone, "<manner>", examples=("more hip-hop", "happier")),
    rule(
        lambda _: Rewrite(Whole(), Manner(explicit=False)),
        "clean (it|this|that) [up]",
        "clean up [it|this|the lyrics|the words|the language]",
        "censor (it|this)",
        "(remove|drop|cut|lose|take out) [all] the"
        " (swearing|cursing|curse words|swear words|profanity)",
        "[a|the] clean version",
    ),
    rule(lambda p: Rewrite(p.place(), Manner(length="shorter")), "shorten <place>"),
    rule(
        lambda p: Rewrite(p.some_lines(), Manner(explicit=False)),
        "clean [up] <place> [up]",
        "censor <place>",
    ),
    rule(lambda p: Rewrite(p.some_lines(), Manner(length="longer")), "lengthen <place>"),
    # Rhymes and words
    rule(
        build.rhyme_with,
        "(make|let|have|get) <line> [to] rhyme (with|to|on) <words>",
        "rhyme <line> (with|to|on) <words>",
        "(can|could) <line> rhyme (with|to) <words>",
        "(make|let|have) <line> end (with|on|in) a rhyme (for|with|of|on) <words>",
        "<line> (should|must|has to|needs to|to) rhyme (with|to|on) <words>",
        "(rewrite|redo|change|rework|fix|end) <line>"
        " (so it|so that it|to|and make it) (rhymes|rhyme) (with|to|on) <words>",
        "(rewrite|redo|change|rework|end) <line> rhyming (with|to|on) <words>",
        "(rewrite|redo|change|rework|end) <line> with a rhyme (for|on|with) <words>",
        examples=("make line {a} rhyme with fire", "make line {b} rhyme with line {a}"),
    ),
    rule(
        build.rhyme_together,
        "(make|let|have|get) <place> [to] rhyme [together|with each other]",
    ),
    rule(
        build.use_words,
        "(use|put|include|add|work|get|fit|mention|slip|squeeze|say|stick|throw|insert)"
        " [[the] (word|words|phrase|name)] <words> (in|into|to|on|inside) <line>",
        "try to (use|put|get|fit) [[the] (word|words|phrase)] <words> (in|into) <line>",
        "<line> (needs|wants) [[the] (word|words|phrase)] <words>",
        f"[the word] <words> {_MUST} be in <line>",
        f"<line> {_MUST} (mention|use|include|have|contain) [[the] (word|words|phrase)] <words>",
        examples=("use river in line {c}",),
    ),
    # The writer's own words
    rule(
        build.replace,
        "[replace|change|set|make|edit|update|overwrite|rewrite] <line> (:|=) <text>",
        "(replace|swap out|overwrite) <line> (with|by) [:] <text>",
        "(replace|swap out|overwrite) <line> (with|by) my [own] (words|text|line) : <text>",
        "(change|set|edit|update|turn) <line> (to|into) [read|say] [:] <text>",
        "(make|let|have) <line> (say|read|be) [:] <text>",
        "<line> (should say|should read|should be|reads|says) [:] <text>",
        "(replace|change|make|set) <line> [-] <quoted>",
        "(put|use|take|write) <words> (as|for) <line>",
        examples=("line {b}: my own words",),
    ),
    rule(
        build.insert_after,
        f"{_ADD} {_A_LINE} {_AFTER} <line> [[:] <text>]",
        f"{_ADD} {_AFTER} <line> [[:] <text>]",
        f"(insert|add|put) <words> {_AFTER} <line>",
        f"[a] new line {_AFTER} <line> [[:] <text>]",
        examples=("insert a line after line {a}",),
    ),
    rule(
        build.insert_before,
        f"{_ADD} {_A_LINE} {_BEFORE} <line> [[:] <text>]",
        f"{_ADD} {_BEFORE} <line> [[:] <text>]",
        f"(insert|add|put) <words> {_BEFORE} <line>",
        f"[a] new line {_BEFORE} <line> [[:] <text>]",
    ),
    rule(
        build.insert_top,
        f"{_ADD} [{_A_LINE}] (at|on|to) [the] (top|start|beginning) [[:] <text>]",
        "(insert|add|put) <words> (at|on|to) [the] (top|start|beginning)",
        examples=("insert a line at the top",),
    ),
    rule(
        build.insert_end,
        f"{_ADD} [{_A_LINE}] (at|on|to) [the] (end|bottom) [[:] <text>]",
        "(insert|add|put) <words> (at|on|to) [the] (end|bottom)",
        "(add|insert|append) [a|the|my|this] [new] line : <text>",
    ),
    # Moving and keeping
    rule(
        build.swap,
        "(swap|switch|exchange|flip|trade|interchange) [around] <place> [around|over]",
        "(swap|switch|exchange|trade|replace) <line> (with|for) <other>",
        "(swap|switch|exchange|flip) [line|lines] <line> <other>",
        examples=("swap lines {a} and {b}",),
    ),
    rule(
        lambda p: Delete(p.some_lines()),
        f"{_DELETE} <place>",
        "<place> (has|have) to go",
        examples=("delete line {c}",),
    ),
    rule(
        lambda p: Lock(p.place()),
        "(lock|lock in|lock down|freeze|protect|pin) <place> [down|in]",
        examples=("lock lines {a}-{b}", "lock the hook", "lock line {a}"),
    ),
    rule(
        build.kept,
        "(keep|leave|don't touch|don't change|do not touch|do not change|hold on to) <place>"
        " [as is|as it is|as they are|the same|the way it is|alone]",
    ),
    rule(
        lambda p: Unlock(p.place()),
        "(unlock|unfreeze|release|free up|free|unpin) <place>",
        "(remove|drop|take off|lift) the (lock|locks) (from|on|of|off) <place>",
        examples=("unlock line {a}", "unlock everything"),
    ),
    rule(lambda _: Unlock(Whole()), "(remove|drop|lift|clear) (all|all the|every) (lock|locks)"),
    # The brief
    rule(
        build.tempo,
        f"[set|change|make|put|use] [the|a] (tempo|bpm|speed) [{_TO}] <tempo> [bpm]",
        "[set|change|make|put|use|do|try] [it|this] [to|at|:|=] <tempo> bpm",
        "[set|change|make] [it|this] [to] <tempo> beats (a|per) minute",
        "(it's|it is|its) <tempo> bpm",
        "[the] (tempo|bpm|speed) (should be|must be) <tempo> [bpm]",
        examples=("set the tempo to 90",),
    ),
    rule(
        build.scheme,
        f"[set|change|make|use|try] [the|a|an] [rhyme|rhyming] (scheme|pattern) [{_TO}] <text>",
        "(make it|use|try|rhyme it|set it to) [a|an] <scheme> [scheme|rhyme scheme|rhymes|pattern]",
        "[a|an] <scheme> (scheme|rhyme scheme|pattern)",
        "(rhyme|rhymes|switch to|change to|change it to) <scheme>",
        "[the] (rhyme scheme|scheme) (should be|must be) <scheme>",
        "<scheme>",
        examples=("set the scheme to ABAB",),
    ),
    rule(
        build.syllables,
        "[set|change|make|use] [the] (syllable|syllables|syllable count)"
        f" [(a|per) line] [{_TO}] <n>",
        f"[set|change|make|use|try|give me] [it|them|[the|each|every] {_LINES}] [{_TO}|have|with]"
        " [about|around|of|max|at most] <n> (syllable|syllables) [long]"
        f" [(a|per|each|in each|for each|every) [{_LINES}]]",
        examples=("set the syllables to 10",),
    ),
    rule(
        build.seed_words,
        "[set|change|use|make] [the|my|new|the new] (seed words|seed word|seeds|seed)"
        f" [{_TO}] <text>",
        examples=("set the seed words to midnight train",),
    ),
    rule(
        build.genre,
        f"[set|change|switch|make] [the] genre [{_TO}] <genre>",
        "(switch|change) [it] to <genre>",
        examples=("set the genre to country",),
    ),
    rule(
        build.mood,
        f"[set|change|switch|make] [the] (mood|vibe) [{_TO}] <mood>",
        examples=("set the mood to sad",),
    ),
    rule(
        lambda _: SetBrief(explicit=True),
        "(allow|enable|turn on) [the] (explicit|swearing|cursing) [words|language|lyrics]",
        "(explicit on|explicit mode|explicit mode on|turn explicit on)",
        "swearing is (ok|okay|fine)",
        examples=("allow explicit words",),
    ),
    rule(
        lambda _: SetBrief(explicit=False),
        "(keep it clean|keep it pg|clean mode|clean mode on|explicit off|explicit mode off)",
        "(disable|turn off|don't allow) (explicit|swearing|cursing) [words|language|lyrics]",
        "no explicit [words|language|lyrics]",
        examples=("keep it clean",),
    ),
    # Versions
    rule(
        lambda p: Undo(p.steps()),
        "undo [that|it|this|last|[the|my] last (change|edit|thing|one|step)]",
        f"undo [the] [last] <n> {_TIMES}",
        "undo <twice>",
        f"go back <n> {_TIMES}",
        "(go back|back|step back|roll back|oops|revert|put it back|take that back|take it back)",
        "(go back|step back) (one|a) (step|version)",
        "(ctrl|control|cmd) [-] z",
        "revert (that|it|this|the last change)",
        "[go] back to [the] (previous|last|prior) version",
        examples=("undo",),
    ),
    rule(
        lambda p: Redo(p.steps()),
        "(redo|step forward|go forward|undo the undo|undo my undo|undo that undo)",
        "redo (the|that) (change|edit|step)",
        "bring back what i undid",
        f"redo <n> {_TIMES}",
        "redo <twice>",
        examples=("redo",),
    ),
    rule(
        build.go_back,
        f"({_BACK}|take me back|switch|switch back|use|pick|load) [it] [to]"
        f" [the] {_VERSION} [number] <n>",
        "(go back|back|return|revert|revert back|roll back|rollback|jump back|take me back) to <n>",
        examples=("go back to version 1",),
    ),
    rule(
        lambda _: GoBack(1),
        f"({_BACK}|take me back) to [the] [very] first (version|take|draft|one)",
        f"({_BACK}|take me back) to [the] (original|start|beginning) [version]",
    ),
    rule(
        build.compare,
        f"(compare|diff) [the] [{_VERSION}] <n>"
        f" [and|with|to|against|vs|versus|-|,] [{_VERSION}] <m>",
        "[what's|what is|show|show me] [the] (difference|differences) between"
        f" [{_VERSION}] <n> and [{_VERSION}] <m>",
        f"(what|what's|what has) changed (between|from) [{_VERSION}] <n> (and|to) [{_VERSION}] <m>",
        f"(compare|diff) [it|this] (with|to|against) [{_VERSION}] <n>",
        f"(compare|diff) {_VERSION} <n>",
        examples=("compare 1 and 2",),
    ),
    rule(
        lambda _: Compare(),
        "(what|what's|what has|what is|what did you) (changed|change|different|new)",
        "(show|show me|see) [the] (diff|changes|difference|differences)",
        "diff",
        examples=("what changed",),
    ),
    rule(
        lambda _: ShowHistory(),
        "[show|list|see|view] [me] [all|the|my|all the] [version] (versions|history|revisions)",
        examples=("show the versions",),
    ),
    # The draft as a whole
    rule(
        build.title,
        f"title [{_NAMED}|it|this] [{_TO}] <text>",
        f"(call|name|rename) ({_NAMED}|it|this) [{_TO}] <text>",
        f"(set|change|make) [the] (title|name) [{_TO}] <text>",
        f"(the|new|my|song|the song) (title|name) [{_TO}] <text>",
        f"save [{_NAMED}|it|this] (as|under) [:] <text>",
        examples=("title it My Song",),
    ),
    rule(
        build.tag,
        f"tag [{_NAMED}|it|this] [as|with|:] <text>",
        "(add|put|set) [the|a] (tag|tags) [:] <text>",
        examples=("tag it demo",),
    ),
    rule(
        build.untag,
        "untag [it|this] [as|from|:] <text>",
        "(remove|delete|drop) [the] (tag|tags) [:] <text>",
        examples=("remove the tag demo",),
    ),
    rule(
        build.duplicate,
        f"(duplicate|copy|clone) [{_DRAFT}]",
        f"(duplicate|copy|clone) [{_DRAFT}] (as|to|called|named) <text>",
        f"(make|save|create) [me] a (copy|duplicate|clone) [of {_DRAFT}]",
        examples=("duplicate it",),
    ),
    rule(
        build.search,
        "(search|find|look) [in|through] [all] [my|the] (drafts|draft|songs|song|lyrics)"
        " [for|with|about|containing|that mention|that contain] [:] <text>",
        "search [for|:] <text>",
        "(find|look for) [the|a|my] (draft|drafts|song|songs)"
        " (with|about|containing|called|named|that mentions|that mention|that says) <text>",
        "(which|what) (drafts|songs|of my songs) (have|mention|contain|use) [the word] <text>",
        examples=("search my drafts for train",),
    ),
    rule(
        lambda p: Search(p.typed("words")),
        "(find|look for|search for|search) <words> in [all] my (drafts|songs|lyrics)",
    ),
    rule(
        lambda _: ListDrafts(),
        "[show|list|see|view|open] [me] [all] [of] [my] [saved] (drafts|songs)",
        "(what|which) (drafts|songs) do i have",
        examples=("my drafts",),
    ),
    rule(
        lambda p: OpenDraft(p.draft_id()),
        "(open|load|show|show me|switch to|go to|resume|work on|continue with|edit)"
        " [the|my] [draft|song] <text>",
    ),
    rule(
        lambda _: ShowDraft(),
        "(show|print|display|read|see|view|let me see) [me]"
        " (it|this|[the|my] (draft|song|lyrics|lines|words|whole thing|whole song)|everything"
        "|what (we|i|you) have|[the] current (draft|version)) [again|so far]",
        "(show|where are we|where were we)",
        examples=("show the draft",),
    ),
    rule(
        lambda p: ShowDraft(p.number()),
        f"(show|open|see|view|print|read|display) [me] [the] {_VERSION} [number] <n>",
        examples=("show version 1",),
    ),
    rule(
        lambda _: ShowSyllables(),
        "[show|show me|count|list|display|see|tell me|give me] [the|my] [number of]"
        " (syllable|syllables|syllable count|syllable counts|syllables count)"
        f" [(a|per|of|for|in|on|by) [each|every|the|all|all the] {_LINES}]",
        "how many syllables [are there|do we have|is that|is it|are they]"
        f" [(a|per|in|on) [each|every|the] {_LINES}]",
        examples=("show syllables",),
    ),
    rule(
        build.rhymes,
        f"[{_SHOW}] [some|the|a few|ten|10|more] (rhyme|rhymes) [words] (for|to|of|on) <words>",
        "(what|which words|what words) [could|would|can] (rhyme|rhymes) (with|to|on) <words>",
        f"[{_SHOW}] words [that|which] (rhyme|rhyming) with <words>",
        f"[{_SHOW}] [some|the|a few|ten|10|more] rhymes with <words>",
        "what can i rhyme with <words>",
        f"[{_SHOW}] [some|the|a few|ten|10|more] (rhyming words|rhyme suggestions|rhyme ideas)"
        " (for|with|to|of|on) <words>",
        "what goes with <words>",
        "(rhyme|rhymes) <words>",
        examples=("rhymes for line {a}",),
    ),
    rule(
        build.export,
        "(export|download|send|get|give|save|print|make|create|(can|could|may) (i|we) (get|have))"
        " [me]"
        f" [{_DRAFT}] [as|to|in|into|for] [a|an|the] [plain] <format> [file|sheet|format|document]",
        f"(export|download) [{_DRAFT}]",
        "[a|an|the|as] <format> [file|format|export|version] [of it|of this]",
        examples=("export as pdf", "export as lrc"),
    ),
    rule(
        lambda _: DeleteDraft(),
        "(delete|remove|trash|bin|discard|erase|throw away|throw out)"
        " [the|this|my] [whole|entire] (draft|song)",
        "(trash|bin) (it|this)",
        f"throw ({_NAMED}|it|this) (away|out)",
        examples=("delete the draft",),
    ),
    rule(
        lambda _: RestoreDraft(),
        "(undelete|unbin) [it|this|[the|my] [deleted] (draft|song)]",
        "(restore|recover|bring back) (it|this|[the|my] [deleted] (draft|song))",
        f"bring (it|{_NAMED}) back",
        "undo [the] (delete|deletion|deleting)",
        examples=("restore the draft",),
    ),
    rule(
        lambda p: RestoreDraft(p.draft_id()),
        "(undelete|restore|recover|bring back) [the|my] [draft|song] <text>",
    ),
    # People
    rule(
        lambda _: Share(),
        f"share [{_DRAFT}] [here|in here|in this channel]",
        f"share [{_DRAFT}] with (everyone|everybody|us|all|[the|this] (channel|server|room))",
        "(make it public|make this public|publish|publish it|publish this)",
        examples=("share it here",),
    ),
    rule(
        lambda _: Unshare(),
        f"(unshare|stop sharing) [{_DRAFT}]",
        "make (it|this) private [again]",
        examples=("stop sharing it",),
    ),
    rule(
        lambda p: Collaborate(p.person()),
        "(collaborate|collab|work|write|cowrite|team up) with <words>",
        "invite [in] <words>",
        f"(let|allow) <words> [to] (edit|change|write|join|in|help) [{_DRAFT}|too|with me|on it]",
        "add <words> as [a|an] (collaborator|editor|cowriter)",
        f"add <words> to {_DRAFT}",
        "give <words> [edit] access [to it|to this]",
        examples=("collaborate with @friend",),
    ),
    rule(
        lambda p: Unshare(p.person()),
        "(stop (collaborating|working|sharing) [it|this]|unshare [it]) with <words>",
        "(remove|kick|uninvite) <words> [as [a|an] (collaborator|editor)|from (it|this|the draft)]",
    ),
    rule(
        lambda _: ForgetMe(),
        "forget (me|everything about me|all about me|all my data|my data)",
        "(delete|erase|remove|wipe) [all|all of] my data",
        "(delete|erase|remove|wipe) everything"
        " (about me|of mine|you (know|have|store) (about|on) me)",
        "erase me",
        examples=("forget me",),
        exact=True,
    ),
    rule(
        lambda _: MyData(),
        "[show|export|download|give|send|see|get] [me] [all] [of] my data",
        "what do you (know|have|store) (about|on) me",
        examples=("my data",),
    ),
    rule(
        lambda _: Help(),
        "(help|help me|help me out|?|command|commands|options|menu)",
        "what can (you|i|we) (do|say|type|ask) [here]",
        "how does (this|it) work",
        "how do i use (this|it|you)",
        "what are (my|the) (options|commands)",
        examples=("help",),
    ),
)
