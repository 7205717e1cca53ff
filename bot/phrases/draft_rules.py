"""What people type about the brief, the versions, the draft as a whole, and themselves."""

from __future__ import annotations

from typing import Final

from atl_core.requests import (
    Collaborate,
    Compare,
    DeleteDraft,
    ForgetMe,
    GoBack,
    Help,
    ListDrafts,
    MyData,
    OpenDraft,
    Redo,
    RestoreDraft,
    Search,
    SetBrief,
    Share,
    ShowDraft,
    ShowHistory,
    ShowSyllables,
    Undo,
    Unshare,
)
from bot.phrases import build
from bot.phrases.parts import Rule, rule
from bot.phrases.wording import (
    BACK,
    DRAFT,
    LINES,
    NAMED,
    SHOW,
    TIMES,
    TO,
    VERSION,
)

DRAFT_RULES: Final[tuple[Rule, ...]] = (
    # The brief
    rule(
        build.tempo,
        f"[set|change|make|put|use] [the|a] (tempo|bpm|speed) [{TO}] <tempo> [bpm]",
        "[set|change|make|put|use|do|try] [it|this] [to|at|:|=] <tempo> bpm",
        "[set|change|make] [it|this] [to] <tempo> beats (a|per) minute",
        "(it's|it is|its) <tempo> bpm",
        "[the] (tempo|bpm|speed) (should be|must be) <tempo> [bpm]",
        examples=("set the tempo to 90",),
    ),
    rule(
        build.scheme,
        f"[set|change|make|use|try] [the|a|an] [rhyme|rhyming] (scheme|pattern) [{TO}] <text>",
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
        f" [(a|per) line] [{TO}] <n>",
        f"[set|change|make|use|try|give me] [it|them|[the|each|every] {LINES}] [{TO}|have|with]"
        " [about|around|of|max|at most] <n> (syllable|syllables) [long]"
        f" [(a|per|each|in each|for each|every) [{LINES}]]",
        examples=("set the syllables to 10",),
    ),
    rule(
        build.seed_words,
        "[set|change|use|make] [the|my|new|the new] (seed words|seed word|seeds|seed)"
        f" [{TO}] <text>",
        examples=("set the seed words to midnight train",),
    ),
    rule(
        build.genre,
        f"[set|change|switch|make] [the] genre [{TO}] <genre>",
        "(switch|change) [it] to <genre>",
        examples=("set the genre to country",),
    ),
    rule(
        build.mood,
        f"[set|change|switch|make] [the] (mood|vibe) [{TO}] <mood>",
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
        f"undo [the] [last] <n> {TIMES}",
        "undo <twice>",
        f"go back <n> {TIMES}",
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
        f"redo <n> {TIMES}",
        "redo <twice>",
        examples=("redo",),
    ),
    rule(
        build.go_back,
        f"({BACK}|take me back|switch|switch back|use|pick|load) [it] [to]"
        f" [the] {VERSION} [number] <n>",
        "(go back|back|return|revert|revert back|roll back|rollback|jump back|take me back) to <n>",
        examples=("go back to version 1",),
    ),
    rule(
        lambda _: GoBack(1),
        f"({BACK}|take me back) to [the] [very] first (version|take|draft|one)",
        f"({BACK}|take me back) to [the] (original|start|beginning) [version]",
    ),
    rule(
        build.compare,
        f"(compare|diff) [the] [{VERSION}] <n> [and|with|to|against|vs|versus|-|,] [{VERSION}] <m>",
        "[what's|what is|show|show me] [the] (difference|differences) between"
        f" [{VERSION}] <n> and [{VERSION}] <m>",
        f"(what|what's|what has) changed (between|from) [{VERSION}] <n> (and|to) [{VERSION}] <m>",
        f"(compare|diff) [it|this] (with|to|against) [{VERSION}] <n>",
        f"(compare|diff) {VERSION} <n>",
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
        f"title [{NAMED}|it|this] [{TO}] <text>",
        f"(call|name|rename) ({NAMED}|it|this) [{TO}] <text>",
        f"(set|change|make) [the] (title|name) [{TO}] <text>",
        f"(the|new|my|song|the song) (title|name) [{TO}] <text>",
        f"save [{NAMED}|it|this] (as|under) [:] <text>",
        examples=("title it My Song",),
    ),
    rule(
        build.tag,
        f"tag [{NAMED}|it|this] [as|with|:] <text>",
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
        f"(duplicate|copy|clone) [{DRAFT}]",
        f"(duplicate|copy|clone) [{DRAFT}] (as|to|called|named) <text>",
        f"(make|save|create) [me] a (copy|duplicate|clone) [of {DRAFT}]",
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
        f"(show|open|see|view|print|read|display) [me] [the] {VERSION} [number] <n>",
        examples=("show version 1",),
    ),
    rule(
        lambda _: ShowSyllables(),
        "[show|show me|count|list|display|see|tell me|give me] [the|my] [number of]"
        " (syllable|syllables|syllable count|syllable counts|syllables count)"
        f" [(a|per|of|for|in|on|by) [each|every|the|all|all the] {LINES}]",
        "how many syllables [are there|do we have|is that|is it|are they]"
        f" [(a|per|in|on) [each|every|the] {LINES}]",
        examples=("show syllables",),
    ),
    rule(
        build.rhymes,
        f"[{SHOW}] [some|the|a few|ten|10|more] (rhyme|rhymes) [words] (for|to|of|on) <words>",
        "(what|which words|what words) [could|would|can] (rhyme|rhymes) (with|to|on) <words>",
        f"[{SHOW}] words [that|which] (rhyme|rhyming) with <words>",
        f"[{SHOW}] [some|the|a few|ten|10|more] rhymes with <words>",
        "what can i rhyme with <words>",
        f"[{SHOW}] [some|the|a few|ten|10|more] (rhyming words|rhyme suggestions|rhyme ideas)"
        " (for|with|to|of|on) <words>",
        "what goes with <words>",
        "(rhyme|rhymes) <words>",
        examples=("rhymes for line {a}",),
    ),
    rule(
        build.export,
        "(export|download|send|get|give|save|print|make|create|(can|could|may) (i|we) (get|have))"
        " [me]"
        f" [{DRAFT}] [as|to|in|into|for] [a|an|the] [plain] <format> [file|sheet|format|document]",
        f"(export|download) [{DRAFT}]",
        "[a|an|the|as] <format> [file|format|export|version] [of it|of this]",
        examples=("export as pdf", "export as lrc"),
    ),
    rule(
        lambda _: DeleteDraft(),
        "(delete|remove|trash|bin|discard|erase|throw away|throw out)"
        " [the|this|my] [whole|entire] (draft|song)",
        "(trash|bin) (it|this)",
        f"throw ({NAMED}|it|this) (away|out)",
        examples=("delete the draft",),
    ),
    rule(
        lambda _: RestoreDraft(),
        "(undelete|unbin) [it|this|[the|my] [deleted] (draft|song)]",
        "(restore|recover|bring back) (it|this|[the|my] [deleted] (draft|song))",
        f"bring (it|{NAMED}) back",
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
        f"share [{DRAFT}] [here|in here|in this channel]",
        f"share [{DRAFT}] with (everyone|everybody|us|all|[the|this] (channel|server|room))",
        "(make it public|make this public|publish|publish it|publish this)",
        examples=("share it here",),
    ),
    rule(
        lambda _: Unshare(),
        f"(unshare|stop sharing) [{DRAFT}]",
        "make (it|this) private [again]",
        examples=("stop sharing it",),
    ),
    rule(
        lambda p: Collaborate(p.person()),
        "(collaborate|collab|work|write|cowrite|team up) with <words>",
        "invite [in] <words>",
        f"(let|allow) <words> [to] (edit|change|write|join|in|help) [{DRAFT}|too|with me|on it]",
        "add <words> as [a|an] (collaborator|editor|cowriter)",
        f"add <words> to {DRAFT}",
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
