"""What the bot says."""

from __future__ import annotations

from typing import Final

REPLIES: Final = {
    # Counting
    "line.one": "1 line",
    "line.many": "{n} lines",
    "draft.one": "1 draft",
    "draft.many": "{n} drafts",
    # While a song is made
    "queued.next": "⏳ You are next.",
    "queued.behind": "⏳ {n} ahead of you in the queue.",
    "queued.wait": "About {wait} to go.",
    "stage.start": "🎧 Starting …",
    "stage.fetch": "🔗 Fetching the beat …",
    "stage.listen": "🎧 Listening to the beat …",
    "stage.write": "✍️ Writing line {n} of {total} …",
    "stage.judge": "⚖️ Weighing the words …",
    "stage.save": "💾 Saving …",
    "making.title": "Making: {asked}",
    "seconds": "{n} s",
    "minutes": "{n} min",
    "cancel": "Cancel",
    "cancelled": "Stopped. Nothing was changed; what was saved before is safe.",
    "cancel.late": "Too late to stop it: it is finished already.",
    "cancel.not_yours": "Only the person who asked for it, or a moderator, can stop this.",
    "delivered": "✅ Done: {link}",
    "delivered.private": "✅ Done. It is in our direct messages: {link}",
    "delivered.private.here": "✅ Done. I may not write you direct messages, so here it is; "
    "`/drafts` opens it again.",
    "delivered.nowhere": "✅ Draft `{id}` is saved, but I may no longer write here. "
    "`/drafts` opens it.",
    "failed": "⚠️ {problem}",
    "failed.plain": "Something went wrong on our side. Your saved drafts are safe.",
    "failed.for": "<@{user}> asked for “{asked}”, and it could not be done. {problem}",
    # A draft as seen
    "card.footer": "Draft {id} · version {version} · reply to this message, or use the buttons",
    "card.unsure": "not sure",
    "card.neither": "neither, really",
    "card.words": "Spoke for it",
    "card.craft": "Rhymes kept {rhymes} · syllables kept {syllables} · longest match {match} words",
    "card.by": "For {user}",
    "card.long": "The whole song has {lines}; it is in the file, and here is how it begins.",
    "card.moved": "This draft has moved on to version {version}; here it is as it is now. "
    "Ask again.",
    "card.gone": "That draft is gone: it was deleted, or it is somebody else's and not shared with "
    "you.",
    "card.not_yours": "This is somebody else's draft. Its owner can let you edit it: "
    "reply “collaborate with @you”.",
    # Buttons
    "button.more": "Continue",
    "button.take": "Another take",
    "button.rewrite": "Rewrite a line",
    "button.lock": "Lock",
    "button.undo": "Undo",
    "button.export": "Export",
    "button.share": "Share",
    "button.details": "Syllables",
    "button.history": "Versions",
    "button.compare": "Compare",
    "button.delete": "Delete",
    "button.restore": "Bring it back",
    "button.post": "Post it here",
    "button.unshare": "Stop sharing here",
    "button.forget": "Remove everything of mine",
    "button.old": "This button is from an older version of me. `/drafts` opens your drafts.",
    "button.bug": "Sorry, something went wrong on our side (bug {bug}). Your saved drafts are "
    "safe; please try again.",
    # Forms
    "form.rewrite": "Rewrite",
    "form.rewrite.lines": "Which lines?",
    "form.rewrite.lines.hint": "3, or 3-6, or hook",
    "form.rewrite.how": "How? Leave it empty for just another way",
    "form.rewrite.how.hint": "sadder · more country · shorter · rhyme with fire",
    "form.rewrite.own": "Or your own words for that line",
    "form.rewrite.own.hint": "They are kept exactly as you type them.",
    "form.lock": "Lock and unlock lines",
    "form.lock.lock": "Lock",
    "form.lock.unlock": "Unlock",
    "form.lock.hint": "3, or 1-4, or hook, or all",
    "form.lock.nothing": "Name the lines to lock or to unlock, such as 1-4.",
    "form.compare": "Compare two versions",
    "form.compare.first": "Version",
    "form.compare.second": "with version",
    "form.compare.number": "Name the versions by their numbers, such as 1 and 3.",
    "form.genre": "Which genre is this?",
    "form.genre.text": "Paste the lyrics",
    "form.write": "Write lyrics for this beat",
    "form.write.seed": "Words to write from (up to 8)",
    "form.write.seed.hint": "midnight train",
    "form.write.genre": "Genre: hip-hop, country, or empty",
    "form.write.lines": "How many lines?",
    "form.write.lines.number": "The number of lines is a whole number, such as 8.",
    # Writing
    "beat.which": "Attach a beat, or give me a YouTube link.",
    "beat.both": "That is a file and a link. Give me one of the two.",
    "beat.none_here": "That message has no audio file and no YouTube link.",
    "beat.large": "{name} is too large ({size:.1f} MB). Up to {limit:g} MB are accepted. "
    "Send an MP3, or a shorter part of the beat.",
    "beat.not_audio": "{name} is not an audio file, whatever its name says. {accepted} "
    "Export the beat again and send the new file.",
    "beat.empty": "{name} is empty (0 bytes). {accepted} Export the beat again and send "
    "the new file.",
    "beat.gone": "Discord no longer has that file. Send it once more.",
    "links.off": "Links are switched off in this server. Attach the file instead.",
    "explicit.off": "Explicit words are switched off here.",
    "explicit.server": "Explicit words are switched off in this server. Its managers can allow "
    "them in `/settings`.",
    "explicit.channel": "Explicit words are only for channels that are marked as age-restricted.",
    "explicit.private": "This draft is explicit, so it can only be posted in an age-restricted "
    "channel of a server that allows it.",
    "channel.closed": "The managers of this server asked me to keep to {channels}.",
    "cap": "You have {n} in the making in this server already. Wait for one, or cancel one.",
    "permission": "I may not do that here: I lack the permission{s} **{names}** in this channel. "
    "Ask somebody who manages the server.",
    # The other commands
    "genre.title": "Which genre is this?",
    "genre.neither": "This may be neither: the text gives too little to go by, or is of another "
    "kind.",
    "genre.empty": "There is no text to judge. Paste some lyrics.",
    "rhymes.none": "I know no rhyme for “{word}”.",
    "rhymes.title": "Rhymes for {word}",
    "drafts.title": "Your drafts",
    "drafts.found": "Drafts with “{words}”",
    "drafts.none": "No drafts yet. `/lyrics` with a beat writes the first one.",
    "drafts.nothing": "No draft has those words.",
    "drafts.page": "Page {page} of {pages} · {total}",
    "drafts.open": "Open a draft …",
    "drafts.row": "`{id}` **{title}** · {genre} · {lines} · {when}",
    "drafts.older": "Older",
    "drafts.newer": "Newer",
    "deleted": "“{title}” (`{id}`) is deleted. For a day it can be brought back.",
    "restored": "“{title}” (`{id}`) is back.",
    "export.choose": "“{title}” as which file?",
    "export.pick": "Choose a kind of file …",
    "export.done": "“{title}” as {format}:",
    "export.txt": "Plain text",
    "export.lrc": "LRC, timed to the beat",
    "export.chordpro": "ChordPro, with suggested chords",
    "export.pdf": "PDF, a lyric sheet for the band",
    "export.json": "JSON, to import it again",
    "share.here": "“{title}” can be read by everybody in this channel now.",
    "share.choose": "Everybody in this channel can read “{title}” now. Let somebody edit it too?",
    "share.pick": "Let somebody edit it …",
    "share.edit": "{people} can edit “{title}” now.",
    "share.stopped": "“{title}” is no longer shared with {guest}.",
    "share.channel": "this channel",
    "share.nobody": "Name the person with an @, such as: collaborate with @ann.",
    "share.server": "A draft is shared in a channel of a server. Open it there with `/drafts` and "
    "press Share.",
    "share.bot": "A bot cannot edit a draft.",
    "history.title": "Versions of “{title}”",
    "history.row": "{mark} `{number}` {asked} · {when}",
    "history.more": "… and {n} earlier",
    "said.saved": "Saved as “{title}”.",
    "said.tags": "Tags of “{title}”: {tags}",
    "said.tags.none": "none",
    "said.brief": "From now on: {setting}",
    "data": "Here is all that is stored about you.",
    "data.dm": "All that is stored about you is in our direct messages.",
    "data.no_dm": "I may not write you direct messages. Allow them, or ask me for it in one.",
    "forget.sure": "This removes all of your drafts, at once and for good. Sure?",
    "settings.title": "Settings of this server",
    "settings.links": "YouTube links",
    "settings.explicit": "Explicit words, in age-restricted channels",
    "settings.channels": "Channels I answer in",
    "settings.cap": "Songs in the making for one person",
    "settings.on": "on",
    "settings.off": "off",
    "settings.operator": "off (by whoever runs this bot)",
    "settings.everywhere": "all of them",
    "settings.pick": "Only in these channels …",
    "settings.only": "Only people who may manage the server can change its settings.",
    "settings.server": "Settings belong to a server. Use `/settings` in one.",
    "settings.links.switch": "Links: {state}",
    "settings.explicit.switch": "Explicit: {state}",
    "settings.all": "All channels",
    "settings.cap.pick": "{n} at once",
    "status.title": "How things are",
    "status.latency": "My answers",
    "status.latency.row": "{p50:.0f} ms, and {p99:.0f} ms at the slowest hundredth",
    "status.yours": "Yours in the making",
    "status.here": "In the making in this server",
    "status.nothing": "nothing",
    "status.row": "{asked}: {state}",
    "state.queued": "waiting",
    "state.running": "running",
    "reply.empty": "Discord shows me the words of a reply only when it pings me. Switch the @ "
    "in the reply on, or use the buttons.",
    "reply.no_draft": "Reply to one of my drafts, and say for example “continue”. "
    "`/help` says what else I understand.",
    "reply.nothing_yet": "There is no draft of yours yet. `/lyrics` with a beat writes the "
    "first one.",
    "reply.beat": "To write to a beat, use `/lyrics` and attach it there, or press long on the "
    "message with it: Apps › Write lyrics for this beat.",
    "listen.title": "What I hear in {name}",
    "heard.tempo": "Tempo",
    "heard.key": "Key",
    "heard.length": "Length",
    "heard.mood": "Mood",
    "heard.tags": "Tags",
    "heard.genre": "Genre",
    "heard.bars": "{bars} bars · {length}",
    "heard.energy": "{mood}, {energy} energy",
    # Help
    "help.title": "Give me a beat and a few words, and I write to it.",
    "help.start": "`/lyrics` with a beat attached and `seed: midnight train` gave this:",
    "help.then": "**Then reply to the draft, in your own words**\n"
    "continue · add a hook · another take\n"
    "rewrite line 3 · make lines 3-6 sadder · make it more country\n"
    "make line 2 rhyme with fire · use the word river in line 4\n"
    "line 5: “exactly these words” · swap lines 2 and 3\n"
    "lock lines 1-4 · undo · compare 1 and 3 · show rhymes for line 3\n"
    "title it “Last Stop” · export as pdf · share it here · collaborate with @ann",
    "help.commands": "**Commands**\n"
    "`/lyrics` writes to a beat · `/listen` says what I hear in it\n"
    "`/genre` judges lyrics · `/rhymes` finds rhymes\n"
    "`/drafts` opens, compares, exports and deletes what you have\n"
    "`/status` · `/settings` for managers",
    "help.privacy": "Your drafts are yours: reply “my data” or “forget me” at any time.",
}
