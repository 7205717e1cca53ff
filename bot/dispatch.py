"""From a Request to an Answer: once, for the terminal, the command line and Discord.

A front end makes a Request (from words with `bot.phrases`, from a form or an argument directly),
opens the draft that it is about, once, and calls `dispatch`. It lays out the Answer in its own way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from atl_core.audio.source import KeptBeat
from atl_core.drafts.draft import Draft
from atl_core.drafts.listing import other_line, writers_of
from atl_core.drafts.names import LOCAL
from atl_core.drafts.timed.size import part_shown
from atl_core.edits.account import ForgetMe, Help, MyData
from atl_core.edits.beat import SetBeat, Tap
from atl_core.edits.choices import Options, Take
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
from atl_core.progress import Progress
from atl_core.studio import Studio
from bot import answers
from bot.answers import (
    Answer,
    AskFirst,
    Avoided,
    Changed,
    Compared,
    Deleted,
    Drafts,
    File,
    Flow,
    Gone,
    History,
    Offered,
    Opened,
    PersonalData,
    Restored,
    Rhymed,
    Shared,
    Shown,
    Sounds,
    Syllables,
    Writers,
)
from bot.files import export_file
from bot.options import offers, take, with_its_line
from bot.rhymes import find_rhymes

if TYPE_CHECKING:
    from atl_core.drafts.draft import OpenedDraft
    from atl_core.progress import OnProgress

WITHOUT_DRAFT: Final = (
    Write,
    Search,
    ListDrafts,
    OpenDraft,
    RestoreDraft,
    ForgetMe,
    MyData,
    Help,
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


RunModel = Callable[[Request, Draft | None], Awaitable[Answer]]
"""How a front end has done what takes a model: here and now, or by a worker."""


class NotYoursError(DraftError):
    """The draft is only for the asker to read, or only for its owner to share."""

    def __init__(self) -> None:
        super().__init__(
            "That draft is not yours to change.", remedy="Its owner can let you edit it."
        )


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
        request = await with_its_line(studio, request, draft, asker.owner)
    if request.needs_model:
        return await run(request, draft)
    if isinstance(request, Take):
        return await take(studio, request, draft, asker.owner)
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
            (latest, *_) = await studio.drafts.options.of_draft(after.id, owner)
            return Offered(after, latest)
        return Changed(request, after, draft)

    return run


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


async def _share(studio: Studio, request: Request, asker: Asker, draft: Draft) -> Answer:
    if draft.owner != asker.owner:
        raise NotYoursError
    store = studio.drafts
    match request:
        case Collaborate(person=said):
            guest = asker.person(said) if asker.person else said
            return Shared(await store.shares.add(draft.id, asker.owner, guest, edits=True), guest)
        case Unshare(person=said):
            guest = asker.person(said) if said and asker.person else asker.channel
            return Shared(await store.shares.remove(draft.id, asker.owner, guest), guest)
        case _:
            shared = await store.shares.add(draft.id, asker.owner, asker.channel)
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
        return Avoided(await store.writers.avoided(asker.owner), here, lines)
    if isinstance(request, AvoidAlways):
        return Avoided(await store.writers.avoid(asker.owner, request.words), here, lines)
    known = await store.writers.avoided(asker.owner)
    allowed = request.words or (*known, *here)
    strange = [said for said in request.words if said not in (*known, *here)]
    if strange or not allowed:
        raise UserError(
            f"You do not avoid {strange[0]}." if strange else "You avoid no words.",
            remedy="Ask what you avoid: what do I avoid?",
        )
    left = await store.writers.avoid(asker.owner, allow=allowed)
    return None if {*here} & {*allowed} else Avoided(left, here, lines)


async def _sounds(
    studio: Studio, request: Request, asker: Asker, opened: OpenedDraft | None
) -> Sounds:
    """How words are said, once what was asked is kept."""
    store = studio.drafts
    match request:
        case SayAs():
            found = await store.writers.say(asker.owner, await asyncio.to_thread(request.sound))
        case SayAsUsual(word=word):
            found = await store.writers.say(asker.owner, forget=(word,))
        case _:
            return Sounds(await store.writers.sounds(asker.owner))
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
        case Help():
            return answers.Help()
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
