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
    "line.one": "1 Zeile",
    "line.many": "{n} Zeilen",
    "draft.one": "1 Entwurf",
    "draft.many": "{n} Entwürfe",
    "queued.next": "⏳ Du bist als Nächstes dran.",
    "queued.behind": "⏳ {n} vor dir in der Warteschlange.",
    "queued.wait": "Noch etwa {wait}.",
    "stage.start": "🎧 Es geht los …",
    "stage.fetch": "🔗 Ich hole den Beat …",
    "stage.listen": "🎧 Ich höre den Beat an …",
    "stage.write": "✍️ Ich schreibe Zeile {n} von {total} …",
    "stage.judge": "⚖️ Ich wäge die Wörter …",
    "stage.save": "💾 Ich speichere …",
    "making.title": "In Arbeit: {asked}",
    "cancel": "Abbrechen",
    "cancelled": "Abgebrochen. Nichts wurde geändert; was gespeichert war, ist sicher.",
    "cancel.late": "Zu spät zum Abbrechen: Es ist schon fertig.",
    "cancel.not_yours": "Abbrechen kann das nur, wer darum gebeten hat, oder ein Moderator.",
    "delivered": "✅ Fertig: {link}",
    "delivered.private": "✅ Fertig. Es ist in unseren Direktnachrichten: {link}",
    "delivered.private.here": "✅ Fertig. Direktnachrichten darf ich dir nicht schreiben, darum "
    "steht "
    "es hier; `/drafts` öffnet es wieder.",
    "card.footer": "Entwurf {id} · Version {version} · antworte auf diese Nachricht, oder nimm die "
    "Knöpfe",
    "card.by": "Für {user}",
    "card.unsure": "unsicher",
    "card.craft": "Reime gehalten {rhymes} · Silben gehalten {syllables} · längste Übereinstimmung "
    "{match} Wörter",
    "card.gone": "Diesen Entwurf gibt es für dich nicht: Er ist gelöscht, oder er gehört jemand "
    "anderem und ist nicht mit dir geteilt.",
    "card.not_yours": "Dieser Entwurf gehört jemand anderem. Wem er gehört, der kann dich "
    "mitschreiben "
    "lassen, mit der Antwort „collaborate with @dir“.",
    "button.more": "Weiter",
    "button.take": "Neuer Versuch",
    "button.rewrite": "Zeile neu",
    "button.lock": "Sperren",
    "button.undo": "Zurück",
    "button.export": "Ausgeben",
    "button.share": "Teilen",
    "button.details": "Silben",
    "button.history": "Versionen",
    "button.compare": "Vergleichen",
    "button.delete": "Löschen",
    "button.restore": "Zurückholen",
    "button.post": "Hier zeigen",
    "button.unshare": "Hier nicht mehr teilen",
    "button.old": "Dieser Knopf ist von einer älteren Version. `/drafts` öffnet deine Entwürfe.",
    "button.bug": "Entschuldigung, bei uns ging etwas schief (Fehler {bug}). Deine gespeicherten "
    "Entwürfe sind sicher; bitte versuch es noch einmal.",
    "beat.which": "Hänge einen Beat an, oder gib mir einen Link auf YouTube.",
    "links.off": "Links sind auf diesem Server abgeschaltet. Hänge stattdessen die Datei an.",
    "explicit.channel": "Derbe Wörter gibt es nur in Kanälen mit Altersbeschränkung.",
    "permission": "Das darf ich hier nicht: Mir fehlt in diesem Kanal **{names}**. Bitte "
    "jemanden, der "
    "den Server verwaltet.",
    "genre.title": "Welches Genre ist das?",
    "genre.neither": (
        "Vielleicht keines von beiden: Der Text gibt zu wenig her oder ist anderer Art."
    ),
    "rhymes.none": "Auf „{word}“ weiß ich keinen Reim.",
    "rhymes.title": "Reime auf {word}",
    "drafts.title": "Deine Entwürfe",
    "drafts.found": "Entwürfe mit „{words}“",
    "drafts.none": "Noch keine Entwürfe. `/lyrics` mit einem Beat schreibt den ersten.",
    "drafts.nothing": "In keinem Entwurf stehen diese Wörter.",
    "drafts.page": "Seite {page} von {pages} · {total}",
    "drafts.open": "Einen Entwurf öffnen …",
    "drafts.older": "Ältere",
    "drafts.newer": "Neuere",
    "deleted": "„{title}“ (`{id}`) ist gelöscht. Einen Tag lang lässt er sich zurückholen.",
    "restored": "„{title}“ (`{id}`) ist wieder da.",
    "share.here": "„{title}“ können jetzt alle in diesem Kanal lesen.",
    "share.edit": "{people} können „{title}“ jetzt bearbeiten.",
    "listen.title": "Was ich in {name} höre",
    "help.title": "Gib mir einen Beat und ein paar Wörter, und ich schreibe dazu.",
    "help.start": "`/lyrics` mit einem Beat und `midnight train` ergab dies:",
    "settings.title": "Einstellungen dieses Servers",
    "settings.only": "Nur wer den Server verwalten darf, kann das ändern.",
    "status.title": "Wie es steht",
    "reply.empty": "Discord zeigt mir den Text einer Antwort nur, wenn sie mich erwähnt. Schalte "
    "das @ "
    "in der Antwort ein, oder nimm die Knöpfe.",
}
