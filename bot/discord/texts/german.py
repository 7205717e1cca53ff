"""Was der Bot auf Deutsch sagt."""

from __future__ import annotations

from typing import Final

COMMANDS: Final = {
    "lyrics": "songtext",
    "listen": "anhören",
    "drafts": "entwürfe",
    "genre": "genre",
    "rhymes": "reime",
    "status": "status",
    "help": "hilfe",
    "settings": "einstellungen",
    "Write lyrics for this beat": "Songtext zu diesem Beat",
    "Which genre is this?": "Welches Genre ist das?",
    "Write lyrics to a beat": "Einen Songtext zu einem Beat schreiben",
    "Say what is heard in a beat, with a picture": (
        "Sagen, was in einem Beat zu hören ist, mit Bild"
    ),
    "Browse, search, open, compare, export or delete your drafts": (
        "Deine Entwürfe durchsehen, suchen, öffnen, vergleichen, ausgeben oder löschen"
    ),
    "Judge how hip-hop or country lyrics are": (
        "Beurteilen, wie sehr ein Text Hip-Hop oder Country ist"
    ),
    "Find words that rhyme": "Wörter finden, die sich reimen",
    "The queue, the workers, and what is yours": "Warteschlange, Arbeiter, und was davon deins ist",
    "What I do, with an example": "Was ich kann, mit einem Beispiel",
    "For managers: links, explicit words, channels, caps": (
        "Für Verwalter: Links, derbe Wörter, Kanäle, Obergrenzen"
    ),
    "beat": "beat",
    "link": "link",
    "seed": "wörter",
    "mood": "stimmung",
    "lines": "zeilen",
    "scheme": "reimschema",
    "syllables": "silben",
    "explicit": "derb",
    "options": "auswahl",
    "form": "form",
    "avoid": "vermeiden",
    "write": "schreiben",
    "Go on from lines of your own": "Ab eigenen Zeilen weiterschreiben",
    "file": "datei",
    "Your lines: .txt, .docx, .lrc or ChordPro; left out: a form to paste them in": (
        "Deine Zeilen: .txt, .docx, .lrc oder ChordPro; ohne: ein Formular"
    ),
    "private": "privat",
    "search": "suche",
    "draft": "entwurf",
    "text": "text",
    "word": "wort",
    "The beat: an audio file, or a video with sound": (
        "Der Beat: eine Audiodatei oder ein Video mit Ton"
    ),
    "Or a link to it on YouTube": "Oder ein Link dorthin auf YouTube",
    "Up to 8 words to write from, such as: midnight train": (
        "Bis zu 8 (englische) Wörter als Ausgangspunkt, etwa: midnight train"
    ),
    "Left out: as the beat sounds": "Ohne Angabe: so wie der Beat klingt",
    "How many lines; left out: 8": "Wie viele Zeilen; ohne Angabe: 8",
    "Which lines rhyme, such as AABB; X need not rhyme": (
        "Welche Zeilen sich reimen, etwa AABB; X muss sich nicht reimen"
    ),
    "Syllables a line; left out: by the tempo": "Silben je Zeile; ohne Angabe: nach dem Tempo",
    "Allow explicit words, in age-restricted channels": (
        "Derbe Wörter erlauben, in Kanälen mit Altersbeschränkung"
    ),
    "A whole song, such as: verse hook verse hook bridge hook": (
        "Ein ganzes Lied, etwa: verse hook verse hook bridge hook"
    ),
    "Words that no line may have, or cliches": (
        "Wörter, die in keiner Zeile vorkommen dürfen, oder cliches"
    ),
    "Choose each line before the next one is written": (
        "Jede Zeile wählen, bevor die nächste geschrieben wird"
    ),
    "Show the draft to you alone": "Den Entwurf nur dir zeigen",
    "Show the answer to you alone": "Die Antwort nur dir zeigen",
    "Words of the title, the tags, the seeds or the lines": (
        "Wörter aus Titel, Schlagwörtern, Ausgangswörtern oder Zeilen"
    ),
    "Open this draft at once": "Diesen Entwurf gleich öffnen",
    "The lyrics; leave it out to paste many lines": (
        "Der Songtext; weglassen, um viele Zeilen einzufügen"
    ),
    "The word to rhyme with": "Das Wort, auf das es sich reimen soll",
    "happy": "fröhlich",
    "sad": "traurig",
    "chill": "entspannt",
    "party": "Party",
    "love": "Liebe",
    "dark": "düster",
}

REPLIES: Final = {
    # Counting
    "line.one": "1 Zeile",
    "line.many": "{n} Zeilen",
    "bar.one": "1 Takt",
    "bar.many": "{n} Takte",
    "draft.one": "1 Entwurf",
    "draft.many": "{n} Entwürfe",
    "worker.one": "1 Arbeiter",
    "worker.many": "{n} Arbeiter",
    # While a song is made
    "queued.next": "⏳ Du bist als Nächstes dran.",
    "queued.behind": "⏳ {n} vor dir in der Warteschlange.",
    "queued.wait": "Noch etwa {wait}.",
    "queued.nobody": "Gerade ist niemand bei der Arbeit; es beginnt von selbst, sobald jemand "
    "da ist.",
    "stage.start": "🎧 Es geht los …",
    "stage.fetch": "🔗 Ich hole den Beat …",
    "stage.listen": "🎧 Ich höre den Beat an …",
    "stage.write": "✍️ Ich schreibe Zeile {n} von {total} …",
    "stage.judge": "⚖️ Ich wäge die Wörter …",
    "stage.save": "💾 Ich speichere …",
    "stage.render": "🎬 Video entsteht: {n} %",
    "making.title": "In Arbeit: {asked}",
    "seconds": "{n} s",
    "minutes": "{n} min",
    "cancel": "Abbrechen",
    "cancelled": "Abgebrochen. Nichts wurde geändert; was gespeichert war, ist sicher.",
    "cancel.late": "Zu spät zum Abbrechen: Es ist schon fertig.",
    "cancel.not_yours": "Abbrechen kann das nur, wer darum gebeten hat, oder ein Moderator.",
    "delivered": "✅ Fertig: {link}",
    "delivered.private": "✅ Fertig. Es ist in unseren Direktnachrichten: {link}",
    "delivered.private.here": "✅ Fertig. Direktnachrichten darf ich dir nicht schreiben, darum "
    "steht es hier; `/drafts` öffnet es wieder.",
    "delivered.below": "✅ Fertig, nur für dich.",
    "delivered.nowhere": "✅ Entwurf `{id}` ist gespeichert, aber ich darf hier nicht mehr "
    "schreiben. `/drafts` öffnet ihn.",
    "failed": "⚠️ {problem}",
    "failed.plain": "Bei uns ging etwas schief. Deine gespeicherten Entwürfe sind sicher.",
    "failed.for": "<@{user}> bat um „{asked}“, und es ging nicht. {problem}",
    # A draft as seen
    "card.footer": "Entwurf {id} · Version {version} · antworte auf diese Nachricht, oder nimm "
    "die Knöpfe",
    "card.unsure": "unsicher",
    "card.neither": "eigentlich keines von beiden",
    "card.differs": "Der Beat klingt nach {heard}, der Text liest sich nach {read}.",
    "card.parts": "Die Wörter allein lesen sich nach {words}, das Sprachmodell liest {model}.",
    "card.after": "Nach dem letzten Ton des Beats ({end}): {lines} ({numbers}).",
    "card.kind": "keines von beiden, eher {kind}",
    "card.craft": "Reime gehalten {rhymes} · Silben gehalten {syllables} · längste "
    "Übereinstimmung {match} Wörter",
    "card.by": "Für {user}",
    "card.long": "Der ganze Song hat {lines}; er steht in der Datei, und so fängt er an.",
    "card.moved": "Dieser Entwurf ist inzwischen bei Version {version}; hier ist er, wie er "
    "jetzt ist. Bitte noch einmal.",
    "card.gone": "Diesen Entwurf gibt es für dich nicht: Er ist gelöscht, oder er gehört jemand "
    "anderem und ist nicht mit dir geteilt.",
    "card.no_beat": "noch kein Beat",
    "card.shape": "Aus deinen Zeilen gelesen",
    "form.own": "Weiter ab deinen Zeilen",
    "form.own.text": "Deine Zeilen; ... ist eine Lücke",
    "form.own.text.hint": "[Verse 1] und [Chorus] benennen Teile; ein leerer Teil wird geschrieben",
    "own.file": "Mit einem Beat häng deine Zeilen als Datei an. Oder füge sie zuerst ein: "
    "`/write` allein öffnet ein Formular, und eine Antwort „set the beat“ mit dem "
    "Beat im Anhang tut den Rest.",
    "beat.attach": "Häng den Beat an diese Nachricht an, oder nenne einen YouTube-Link: set the "
    "beat to LINK.",
    "card.cliches": "Klischees: {words}",
    "rhymes.shown": "Die Reime von „{title}“, jeder in einer Farbe:",
    "writers": "Wer die Zeilen von „{title}“ geschrieben hat:",
    "writers.nobody": "jemand",
    "sounds": "So sprichst du: {words}",
    "sounds.none": "Du sprichst alle Wörter wie üblich. Sag es so: poem has one syllable.",
    "avoid.always": "In allen Entwürfen meidest du: {words}",
    "avoid.here": "Dieser Entwurf meidet: {words}",
    "avoid.left": "Zeilen, in denen es noch steht: {lines}. Sag: rewrite line {line}.",
    "avoid.nothing": "Du meidest keine Wörter. Klischees werden ohnehin sanft gemieden.",
    "card.not_yours": "Dieser Entwurf gehört jemand anderem. Wem er gehört, der kann dich "
    "mitschreiben lassen, mit der Antwort „collaborate with @dir“.",
    "flow.shown": "Wo die Worte von „{title}“ auf dem Beat liegen:",
    "rehearse.video": "Zum Mitrappen: Jede Silbe leuchtet auf, wenn sie dran ist.",
    "rehearse.part": "Es zeigt die ersten {part}: Ein Video darf 10 MB haben.",
    "rehearse.page": "Öffne die Seite im Browser: Sie spielt den Beat und lässt jede Silbe "
    "aufleuchten, auch offline.",
    "rehearse.attach": "Den Beat dieses Entwurfs habe ich nicht mehr. Antworte „rehearse“ und "
    "hänge ihn an.",
    "details": "Nummer und Reim jeder Zeile, und ihre Silben neben den gewünschten:",
    # Buttons
    "button.more": "Weiter",
    "button.take": "Neuer Versuch",
    "button.rewrite": "Zeile neu",
    "button.lock": "Sperren",
    "button.undo": "Zurück",
    "button.export": "Ausgeben",
    "button.share": "Teilen",
    "button.options": "Auswahl",
    "button.none": "Keine davon",
    "form.options": "Auswahl für eine Zeile",
    "form.options.line": "Welche Zeile?",
    "form.options.line.hint": "3, oder the first line",
    "form.options.how": "Wie? Leer: einfach anders",
    "form.options.how.hint": "sadder · more country · shorter",
    "options.title": "Zeile {line}: welche?",
    "options.next": "Zeile {line} von {goal}: welche?",
    "options.footer": "Antworte „more like 2“ oder „none, sadder“, oder wähle unten",
    "options.pick": "Eine für Zeile {line} nehmen …",
    "options.rhymes": "reimt sich auf {word}",
    "options.near": "reimt sich fast auf {word}",
    "button.details": "Silben",
    "button.flow": "Flow",
    "button.rehearse": "Proben",
    "button.rehearse.again": "Noch einmal proben",
    "button.history": "Versionen",
    "button.compare": "Vergleichen",
    "button.delete": "Löschen",
    "button.restore": "Zurückholen",
    "button.post": "Hier zeigen",
    "button.unshare": "Hier nicht mehr teilen",
    "button.picture": "Bild",
    "button.forget": "Alles von mir löschen",
    "button.old": "Dieser Knopf ist von einer älteren Version. `/drafts` öffnet deine Entwürfe.",
    "button.bug": "Entschuldigung, bei uns ging etwas schief (Fehler {bug}). Deine "
    "gespeicherten Entwürfe sind sicher; bitte versuch es noch einmal.",
    # Forms
    "form.rewrite": "Neu schreiben",
    "form.rewrite.lines": "Welche Zeilen?",
    "form.rewrite.lines.hint": "3, oder 3-6, oder hook",
    "form.rewrite.how": "Wie? Auf Englisch; leer: einfach anders",
    "form.rewrite.how.hint": "sadder · more country · shorter · rhyme with fire",
    "form.rewrite.own": "Oder deine eigenen Worte für die Zeile",
    "form.rewrite.one": "Eigene Worte gelten für eine Zeile. Nenne ihre Nummer, etwa 3.",
    "form.rewrite.own.hint": "Sie bleiben genau so, wie du sie schreibst.",
    "form.lock": "Zeilen sperren und freigeben",
    "form.lock.lock": "Sperren",
    "form.lock.unlock": "Freigeben",
    "form.lock.hint": "3, oder 1-4, oder hook, oder all (alle)",
    "form.lock.nothing": "Nenne die Zeilen zum Sperren oder Freigeben, etwa 1-4.",
    "form.compare": "Zwei Versionen vergleichen",
    "form.compare.first": "Version",
    "form.compare.second": "mit Version",
    "form.compare.number": "Nenne die Versionen mit ihren Nummern, etwa 1 und 3.",
    "form.genre": "Welches Genre ist das?",
    "form.genre.text": "Füge den Songtext ein",
    "form.picture": "Bild",
    "form.picture.text": "Füge den Songtext noch einmal ein",
    "form.picture.hint": "Was eingefügt wird, behalte ich nur kurz.",
    "form.write": "Songtext zu diesem Beat",
    "form.write.seed": "Wörter als Ausgangspunkt (bis zu 8, englisch)",
    "form.write.seed.hint": "midnight train",
    "form.write.genre": "Genre: hip-hop, country, oder leer",
    "form.write.lines": "Wie viele Zeilen?",
    "form.write.lines.number": "Die Zahl der Zeilen ist eine ganze Zahl, etwa 8.",
    # Writing
    "beat.which": "Hänge einen Beat an, oder gib mir einen Link auf YouTube.",
    "beat.both": "Das sind eine Datei und ein Link. Gib mir eines von beiden.",
    "beat.several": "In dieser Nachricht sind mehrere Beats. Welcher soll es sein?",
    "beat.pick": "Einen Beat wählen …",
    "beat.none_here": "In dieser Nachricht ist keine Audiodatei und kein Link auf YouTube. "
    "Wähle eine, in der etwas ist, oder hänge den Beat an `/lyrics` an.",
    "beat.large": "{name} ist zu groß ({size} MB). Bis zu {limit} MB nehme ich an. "
    "Schicke eine MP3, oder ein kürzeres Stück des Beats.",
    "beat.not_audio": "{name} ist keine Audiodatei, auch wenn der Name es sagt. Angenommen "
    "werden WAV, FLAC, MP3, OGG, AIFF, M4A, AAC, OPUS, WMA, CAF, WEBM und MP4 mit Ton, und "
    "die meisten anderen Dateien, in denen Ton ist. Gib den Beat noch einmal aus und schicke "
    "die neue Datei.",
    "beat.empty": "{name} ist leer (0 Bytes). Angenommen werden WAV, FLAC, MP3, OGG, AIFF, "
    "M4A, AAC, OPUS, WMA, CAF, WEBM und MP4 mit Ton, und die meisten anderen Dateien, in "
    "denen Ton ist. Gib den Beat noch einmal aus und schicke die neue Datei.",
    "beat.needs_sound": "{name} ist {what}; ATL braucht Klang. Exportiere den Beat als WAV "
    "oder MP3 und schicke diese Datei.",
    "file.midi": "eine MIDI-Datei",
    "file.archive": "ein Archiv",
    "file.picture": "ein Bild",
    "file.document": "ein Dokument",
    "file.program": "ein Programm",
    "file.project": "ein Projekt oder Instrument eines Musikprogramms",
    "file.playlist": "eine Wiedergabeliste",
    "file.locked": "durch einen Kopierschutz gesperrt",
    "file.other": "keine Audiodatei",
    "beat.gone": "Discord hat diese Datei nicht mehr. Schicke sie noch einmal.",
    "links.off": "Links sind auf diesem Server abgeschaltet. Hänge stattdessen die Datei an.",
    "explicit.off": "Derbe Wörter sind hier abgeschaltet.",
    "explicit.server": "Derbe Wörter sind auf diesem Server abgeschaltet. Wer ihn verwaltet, "
    "kann sie in `/settings` erlauben.",
    "explicit.channel": "Derbe Wörter gibt es nur in Kanälen mit Altersbeschränkung.",
    "explicit.private": "Dieser Entwurf ist derb und kann nur in einem Kanal mit "
    "Altersbeschränkung gezeigt werden, auf einem Server, der das erlaubt.",
    "channel.closed": "Auf diesem Server soll ich mich an {channels} halten.",
    "cap": "Von dir sind auf diesem Server schon {n} in Arbeit. Warte auf einen Song, oder "
    "brich einen ab.",
    "permission": "Das darf ich hier nicht: Mir fehlt in diesem Kanal **{names}**. Bitte "
    "jemanden, der den Server verwaltet.",
    # The other commands
    "genre.title": "Welches Genre ist das?",
    "kind.pop": "Pop",
    "kind.rock": "Rock",
    "kind.prose": "Prosa",
    "kind.code": "Programmcode",
    "kind.another_language": "eine andere Sprache",
    "kind.too_short": "zu kurz",
    "genre.neither.song": "Keines von beiden: Das liest sich wie {kind} ({shares}).",
    "genre.might": "Es könnte ebenso gut {kind} sein: {shares}.",
    "genre.neither.text": "Keines von beiden: Das ist {kind}, kein englischer Songtext.",
    "genre.short": "Keines von beiden, oder zu kurz: Ein, zwei Zeilen Songtext braucht es.",
    "genre.line": "Zeile {number}",
    "genre.lines": "Zeilen {first}-{last}",
    "genre.words": "Sprach für {genre}",
    "genre.picture": "Der Songtext, jedes Wort in der Farbe des Genres, für das es spricht.",
    "genre.empty": "Da ist kein Text zum Beurteilen. Füge einen Songtext ein.",
    "rhymes.none": "Auf „{word}“ weiß ich keinen Reim.",
    "rhymes.title": "Reime auf {word}",
    "drafts.title": "Deine Entwürfe",
    "drafts.found": "Entwürfe mit „{words}“",
    "drafts.none": "Noch keine Entwürfe. `/lyrics` mit einem Beat schreibt den ersten.",
    "drafts.nothing": "In keinem Entwurf stehen diese Wörter.",
    "drafts.page": "Seite {page} von {pages} · {total}",
    "drafts.open": "Einen Entwurf öffnen …",
    "drafts.row": "`{id}` **{title}** · {genre} · {lines} · {when}",
    "drafts.unreadable": "`{id}` **{title}** · nicht lesbar: öffne ihn, um ihn zu "
    "sichern oder zu löschen",
    "drafts.unreadable.open": "Entwurf `{id}` lässt sich nicht lesen: "
    "Was gespeichert ist, ist beschädigt. In `/drafts` kannst du es so sichern oder löschen.",
    "button.raw": "Gespeichertes sichern",
    "discarded": "Entwurf `{id}` ist gelöscht.",
    "drafts.older": "Ältere",
    "drafts.newer": "Neuere",
    "deleted": "„{title}“ (`{id}`) ist gelöscht. Einen Tag lang lässt er sich zurückholen.",
    "restored": "„{title}“ (`{id}`) ist wieder da.",
    "export.choose": "„{title}“ als welche Datei?",
    "export.pick": "Eine Art von Datei wählen …",
    "export.done": "„{title}“ als {format}:",
    "export.txt": "Einfacher Text",
    "export.lrc": "LRC, im Takt des Beats",
    "export.elrc": "LRC mit der Zeit jedes Wortes",
    "export.srt": "SRT-Untertitel, Wort für Wort",
    "export.ass": "ASS-Karaoke",
    "export.ttml": "TTML, Wort für Wort",
    "export.midi": "MIDI: Tempo, Takte, Worte und Klick",
    "export.labels": "Audacity-Textmarken",
    "export.csv": "CSV mit Markern für eine DAW",
    "export.chordpro": "ChordPro, mit Vorschlägen für Akkorde",
    "export.pdf": "PDF, ein Textblatt für die Band",
    "export.json": "JSON, um es wieder einzulesen",
    "export.mp4": "Video zum Proben",
    "export.html": "Webseite, die den Beat spielt",
    "share.here": "„{title}“ können jetzt alle in diesem Kanal lesen.",
    "share.choose": "Alle in diesem Kanal können „{title}“ jetzt lesen. Soll jemand mitschreiben?",
    "share.pick": "Jemanden mitschreiben lassen …",
    "share.edit": "{people} können „{title}“ jetzt bearbeiten.",
    "share.stopped": "„{title}“ ist nicht mehr mit {guest} geteilt.",
    "share.channel": "diesem Kanal",
    "share.nobody": "Nenne die Person mit einem @, etwa: collaborate with @ann.",
    "share.server": "Geteilt wird ein Entwurf in einem Kanal eines Servers. Öffne ihn dort mit "
    "`/drafts` und drücke Teilen.",
    "share.bot": "Ein Bot kann keinen Entwurf bearbeiten.",
    "history.title": "Versionen von „{title}“",
    "history.row": "{mark} `{number}` {asked} · {when}",
    "history.more": "… und {n} frühere",
    "said.saved": "Gespeichert als „{title}“.",
    "said.tags": "Schlagwörter von „{title}“: {tags}",
    "said.tags.none": "keine",
    "said.brief": "Von nun an: {setting}",
    "data": "Hier ist alles, was über dich gespeichert ist.",
    "data.dm": "Alles, was über dich gespeichert ist, steht in unseren Direktnachrichten.",
    "data.no_dm": "Ich darf dir keine Direktnachrichten schreiben. Erlaube sie, oder frage mich "
    "in einer.",
    "forget.sure": "Das löscht alle deine Entwürfe, sofort und für immer. Sicher?",
    "settings.title": "Einstellungen dieses Servers",
    "settings.links": "Links auf YouTube",
    "settings.explicit": "Derbe Wörter, in Kanälen mit Altersbeschränkung",
    "settings.channels": "Kanäle, in denen ich antworte",
    "settings.cap": "Songs in Arbeit für eine Person",
    "settings.on": "an",
    "settings.off": "aus",
    "settings.operator": "aus (durch den Betreiber dieses Bots)",
    "settings.everywhere": "alle",
    "settings.pick": "Nur in diesen Kanälen …",
    "settings.only": "Nur wer den Server verwalten darf, kann das ändern.",
    "settings.server": "Einstellungen gehören zu einem Server. Nimm `/settings` auf einem.",
    "settings.links.switch": "Links: {state}",
    "settings.explicit.switch": "Derbe Wörter: {state}",
    "settings.all": "Alle Kanäle",
    "settings.cap.pick": "{n} zugleich",
    "status.title": "Wie es steht",
    "status.queue": "Warteschlange",
    "status.queue.row": "{queued} warten · {running} in Arbeit",
    "status.workers": "Bei der Arbeit",
    "status.workers.none": "⚠️ niemand: Was erbeten wird, wartet, bis ein Arbeiter gestartet ist",
    "status.song": "Acht Zeilen dauern",
    "status.song.row": "etwa {time}",
    "status.links.on": "an · yt-dlp {version}",
    "status.latency": "Meine Antworten",
    "status.latency.row": "{p50:.0f} ms, und {p99:.0f} ms beim langsamsten Hundertstel",
    "status.yours": "Deine in Arbeit",
    "status.here": "In Arbeit in diesem Kanal",
    "status.private": "eine private Anfrage",
    "status.nothing": "nichts",
    "status.row": "{asked}: {state}",
    "state.queued": "wartet",
    "state.running": "läuft",
    "reply.empty": "Discord zeigt mir den Text einer Antwort nur, wenn sie mich erwähnt. "
    "Schalte das @ in der Antwort ein, oder nimm die Knöpfe.",
    "reply.no_draft": "Antworte auf einen meiner Entwürfe und sage zum Beispiel „continue“. "
    "`/help` sagt, was ich sonst verstehe.",
    "reply.nothing_yet": "Du hast noch keinen Entwurf. `/lyrics` mit einem Beat schreibt den "
    "ersten.",
    "reply.beat": "Ein Beat: Wähle ihn unten, und ich frage, was ich dazu schreiben soll. Oder "
    "nimm `/lyrics` und hänge ihn dort an, oder drücke lange auf eine Nachricht mit einem: "
    "Apps › Songtext zu diesem Beat.",
    "listen.title": "Was ich in {name} höre",
    "heard.tempo": "Tempo",
    "heard.key": "Tonart",
    "heard.length": "Länge",
    "heard.mood": "Stimmung",
    "heard.tags": "Schlagwörter",
    "heard.genre": "Genre",
    "heard.bars": "{bars} · {length}",
    "heard.picture": "Der Klang des Beats über die Zeit: {tempo}, {key}, {bars}.",
    "heard.energy": "{mood}, Energie: {energy}",
    # Help
    "help.title": "Gib mir einen Beat und ein paar Wörter, und ich schreibe dazu.",
    "help.start": "`/lyrics` mit einem Beat und `midnight train` ergab dies:",
    "help.then": "**Antworte dann auf den Entwurf, auf Englisch und in eigenen Worten**\n"
    "continue · add a hook · another take\n"
    "rewrite line 3 · make lines 3-6 sadder · make it more country\n"
    "make line 2 rhyme with fire · use the word river in line 4\n"
    "line 5: “exactly these words” · swap lines 2 and 3\n"
    "lock lines 1-4 · undo · compare 1 and 3 · show rhymes for line 3\n"
    "options for line 3 · take 2 · more like 2 · none, sadder · write line by line\n"
    "write verse hook verse hook bridge hook · add a pre-chorus · repeat the hook with a twist\n"
    "move the bridge up · make the hook 6 lines · make verse 2 ABAB\n"
    "avoid neon · never say baby again · what do I avoid? · use whiskey · add ad-libs\n"
    "show the rhymes · more internal rhymes in line 3 · make lines 1-4 multisyllabic\n"
    "who wrote what? · my version · keep the other line 2\n"
    "LA is L-A · say wind as in find · Saoirse rhymes with inertia · how do I say things?\n"
    "title it “Last Stop” · export as pdf · share it here · collaborate with @ann",
    "help.commands": "**Befehle**\n"
    "`/lyrics` schreibt zu einem Beat · `/listen` sagt, was ich darin höre\n"
    "`/genre` beurteilt Songtexte · `/rhymes` findet Reime\n"
    "`/drafts` öffnet, vergleicht, gibt aus und löscht, was du hast\n"
    "`/status` · `/settings` für Verwalter",
    "help.privacy": "Deine Entwürfe gehören dir: Antworte jederzeit „my data“ oder „forget me“.",
}
