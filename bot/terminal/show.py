"""How an answer is shown in a terminal."""

from __future__ import annotations

import json
import os
from itertools import chain, count
from pathlib import Path
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from atl_core.drafts.diff import as_rich
from atl_core.edits.brief import SetBrief
from atl_core.edits.drafts import SetTitle, Tag
from atl_core.edits.request import Request
from atl_core.edits.words import AllowWords, Avoid, UseInDraft
from atl_core.edits.writing import OWN_TEXT, Write
from atl_core.errors import UserError
from atl_core.files import write_whole
from bot import answers
from bot.answers import Answer
from bot.render.drafts import brief_text, render_draft, render_history, render_page
from bot.render.lines import (
    avoided_text,
    render_flow,
    render_lines,
    render_options,
    render_rhymed,
    render_writers,
    sounds_text,
)

HELP: Final = """\
/lyrics BEAT [words]   listen to a file or link and write to it from your words; also
                       --genre, --mood, --scheme, --lines, --syllables, --random-seed and
                       --explicit; --options lets you choose each line; --form "verse hook
                       verse hook" writes a whole song; a path alone does as well
/write [FILE] [BEAT]   go on from lines of your own: a .txt, .docx, .lrc or ChordPro file, or
                       pasted; ... is a gap to be filled. BEAT may come later: set the beat to
                       beat.mp3
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
  half time; bar one is at 0:08; tap; make it 3/4; denser; more laid back
  show the flow; start line 3 on the two; rehearse; export as midi
  swap lines 2 and 3; delete line 4; lock lines 1-4; unlock line 2
  undo; redo; go back to version 4; compare 3 and 5; show the versions
  options for line 3; take 2; more like 2; none, sadder; write line by line
  write verse hook verse hook bridge hook; add a pre-chorus; repeat the hook with a twist
  move the bridge up; make the hook 6 lines; make verse 2 ABAB
  avoid neon; avoid clichés; never say baby again; what do I avoid?; use whiskey; add ad-libs
  show the rhymes; more internal rhymes in line 3; make lines 1-4 multisyllabic
  LA is L-A; say wind as in find; Saoirse rhymes with inertia; poem has one syllable
  say wind as usual; how do I say things?
  who wrote what?; my version; keep the other line 2
  save as TITLE; tag it demo; show rhymes for line 3; export as lrc; delete the draft"""
RHYMES_SHOWN: Final = 10


def lay_out(answer: Answer) -> RenderableType:
    """An answer as a terminal shows it; a file is written to the current folder.

    Raises:
        UserError: the file cannot be written.
    """
    match answer:
        case answers.Changed(request=SetTitle(), draft=draft):
            return Text(f"Saved as “{draft.title}” (draft {draft.id}).")
        case answers.Changed(request=Tag(), draft=draft):
            tags = " ".join(f"#{tag}" for tag in draft.tags) or "none"
            return Text(f"Tags of “{draft.title}”: {tags}")
        case answers.Changed(request=SetBrief(), draft=draft):
            return Text(f"From now on: {brief_text(draft)}")
        case answers.Changed(request=Avoid() | AllowWords(), draft=draft):
            return Text(avoided_text((), draft.brief.avoid, draft.lines))
        case answers.Changed(request=UseInDraft(), draft=draft):
            return Text(f"From now on: {brief_text(draft)}")
        case answers.Avoided(always=always, here=here, lines=lines):
            return Text(avoided_text(always, here, lines))
        case answers.Sounds(sounds=sounds, draft=draft, counted=counted):
            said = Text(sounds_text(sounds))
            if draft is None or not counted:
                return said
            return Group(said, render_lines(draft.lines, only=counted))
        case answers.Changed(draft=draft, comparison=changed):
            at = f" is at version {draft.revision}; undo goes back." if changed else "."
            notes = [Text(note) for note in _shape_of(answer.request)]
            return Group(render_draft(draft, changed), *notes, Text(f"Draft {draft.id}{at}"))
        case answers.Offered(draft=draft, options=options):
            return render_options(draft, options)
        case answers.Opened(draft=draft) | answers.Restored(draft=draft):
            return Group(render_draft(draft), Text(f"Draft {draft.id}."))
        case answers.Shown(draft=draft, current=False):
            return render_draft(draft)
        case answers.Shown(draft=draft):
            at = f"Draft {draft.id} is at version {draft.revision}; undo goes back."
            return Group(render_draft(draft), Text(at))
        case answers.Syllables(draft=draft):
            return render_lines(draft.lines, draft.sections)
        case answers.Writers(draft=draft, lines=first, asker=asker):
            return render_writers(draft.lines, first, asker)
        case answers.Rhymed(draft=draft, chains=chains):
            return render_rhymed([line.text for line in draft.lines], chains)
        case answers.Flow(draft=draft):
            return render_flow(draft)
        case answers.Deleted(draft=draft):
            return Text(
                f"Draft {draft.id} is deleted. For a day it can be brought back: restore it."
            )
        case answers.History(changes=changes):
            return render_history(changes)
        case answers.Compared(comparison=comparison):
            return as_rich(comparison)
        case answers.Rhymes(found=found):
            return Text(", ".join(found[:RHYMES_SHOWN]) or "I know no rhyme for that.")
        case answers.Drafts(page=page, words=""):
            return render_page(page, "/drafts page")
        case answers.Drafts(page=page, words=words):
            command = f"/drafts {words} page"
            return render_page(page, command, nothing="No draft has those words.")
        case answers.File(name=name, data=data, part=part):
            saved = _save(name, data)
            return Group(saved, Text(part_of_song(part))) if part else saved
        case answers.PersonalData(data=told):
            return _save(
                "atl-my-data.json", json.dumps(told, ensure_ascii=False, indent=1).encode()
            )
        case answers.Gone(forgotten=forgotten):
            return Text(forgotten.describe())
        case answers.Help():
            return Text(HELP)
    raise TypeError(f"{answer!r} is not for a terminal")


def _shape_of(request: Request) -> list[str]:
    """What was read off a text of the writer's own, for them to correct."""
    if not (isinstance(request, Write) and request.text):
        return []
    shape = request.describe().removeprefix(OWN_TEXT)
    return [f"Your text: {shape}. If it is not, say --scheme AABB or --syllables 9 with it."]


def part_of_song(part: str) -> str:
    return f"It shows the first {part} of the song: a video may have 10 MB."


def _unused(path: Path) -> Path:
    """The path, or with a number where something has that name: `song-2.txt`."""
    numbered = (path.with_stem(f"{path.stem}-{number}") for number in count(2))
    return next(way for way in chain((path,), numbered) if not os.path.lexists(way))


def _save(name: str, data: bytes) -> Text:
    path = _unused(Path(name).absolute())
    try:
        write_whole(path, data)
    except OSError as error:
        raise UserError(
            f"{path} cannot be written: {error.strerror}.",
            remedy="Start atl in a folder of your own and try again.",
        ) from error
    return Text(f"Written to {path}")
