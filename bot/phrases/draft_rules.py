"""What people type about the draft as a whole, and themselves."""

from __future__ import annotations

from typing import Final

from atl_core.edits.account import ForgetMe, Help, MyData
from atl_core.edits.drafts import (
    DeleteDraft,
    ListDrafts,
    OpenDraft,
    RestoreDraft,
    Search,
    ShowDraft,
    ShowSyllables,
)
from atl_core.edits.sharing import Collaborate, Share, Unshare
from bot.phrases import build_drafts as build
from bot.phrases import build_lines
from bot.phrases.parts import Rule, rule
from bot.phrases.wording import (
    DRAFT,
    LINES,
    NAMED,
    SHOW,
    TO,
    VERSION,
)

DRAFT_RULES: Final[tuple[Rule, ...]] = (
    # The draft as a whole
    rule(
        build.title,
        f"title [{NAMED}|it|this] [{TO}] <text>",
        f"(call|name|rename) ({NAMED}|it|this) [{TO}] <text>",
        f"(set|change|make) [the] (title|name) [{TO}] <text>",
        "give it the (title|name) [:] <text>",
        "(rename|retitle) to <text>",
        f"(the|new|my|song|the song) (title|name) [should be|{TO}] <text>",
        "name : <text>",
        "(i'd|i'll|i would|i will) call it [:] <text>",
        f"save [{NAMED}|it|this] (as|under) [:] <text>",
        f"(it's|its|it is|this is|this one is|{NAMED} is) called [:] <text>",
        examples=("title it My Song",),
    ),
    rule(
        build.tag,
        f"tag [{NAMED}|it|this] [as|with|:] <text>",
        "(add|put|set) [the|a] (tag|tags) [:] <text>",
        "[add] <tags>",
        f"(mark|label) [{NAMED}|it|this] [as|with] <tags>",
        "add [the|a] <words> tag",
        examples=("tag it demo",),
    ),
    rule(
        build.untag,
        "untag [it|this] [as|from|:] <text>",
        "(remove|delete|drop|take off) [the] (tag|tags) [:] <text>",
        "(remove|delete|drop|take off|lose) [the] <words> tag [from (it|this)]",
        "(remove|take off) <tags>",
        examples=("remove the tag demo",),
    ),
    rule(
        build.duplicate,
        f"(duplicate|copy|clone|fork) [{DRAFT}]",
        f"(duplicate|copy|clone|fork) [{DRAFT}] (as|to|called|named) <text>",
        f"(make|save|create) [me] (a|another) (copy|duplicate|clone) [of {DRAFT}]",
        "copy that",
        examples=("duplicate it",),
    ),
    rule(
        build.search,
        "(search|find|look) [in|through] [all] [my|the] (drafts|draft|songs|song|lyrics)"
        " [for|with|about|containing|that mention|that contain] [:] <text>",
        "search [for|:] <text>",
        "[my|the] (drafts|songs) (with|about|containing|mentioning|that mention|that contain)"
        " [the word] <text>",
        "(find|look for) [the|a|my] (draft|drafts|song|songs)"
        " (with|about|containing|called|named|that mentions|that mention|that says) <text>",
        "(which|what) (drafts|songs|of my songs) (have|mention|contain|use) [the word] <text>",
        examples=("search my drafts for train",),
    ),
    rule(
        lambda p: Search(p.typed("words")),
        "(find|look for|search for|search) <words> in [all] my (drafts|songs|lyrics)",
        "(do i have|is there|are there|have i got|any|where's|where is) [a|any|the|my]"
        " (draft|drafts|song|songs) (with|about|called|named|that mentions|that mention)"
        " [the word] <words> [in it|in them]",
        "(find|show|show me|list) [the|all|all the|all my|my] (draft|drafts|song|songs) tagged"
        " [with|as] <words>",
    ),
    rule(
        lambda _: ListDrafts(),
        "[show|list|see|view|open] [me] [all] [of] [my] [saved] (drafts|songs)",
        "(what|which) (drafts|songs) do i have",
        "(what are|let me see) [all] my (drafts|songs)",
        "what have i written",
        "[show|show me|give me] (a|the) list of [all] [my|the] (drafts|songs)",
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
        "what do (we|i|you) have so far",
        "read (it|this|[the|my] (draft|song|lyrics)) back [to me]",
        "let me (read|hear) (it|this|[the|my] (draft|song|lyrics))",
        "read me (it|this|[the|my] (draft|song|lyrics))",
        examples=("show the draft",),
    ),
    rule(
        lambda p: ShowDraft(p.number()),
        f"(show|open|see|view|print|read|display|let me see) [me] [the] {VERSION} [number] <n>",
        f"what (did|does) {VERSION} <n> (look|sound) like",
        f"what was {VERSION} <n> [like]",
        examples=("show version {v}",),
    ),
    rule(
        lambda _: ShowSyllables(),
        "[show|show me|count|list|display|see|tell me|give me] [the|my] [number of]"
        " (syllable|syllables|syllable count|syllable counts|syllables count)"
        f" [(a|per|of|for|in|on|by) [each|every|the|all|all the] {LINES}]",
        f"how many syllables (do|does) [each|every|the] {LINES} have",
        "how many syllables [are|are there|do we have|is that|is it|are they]"
        f" [(a|per|in|on) [each|every|the] {LINES}]",
        examples=("show syllables",),
    ),
    rule(
        build_lines.rhymes,
        f"[{SHOW}] [some|the|a few|ten|10|more] (rhyme|rhymes) [words] (for|to|of|on) <words>",
        "(what|which words|what words) [could|would|can] (rhyme|rhymes) (with|to|on) <words>",
        f"[{SHOW}] words [that|which] (rhyme|rhyming) with <words>",
        f"[{SHOW}] (something|anything|a word) (that rhymes|which rhymes|rhyming) with <words>",
        "any (rhyme|rhymes) (for|with|to|on) <words>",
        "help me rhyme [with] <words>",
        f"[{SHOW}] [some|the|a few|ten|10|more] rhymes with <words>",
        "what can i rhyme with <words>",
        "(what|which words) (could|can|would) <line> rhyme with",
        f"[{SHOW}] (a|another|one) [good|better] rhyme (for|to|of|on|with) <words>",
        f"[{SHOW}] [some|a few|any] (ideas|options|suggestions|words) for [a|the] [good]"
        " (rhyme|rhymes|rhyming) (for|with|on|of) <words>",
        f"[{SHOW}] <n> [good|more|other] (rhyme|rhymes) (for|to|of|on|with) <words>",
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
        f"(save|write) [{DRAFT}] (to|as|in|into) a file",
        f"[(export|save|print|download) [{DRAFT}]] with [the] <format>",
        "(turn|make) (it|this|the song|the draft) into [a|an] <format> [file]",
        "[a|an|the|as|i want it as|i need it as] [a|an] [plain] <format> [file|format|export"
        "|version] [of it|of this]",
        examples=("export as pdf", "export as lrc"),
    ),
    rule(
        build.rehearse,
        "[let me|i'll|let's] (rehearse|practise|practice) [it|this|the song|the draft]",
        "(rehearse|practise|practice) [it|this|the song|the draft] (with|to|over|on) <text>",
        "[make|show|give|render|export|send] [me] [a|the] (rehearsal|practice) [page|video]",
        examples=("rehearse",),
    ),
    rule(
        lambda _: DeleteDraft(),
        "(delete|remove|trash|bin|discard|erase|throw away|throw out|get rid of)"
        " [the|this|my] [whole|entire] (draft|song)",
        "(trash|bin) (it|this)",
        f"throw ({NAMED}|it|this) (away|out)",
        examples=("delete the draft",),
    ),
    rule(
        lambda _: RestoreDraft(),
        "(undelete|unbin) [it|this|[the|my] [deleted] (draft|song)]",
        "(restore|recover|bring back) (it|this|[the|my|this] [deleted] (draft|song))",
        f"bring (it|{NAMED}) back",
        "undo [the] (delete|deletion|deleting)",
        "get (it|my draft|the draft|my song|[my|the] deleted (draft|song)) back",
        "i didn't mean to delete (it|that|this) [,|-] [bring it back|restore it|get it back]",
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
        f"publish [{DRAFT}]",
        "make (it|this) public",
        "post (it|this|the song|the draft) [here|in here|in this channel|to the channel]",
        "let (everyone|everybody|them|people|others|the channel|the others) (see|read)"
        " (it|this|the song|the draft)",
        "show (it|this) to (everyone|everybody|the channel|people|others|the others)",
        examples=("share it here",),
    ),
    rule(
        lambda _: Unshare(),
        f"(unshare|stop sharing|unpublish) [{DRAFT}] [now|again]",
        f"(don't|do not|no longer) share {DRAFT} (anymore|any more)",
        "make (it|this) private [again]",
        examples=("stop sharing it",),
    ),
    rule(
        lambda p: Collaborate(p.person()),
        "(collaborate|collab|work|write|cowrite|team up) with <words>",
        "invite [in] <words> [to (edit|help|collaborate|write|join|it|this)]",
        f"(collaborate|collab|work|write|cowrite|team up) with <words> on {DRAFT}",
        f"<words> (can|may) (edit|change|help with|work on) [{DRAFT}] [too]",
        f"(let|allow) <words> [to] (edit|change|write|join|in|help) [{DRAFT}|too|with me|on it]",
        "add <words> as [a|an] (collaborator|editor|cowriter)",
        "make <words> [a|an] (collaborator|editor|cowriter)",
        f"add <words> [to {DRAFT}]",
        "give <words> [edit] access [to it|to this]",
        examples=("collaborate with @friend",),
    ),
    rule(
        lambda p: Unshare(p.person()),
        "(stop (collaborating|working|sharing) [it|this]|unshare [it]) with <words>",
        f"(remove|kick|uninvite) <words> [out|as [a|an] (collaborator|editor)|from {DRAFT}]",
        f"<words> (may|can|should) (not|no longer) (edit|change) [{DRAFT}] [anymore|any more]",
        f"<words> can't (edit|change) [{DRAFT}] [anymore|any more]",
        "(don't let|do not let) <words> (edit|change) [it|this] [anymore|any more]",
    ),
    rule(
        lambda _: ForgetMe(),
        "forget (me|everything about me|all about me|all my data|my data)",
        "(delete|erase|remove|wipe) [all|all of] my data",
        "(delete|erase|remove|wipe) [all] [the|your] data (about|on|of) me",
        "(delete|erase|remove|wipe) everything"
        " (about me|of mine|you (know|have|store) (about|on) me)",
        "erase me",
        examples=("forget me",),
        exact=True,
    ),
    rule(
        lambda _: MyData(),
        "[show|export|download|give|send|see|get] [me] [all] [of] my data",
        "what (do|data do|info do|information do) you (know|have|store|keep|hold) (about|on|of) me",
        examples=("my data",),
    ),
    rule(
        lambda _: Help(),
        "(help|help me|help me out|command|commands|options|menu)",
        "what can (you|i|we) (do|say|type|ask) [here]",
        "how does (this|it) work",
        "how do i use (this|it|you)",
        "what are (my|the) (options|commands)",
        "what do you understand",
        "what commands are there",
        "show [me] [the] (help|commands)",
        examples=("help",),
    ),
    rule(build.question_mark, "?"),
)
