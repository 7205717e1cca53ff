"""From a Request to an Answer: once, for the terminal, the command line and Discord.

A front end makes a Request (from words with `bot.phrases`, from a form or an argument directly),
opens the draft that it is about, once, and calls `dispatch`. It lays out the Answer in its own way.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from atl_core.audio.source import KeptBeat
from atl_core.drafts.draft import Draft
from atl_core.drafts.listing import other_line, writers_of
from atl_core.drafts.names import LOCAL
from atl_core.drafts.timed.size import part_shown
from atl_core.edits import account
from atl_core.edits.account import ForgetMe, MyData
from atl_core.edits.beat import SetBeat, Tap
from atl_core.edits.choices import LineByLine, Options, Take
from atl_core.edits.drafts import (
    DeleteDraft,
    Duplicate,
    ListDrafts,
    OpenDraft,
    RestoreDraft,
    Search,
    SetTitle,
    ShowDraft,
    ShowSyllables,
    Tag,
)
from atl_core.edits.export import Export, Rehearse
from atl_core.edits.flow import ShowFlow
from atl_core.edits.line_ranges import check_line
from atl_core.edits.request import LineEdit, Request
from atl_core.edits.rhymes import ShowInnerRhymes, ShowRhymes
from atl_core.edits.sharing import Collaborate, KeepOther, MyVersion, Share, ShowWriters, Unshare
from atl_core.edits.sounds import SayAs, SayAsUsual, ShowSounds
from atl_core.edits.versions import Compare, GoBack, Redo, ShowHistory, Undo
from atl_core.edits.words import AllowWords, AvoidAlways, ShowAvoided
from atl_core.edits.writing import Write
from atl_core.errors import BeatError, DraftError, UserError
from atl_core.lyrics.saying import OwnSound, saying
from atl_core.progress import Progress
from atl_core.studio import Studio

if TYPE_CHECKING:
    from atl_core.drafts.diff import Comparison
    from atl_core.drafts.draft import OpenedDraft
    from atl_core.drafts.listing import Change, Forgotten, Page, Wording
    from atl_core.drafts.options import OptionSet
    from atl_core.jobs.job import Job
    from atl_core.lyrics.brief import Line
    from atl_core.lyrics.inner_rhymes import RhymeChain
    from atl_core.progress import OnProgress

RHYMES_SHOWN: Final = 20
WITHOUT_DRAFT: Final = (
    Write,
    Search,
    ListDrafts,
    OpenDraft,
    RestoreDraft,
    ForgetMe,
    MyData,
    account.Help,
)
"""Requests that are not about the draft at hand."""
WITH_OR_WITHOUT: Final = (ShowAvoided, AvoidAlways, AllowWords, SayAs, SayAsUsual, ShowSounds)
"""Requests about the asker, and about the draft at hand if there is one."""
READING: Final = (
    ShowDraft,
    ShowHistory,
    ShowSyllables,
    ShowFlow,
    ShowInnerRhymes,
    ShowWriters,
    Tap,
    ShowRhymes,
    Compare,
    Export,
)
"""What everybody may ask of a draft that they may see."""
SHARING: Final = (Share, Unshare, Collaborate)
"""What only the owner of a draft may ask."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and where."""

    owner: str = LOCAL
    channel: str = ""
    """The name under which drafts are shared with the channel; empty where there is none."""
    person: Callable[[str], str] | None = None
    """From a person as typed (`@ann`, `<@123>`) to their name as an owner; None: nobody is here.

    It raises `UserError` for somebody who cannot be found.
    """


@dataclass(frozen=True, slots=True)
class Changed:
    """A new draft, or a draft after what was asked. `before` is the draft that was at hand."""

    request: Request
    draft: Draft
    before: Draft | None = None
    then: Request | None = None
    """What goes on by itself, such as the next line where a writer chooses line by line."""
    options: OptionSet | None = None
    """The options that one was taken of: another can be taken instead."""

    @property
    def comparison(self) -> Comparison | None:
        """What changed of the draft that was at hand; None for a new draft."""
        from atl_core.drafts.diff import compare

        before = self.before
        return compare(before, self.draft) if before and before.id == self.draft.id else None


@dataclass(frozen=True, slots=True)
class Offered:
    """Lines to choose from for a line of a draft, which may have been written just now."""

    draft: Draft
    options: OptionSet


@dataclass(frozen=True, slots=True)
class Queued:
    """What takes a model waits for a worker."""

    job: Job


@dataclass(frozen=True, slots=True)
class Shown:
    """A draft to look at: the one at hand, or an earlier version of it."""

    draft: Draft
    current: bool = True


@dataclass(frozen=True, slots=True)
class Opened:
    """Another draft, which is at hand from now on."""

    draft: Draft
    may_change: bool = True


@dataclass(frozen=True, slots=True)
class Deleted:
    draft: Draft


@dataclass(frozen=True, slots=True)
class Restored:
    draft: Draft


@dataclass(frozen=True, slots=True)
class Syllables:
    """A draft whose lines are to be shown with their figures."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class Writers:
    """For each line of a draft the revision in which its words first stood, and so who wrote it."""

    draft: Draft
    lines: tuple[Wording, ...]
    asker: str


@dataclass(frozen=True, slots=True)
class Rhymed:
    """A draft whose rhymes are to be shown, by chains."""

    draft: Draft
    chains: tuple[RhymeChain, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """A draft whose syllables are to be shown on the beat."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class History:
    draft: Draft
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Rhymes:
    """Words that rhyme with `word`, best first; none when nothing is known."""

    word: str
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Avoided:
    """Words that the asker avoids in all drafts, and those of the draft at hand."""

    always: tuple[str, ...]
    here: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    """Of the draft at hand."""


@dataclass(frozen=True, slots=True)
class Sounds:
    """How the asker says words, and the draft at hand with its syllables counted by them."""

    sounds: tuple[OwnSound, ...]
    draft: Draft | None = None
    counted: tuple[int, ...] = ()
    """The numbers of its lines that have other syllables now."""


@dataclass(frozen=True, slots=True)
class File:
    """A file to be handed over. `draft` is None for the data of a person."""

    name: str
    data: bytes
    draft: Draft | None = None
    part: str = ""
    """How much of the song a video shows, such as 11:43, where that is not all of it."""


@dataclass(frozen=True, slots=True)
class Drafts:
    """A page of drafts, or of those that contain `words`."""

    page: Page
    words: str = ""


@dataclass(frozen=True, slots=True)
class Shared:
    """A draft was shared with a guest, or is no longer; `guest` is a channel or an owner."""

    draft: Draft
    guest: str


@dataclass(frozen=True, slots=True)
class PersonalData:
    """All that is stored about the asker, as JSON."""

    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AskFirst:
    """What cannot be undone is asked for once more; then dispatch it `confirmed`."""

    request: Request


@dataclass(frozen=True, slots=True)
class Gone:
    """What was stored about the asker is removed."""

    forgotten: Forgotten


@dataclass(frozen=True, slots=True)
class Help:
    """The front end's own help."""


Answer = (
    Changed
    | Offered
    | Queued
    | Shown
    | Opened
    | Deleted
    | Restored
    | Syllables
    | Rhymed
    | Writers
    | Flow
    | History
    | Compared
    | Rhymes
    | Avoided
    | Sounds
    | File
    | Drafts
    | Shared
    | PersonalData
    | AskFirst
    | Gone
    | Help
)

RunModel = Callable[[Request, Draft | None], Awaitable[Answer]]
"""How a front end has done what takes a model: here and now, or by a worker."""


class NotYoursError(DraftError):
    """The draft is only for the asker to read, or only for its owner to share."""

    def __init__(self) -> None:
        super().__init__("That draft is not yours to change.", remedy="Say: duplicate it.")


async def dispatch(
    studio: Studio,
    request: Request,
    asker: Asker,
    opened: OpenedDraft | None,
    run: RunModel,
    *,
    confirmed: bool = False,
) -> Answer:
    """Do what was asked of the draft that the asker has opened.

    Raises:
        NotYoursError: the asker may not change or share this draft.
        UserError: it cannot be done; the text says why.
    """
    if isinstance(request, Write):
        return await run(request, None)
    if isinstance(request, ShowAvoided | AvoidAlways | AllowWords):
        answer = await _avoided(studio, request, asker, opened)
        if answer is not None:
            return answer
    if isinstance(request, SayAs | SayAsUsual | ShowSounds):
        return await _sounds(studio, request, asker, opened)
    if isinstance(request, WITHOUT_DRAFT):
        return await _about_no_draft(studio, request, asker, confirmed=confirmed)
    if isinstance(request, SHARING) and not asker.channel and asker.person is None:
        raise UserError(
            "Drafts are shared in Discord, where the others are.",
            remedy="Here you can export one and send the file: export as txt.",
        )
    if opened is None:
        raise DraftError("There is no draft at hand yet.", remedy="Write one, or open one.")
    draft = opened.draft
    if isinstance(request, READING):
        return await _read(studio, request, asker, draft)
    if isinstance(request, SHARING):
        return await _share(studio, request, asker, draft)
    if not opened.may_change:
        raise NotYoursError
    if isinstance(request, SetBeat | Rehearse) and not request.beat:
        raise BeatError(
            "Which beat?",
            "An audio file, or a link to one on YouTube, is accepted.",
            f"Say: {'set the beat to' if isinstance(request, SetBeat) else 'rehearse with'}"
            " beat.mp3.",
        )
    if isinstance(request, Options):
        request = await _about_options(studio, request, draft, asker.owner)
    if request.needs_model:
        return await run(request, draft)
    if isinstance(request, Take):
        return await _take(studio, request, draft, asker.owner)
    if isinstance(request, KeepOther):
        check_line(request.line, len(draft.lines))
        wordings = await studio.drafts.wordings(draft.id, asker.owner)
        text = other_line(wordings, draft.revision, request.line, asker.owner)
        request = replace(request, text=text)
    if isinstance(request, DeleteDraft):
        return Deleted(await studio.drafts.delete(draft.id, asker.owner))
    return Changed(request, await change(studio, request, draft, asker.owner), draft)


def _share_of(on_progress: OnProgress) -> Callable[[float], None]:
    """Tells the progress of a file that is rendered, from the thread that renders it."""
    loop = asyncio.get_running_loop()

    def tell(share: float) -> None:
        loop.call_soon_threadsafe(on_progress, Progress("render", int(100 * share), 100))

    return tell


def inline(
    studio: Studio, on_progress: OnProgress, *, owner: str = LOCAL, captioner: str = ""
) -> RunModel:
    """What takes a model is done here and now, by this process."""

    async def run(request: Request, draft: Draft | None) -> Answer:
        if isinstance(request, Rehearse):
            assert draft is not None
            assert not isinstance(request.beat, KeptBeat)
            on_progress(Progress("render", 0, 100))
            share = _share_of(on_progress)
            made = await studio.pipeline.rehearsal(draft, request.beat, request.format, share)
            return File(*made, draft, part_shown(draft) if request.format == "mp4" else "")
        after = await studio.pipeline.run(
            request, owner=owner, draft=draft, captioner=captioner, on_progress=on_progress
        )
        if offers(request):
            (latest, *_) = await studio.drafts.options(after.id, owner)
            return Offered(after, latest)
        return Changed(request, after, draft)

    return run


def offers(request: Request) -> bool:
    """Whether the answer to a request is lines to choose from."""
    writes = isinstance(request, Write) and request.wish.options
    return writes or isinstance(request, Options | LineByLine)


async def _about_options(studio: Studio, request: Options, draft: Draft, owner: str) -> Options:
    """The request with the line that it is about, which is that of the last options if none is
    named."""
    if request.line is not None and request.like is None:
        return request
    latest = await _latest(studio, draft, owner, request.line, request.offer)
    if request.like is not None:
        latest.chosen(request.like)
    return replace(request, line=latest.place_in(draft))


async def _take(studio: Studio, request: Take, draft: Draft, owner: str) -> Changed:
    """Put an option in its place. Where the draft is written line by line, the next one follows."""
    latest = await _latest(studio, draft, owner, request.line, request.offer)
    line = latest.place_in(draft) if request.line is None else request.line
    text = latest.chosen(request.option).text
    after = draft
    if not 1 <= line <= len(draft.lines) or draft.lines[line - 1].text != text:
        taken = replace(request, line=line, text=text)
        after = await studio.pipeline.edit(taken, draft, owner=owner)
    left = latest.goal - len(after.lines)
    goes_on = left > 0 and line == len(after.lines)
    return Changed(request, after, draft, LineByLine(left) if goes_on else None, latest)


async def _latest(
    studio: Studio, draft: Draft, owner: str, line: int | None, offer: str = ""
) -> OptionSet:
    """The options that were offered last: for a line, or for any if none is named.

    Raises:
        DraftError: there are none.
    """
    for known in await studio.drafts.options(draft.id, owner):
        if offer == known.id or (not offer and line in (None, known.line, known.place_in(draft))):
            return known
    if line is None:
        raise DraftError("No options are at hand.", remedy="Name a line: options for line 3.")
    raise DraftError(
        f"No options were offered for line {line}.",
        remedy=f"Ask for some: options for line {line}.",
    )


async def change(studio: Studio, request: Request, draft: Draft, owner: str) -> Draft:
    """The draft after what takes no model."""
    store = studio.drafts
    match request:
        case Undo(steps=steps):
            return await store.undo(draft.id, owner, steps)
        case Redo(steps=steps):
            return await store.redo(draft.id, owner, steps)
        case GoBack(version=version):
            return await store.go_back(draft.id, owner, version)
        case MyVersion():
            changes = await store.history(draft.id, owner)
            mine = [change.number for change in changes if change.author == owner]
            if not mine:
                raise DraftError("No version of this draft is yours.")
            return await store.go_back(draft.id, owner, mine[-1])
        case SetTitle(title=title):
            return await store.title(draft.id, owner, title)
        case Tag(tags=tags, remove=remove):
            return await store.tag(draft.id, owner, *tags, remove=remove)
        case Duplicate(title=title):
            return await store.duplicate(draft.id, owner, title)
        case DeleteDraft():
            return await store.delete(draft.id, owner)
        case LineEdit():
            return await studio.pipeline.edit(request, draft, owner=owner)
    raise TypeError(f"{request!r} changes no draft")


async def _read(studio: Studio, request: Request, asker: Asker, draft: Draft) -> Answer:
    store, owner, channel = studio.drafts, asker.owner, asker.channel
    match request:
        case ShowDraft(version=None):
            return Shown(draft)
        case ShowDraft(version=version):
            shown = await store.get(draft.id, owner, revision=version, channel=channel)
            return Shown(shown, current=False)
        case ShowSyllables():
            return Syllables(draft)
        case ShowInnerRhymes():
            return Rhymed(draft, await asyncio.to_thread(draft.rhymes))
        case ShowWriters():
            wordings = await store.wordings(draft.id, owner, channel=channel)
            return Writers(draft, writers_of(wordings, draft.revision), owner)
        case ShowFlow():
            return Flow(draft)
        case Tap():
            raise UserError(
                "Taps are read in a terminal only.", remedy="Say the tempo instead: it is 92 bpm."
            )
        case ShowHistory():
            return History(draft, await store.history(draft.id, owner, channel=channel))
        case Compare(first=first, second=second):
            return Compared(await store.diff(draft.id, owner, first, second, channel=channel))
        case ShowRhymes(line=line, word=word):
            return await find_rhymes(line, word, draft)
        case Export(format=format):
            return await export_file(draft, format)
    raise TypeError(f"{request!r} reads no draft")


async def find_rhymes(
    line: int | None, word: str, draft: Draft | None = None, sounds: Sequence[OwnSound] = ()
) -> Rhymes:
    """Words that rhyme with a word or a phrase, or with the end of a line of a draft.

    For a line those come first that no line of the draft ends in yet. They are clean unless the
    draft may have explicit words.
    """
    from atl_core.lyrics.inner_rhymes import phrase_rhymes
    from atl_core.lyrics.rhyme import end_word, suggest_rhymes

    used: set[str] = set()
    if line is not None and draft is not None:
        check_line(line, len(draft.lines))
        word = end_word(draft.lines[line - 1].text)
        used = {end_word(other.text) for other in draft.lines}
    explicit = draft is not None and draft.brief.explicit
    with saying(sounds or (draft.sounds if draft else ())):
        if " " in word.strip():
            look = partial(phrase_rhymes, word, RHYMES_SHOWN, explicit=explicit)
        else:
            look = partial(suggest_rhymes, word, RHYMES_SHOWN, used, explicit=explicit)
        found = await asyncio.to_thread(look)
    return Rhymes(word, tuple(found))


async def export_file(
    draft: Draft,
    format: str,  # noqa: A002
    *,
    syllables: bool = False,
) -> File:
    """A draft as a file.

    Raises:
        DraftError: there is no such format.
    """
    from atl_core.drafts.export import export, file_name

    data = await asyncio.to_thread(partial(export, draft, format, syllables=syllables))
    return File(file_name(draft, format), data, draft)


def raw_file(draft_id: str, stored: dict[str, Any]) -> File:
    """All that is stored of a draft, as a file."""
    data = json.dumps(stored, ensure_ascii=True, indent=1).encode()
    return File(f"{draft_id}-raw.json", data)


async def _share(studio: Studio, request: Request, asker: Asker, draft: Draft) -> Answer:
    if draft.owner != asker.owner:
        raise NotYoursError
    store = studio.drafts
    match request:
        case Collaborate(person=said):
            guest = asker.person(said) if asker.person else said
            return Shared(await store.share(draft.id, asker.owner, guest, edits=True), guest)
        case Unshare(person=said):
            guest = asker.person(said) if said and asker.person else asker.channel
            return Shared(await store.unshare(draft.id, asker.owner, guest), guest)
        case _:
            shared = await store.share(draft.id, asker.owner, asker.channel)
            return Shared(shared, asker.channel)


async def _avoided(
    studio: Studio,
    request: ShowAvoided | AvoidAlways | AllowWords,
    asker: Asker,
    opened: OpenedDraft | None,
) -> Answer | None:
    """What is avoided; None where words are allowed that the draft at hand avoids as well."""
    store, here = studio.drafts, opened.draft.brief.avoid if opened else ()
    lines = opened.draft.lines if opened else ()
    if isinstance(request, ShowAvoided):
        return Avoided(await store.avoided(asker.owner), here, lines)
    if isinstance(request, AvoidAlways):
        return Avoided(await store.avoid(asker.owner, request.words), here, lines)
    known = await store.avoided(asker.owner)
    allowed = request.words or (*known, *here)
    strange = [said for said in request.words if said not in (*known, *here)]
    if strange or not allowed:
        raise UserError(
            f"You do not avoid {strange[0]}." if strange else "You avoid no words.",
            remedy="Ask what you avoid: what do I avoid?",
        )
    left = await store.avoid(asker.owner, allow=allowed)
    return None if {*here} & {*allowed} else Avoided(left, here, lines)


async def _sounds(
    studio: Studio, request: Request, asker: Asker, opened: OpenedDraft | None
) -> Sounds:
    """How words are said, once what was asked is kept."""
    store = studio.drafts
    match request:
        case SayAs():
            found = await store.say(asker.owner, await asyncio.to_thread(request.sound))
        case SayAsUsual(word=word):
            found = await store.say(asker.owner, forget=(word,))
        case _:
            return Sounds(await store.sounds(asker.owner))
    if opened is None:
        return Sounds(found)
    before = opened.draft
    draft = await store.get(before.id, asker.owner, channel=asker.channel)
    both = enumerate(zip(before.lines, draft.lines, strict=True), 1)
    counted = [number for number, (old, new) in both if old.syllables != new.syllables]
    return Sounds(found, draft, tuple(counted))


async def _about_no_draft(
    studio: Studio, request: Request, asker: Asker, *, confirmed: bool
) -> Answer:
    store, owner = studio.drafts, asker.owner
    match request:
        case account.Help():
            return Help()
        case ListDrafts():
            return await list_drafts(studio, asker)
        case Search(words=words):
            return await list_drafts(studio, asker, words)
        case OpenDraft(draft=draft_id):
            opened = await store.open(draft_id, owner, channel=asker.channel)
            return Opened(opened.draft, opened.may_change)
        case RestoreDraft(draft=draft_id):
            return Restored(await store.restore(draft_id, owner))
        case MyData():
            return PersonalData(await studio.my_data(owner))
        case ForgetMe() if confirmed:
            return Gone(await studio.forget_me(owner))
        case ForgetMe():
            return AskFirst(request)
    raise TypeError(f"{request!r} is about a draft")


async def list_drafts(studio: Studio, asker: Asker, words: str = "", page: int = 1) -> Drafts:
    """A page of the asker's drafts, or of those that contain some words."""
    if words:
        return Drafts(await studio.drafts.search(asker.owner, words, page=page), words)
    return Drafts(await studio.drafts.list(asker.owner, page=page))
