"""What a front end at a terminal says to a request: it is performed, and the answer laid out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.text import Text

from atl_core import edits
from atl_core.drafts.diff import as_rich
from atl_core.drafts.draft import Draft
from atl_core.edits import Request
from atl_core.errors import DraftError, UserError
from atl_core.progress import OnProgress
from atl_core.studio import Studio
from bot import render

if TYPE_CHECKING:
    from rich.console import RenderableType

HELP: Final = """\
/lyrics BEAT [words]   listen to a file or link and write to it from your words; also
                       --genre, --mood, --scheme, --lines, --syllables, --random-seed and
                       --explicit; a path alone does as well
/genre [text]          how hip-hop or country is it; without text, paste lines and end with an
                       empty one
/drafts [words]        your drafts, or those with these words in them; page 2 at the
                       end turns the page
/open DRAFT            go on with a saved draft
/help, /quit

About the draft at hand, in plain words, for example:
  continue; 8 more lines; add a hook; another take
  rewrite line 3; make lines 3-6 sadder; make it more country; rewrite the hook
  make line 2 rhyme with fire; use the word river in line 4; line 5: "my own words"
  swap lines 2 and 3; delete line 4; lock lines 1-4; unlock line 2
  undo; redo; go back to version 4; compare 3 and 5; show the versions
  save as TITLE; tag it demo; show rhymes for line 3; export as lrc; delete the draft"""

RHYMES_SHOWN: Final = 10
WITHOUT_DRAFT: Final = (
    edits.Write,
    edits.Search,
    edits.ListDrafts,
    edits.OpenDraft,
    edits.RestoreDraft,
    edits.ForgetMe,
    edits.MyData,
)
"""Requests that are not about the draft at hand."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What to show, and the draft at hand from then on."""

    shown: RenderableType
    draft: Draft | None


async def answer(
    studio: Studio, request: Request, draft: Draft | None, on_progress: OnProgress
) -> Answer:
    """Perform a request on the draft at hand.

    Raises:
        UserError: it cannot be done; the text says why.
    """
    match request:
        case edits.ListDrafts():
            return Answer(await drafts(studio), draft)
        case edits.Search(words=words):
            return Answer(await drafts(studio, words), draft)
        case edits.Help():
            return Answer(Text(HELP), draft)
        case edits.MyData():
            return Answer(_save("atl-my-data.json", _as_json(await studio.my_data())), draft)
        case edits.ForgetMe():
            return Answer(Text((await studio.forget_me()).describe()), None)
        case edits.Share() | edits.Unshare() | edits.Collaborate():
            raise UserError(
                "Drafts are shared in Discord, where the others are.",
                remedy="Here you can export one and send the file: export as txt.",
            )
    if draft is None and not isinstance(request, WITHOUT_DRAFT):
        raise DraftError(
            "There is no draft at hand yet.",
            remedy="Write one with /lyrics PATH words, or open one with /open DRAFT.",
        )
    draft_id = draft.id if draft else ""
    match request:
        case edits.ShowHistory():
            return Answer(render.history(await studio.history(draft_id)), draft)
        case edits.Compare(first=first, second=second):
            return Answer(as_rich(await studio.compare(draft_id, first, second)), draft)
        case edits.ShowRhymes(line=line, word=word):
            found = await studio.rhymes(draft_id, line=line, word=word, limit=RHYMES_SHOWN)
            return Answer(Text(", ".join(found) or "I know no rhyme for that."), draft)
        case edits.Export(format=format):
            return Answer(_save(*await studio.export(draft_id, format)), draft)
        case edits.ShowSyllables():
            shown = await studio.show(draft_id)
            return Answer(render.lines(shown.lines, shown.sections), shown)
        case edits.ShowDraft(version=int(version)):
            # Only looked at: the draft at hand stays where it is.
            return Answer(render.draft(await studio.show(draft_id, revision=version)), draft)
    after = await studio.perform(request, draft_id=draft_id, on_progress=on_progress)
    match request:
        case edits.DeleteDraft():
            told = f"Draft {after.id} is deleted. For a day it can be brought back: restore it."
            return Answer(Text(told), None)
        case edits.SetTitle():
            return Answer(Text(f"Saved as “{after.title}” (draft {after.id})."), after)
        case edits.Tag():
            tags = " ".join(f"#{tag}" for tag in after.tags) or "none"
            return Answer(Text(f"Tags of “{after.title}”: {tags}"), after)
        case edits.SetBrief():
            return Answer(Text(f"From now on: {render.setting(after)}"), after)
    return Answer(Group(render.draft(after), Text(_saved(after, draft))), after)


async def drafts(studio: Studio, words: str = "", page: int = 1) -> RenderableType:
    """A page of the writer's drafts, or of those with some words in them, for a chat."""
    if not words:
        return render.page(await studio.list(page=page), "/drafts page")
    found = await studio.search(words, page=page)
    return render.page(found, f"/drafts {words} page", nothing="No draft has those words.")


def _saved(after: Draft, before: Draft | None) -> str:
    if before is None or before.id != after.id:
        return f"Draft {after.id}."
    return f"Draft {after.id} is at version {after.revision}; undo goes back."


def _as_json(data: Mapping[str, object]) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


def _save(name: str, data: bytes) -> Text:
    path = Path(name).absolute()
    try:
        path.write_bytes(data)
    except OSError as error:
        raise UserError(
            f"{path} cannot be written: {error.strerror}.",
            remedy="Start atl in a folder of your own and try again.",
        ) from error
    return Text(f"Written to {path}")
