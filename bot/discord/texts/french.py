"""Ce que le bot dit en français."""

from __future__ import annotations

from typing import Final

COMMANDS: Final = {
    "lyrics": "paroles",
    "listen": "écouter",
    "drafts": "brouillons",
    "genre": "genre",
    "rhymes": "rimes",
    "status": "état",
    "help": "aide",
    "settings": "réglages",
    "Write lyrics for this beat": "Écrire pour ce beat",
    "Which genre is this?": "Quel genre est-ce ?",
    "Write lyrics to a beat": "Écrire des paroles sur un beat",
    "Say what is heard in a beat, with a picture": (
        "Dire ce qu'on entend dans un beat, avec une image"
    ),
    "Browse, search, open, compare, export or delete your drafts": (
        "Parcourir, chercher, ouvrir, comparer, exporter ou supprimer tes brouillons"
    ),
    "Judge how hip-hop or country lyrics are": (
        "Juger si des paroles sont plutôt hip-hop ou country"
    ),
    "Find words that rhyme": "Trouver des mots qui riment",
    "The queue, the workers, and what is yours": "La file, les ouvriers, et ce qui est à toi",
    "What I do, with an example": "Ce que je fais, avec un exemple",
    "For managers: links, explicit words, channels, caps": (
        "Pour les gérants : liens, mots crus, salons, limites"
    ),
    "beat": "beat",
    "link": "lien",
    "seed": "mots",
    "mood": "humeur",
    "lines": "vers",
    "scheme": "rimes",
    "syllables": "syllabes",
    "explicit": "cru",
    "options": "choix",
    "form": "forme",
    "avoid": "éviter",
    "write": "écrire",
    "Go on from lines of your own": "Continuer depuis tes propres vers",
    "file": "fichier",
    "Your lines: .txt, .docx, .lrc or ChordPro; left out: a form to paste them in": (
        "Tes vers : .txt, .docx, .lrc ou ChordPro ; sans : un formulaire"
    ),
    "private": "privé",
    "search": "chercher",
    "draft": "brouillon",
    "text": "texte",
    "word": "mot",
    "The beat: an audio file, or a video with sound": (
        "Le beat : un fichier audio, ou une vidéo sonore"
    ),
    "Or a link to it on YouTube": "Ou un lien vers lui sur YouTube",
    "Up to 8 words to write from, such as: midnight train": (
        "Jusqu'à 8 mots (anglais) pour commencer, comme : midnight train"
    ),
    "Left out: as the beat sounds": "Sans lui : selon le beat",
    "How many lines; left out: 8": "Combien de vers ; sans lui : 8",
    "Which lines rhyme, such as AABB; X need not rhyme": (
        "Quels vers riment, comme AABB ; X ne rime pas forcément"
    ),
    "Syllables a line; left out: by the tempo": "Syllabes par vers ; sans lui : selon le tempo",
    "Allow explicit words, in age-restricted channels": (
        "Permettre des mots crus, dans les salons avec limite d'âge"
    ),
    "A whole song, such as: verse hook verse hook bridge hook": (
        "Une chanson entière, par exemple : verse hook verse hook bridge hook"
    ),
    "Words that no line may have, or cliches": ("Mots qu’aucun vers ne doit contenir, ou cliches"),
    "Choose each line before the next one is written": (
        "Choisir chaque vers avant que le suivant soit écrit"
    ),
    "Show the draft to you alone": "Ne montrer le brouillon qu'à toi",
    "Show the answer to you alone": "Ne montrer la réponse qu'à toi",
    "Words of the title, the tags, the seeds or the lines": (
        "Des mots du titre, des étiquettes, du départ ou des vers"
    ),
    "Open this draft at once": "Ouvrir ce brouillon tout de suite",
    "The lyrics; leave it out to paste many lines": (
        "Les paroles ; laisse vide pour coller beaucoup de vers"
    ),
    "The word to rhyme with": "Le mot avec lequel rimer",
    "happy": "joyeux",
    "sad": "triste",
    "chill": "détendu",
    "party": "fête",
    "love": "amour",
    "dark": "sombre",
}

REPLIES: Final = {
    # Counting
    "line.one": "1 vers",
    "line.many": "{n} vers",
    "bar.one": "1 mesure",
    "bar.many": "{n} mesures",
    "draft.one": "1 brouillon",
    "draft.many": "{n} brouillons",
    "worker.one": "1 ouvrier",
    "worker.many": "{n} ouvriers",
    # While a song is made
    "queued.next": "⏳ C'est bientôt ton tour.",
    "queued.behind": "⏳ {n} avant toi dans la file.",
    "queued.wait": "Encore {wait} environ.",
    "queued.nobody": "Personne ne travaille en ce moment ; ça commencera tout seul dès que "
    "quelqu'un sera là.",
    "stage.start": "🎧 Ça commence …",
    "stage.fetch": "🔗 Je vais chercher le beat …",
    "stage.listen": "🎧 J'écoute le beat …",
    "stage.write": "✍️ J'écris le vers {n} sur {total} …",
    "stage.judge": "⚖️ Je pèse les mots …",
    "stage.save": "💾 J'enregistre …",
    "stage.render": "🎬 Vidéo en cours : {n} %",
    "making.title": "En cours : {asked}",
    "seconds": "{n} s",
    "minutes": "{n} min",
    "cancel": "Annuler",
    "cancelled": "Arrêté. Rien n'a changé ; ce qui était enregistré est en sûreté.",
    "cancel.late": "Trop tard pour l'arrêter : c'est déjà fini.",
    "cancel.not_yours": "Seule la personne qui l'a demandé, ou un modérateur, peut l'arrêter.",
    "delivered": "✅ Fini : {link}",
    "delivered.private": "✅ Fini. C'est dans nos messages privés : {link}",
    "delivered.private.here": "✅ Fini. Je ne peux pas t'écrire en privé, alors le voici ; "
    "`/drafts` l'ouvre de nouveau.",
    "delivered.below": "✅ Terminé, pour toi seul.",
    "delivered.nowhere": "✅ Le brouillon `{id}` est enregistré, mais je ne peux plus écrire "
    "ici. `/drafts` l'ouvre.",
    "failed": "⚠️ {problem}",
    "failed.plain": "Quelque chose a mal tourné de notre côté. Tes brouillons enregistrés sont "
    "en sûreté.",
    "failed.for": "<@{user}> a demandé « {asked} », et ça n'a pas pu se faire. {problem}",
    # A draft as seen
    "card.footer": "Brouillon {id} · version {version} · réponds à ce message, ou prends les "
    "boutons",
    "card.unsure": "pas sûr",
    "card.neither": "ni l'un ni l'autre, en fait",
    "card.differs": "Le beat sonne {heard}, ces paroles se lisent {read}.",
    "card.parts": "Les mots seuls disent {words}, le modèle de langue dit {model}.",
    "card.after": "Après le dernier son du beat ({end}) : {lines} ({numbers}).",
    "card.kind": "aucun des deux, plutôt {kind}",
    "card.craft": "Rimes tenues {rhymes} · syllabes tenues {syllables} · plus longue "
    "correspondance {match} mots",
    "card.by": "Pour {user}",
    "card.long": "La chanson entière a {lines} ; elle est dans le fichier, et voici comment "
    "elle commence.",
    "card.moved": "Ce brouillon en est à la version {version} ; le voici tel qu'il est. Redemande.",
    "card.gone": "Ce brouillon n'est pas là pour toi : il est supprimé, ou il est à quelqu'un "
    "d'autre et n'est pas partagé avec toi.",
    "card.no_beat": "pas encore de beat",
    "card.shape": "Lu dans tes vers",
    "form.own": "Continuer depuis tes vers",
    "form.own.text": "Tes vers ; ... est un trou à remplir",
    "form.own.text.hint": "[Verse 1] et [Chorus] nomment des parties ; une partie vide est écrite",
    "own.file": "Avec un beat, joins tes vers en fichier. Ou colle-les d'abord : `/write` seul "
    "ouvre un formulaire, et une réponse « set the beat » avec le beat joint fait le "
    "reste.",
    "beat.attach": "Joins le beat à ce message, ou donne un lien YouTube : set the beat to LINK.",
    "card.cliches": "clichés : {words}",
    "rhymes.shown": "Les rimes de « {title} », une couleur chacune :",
    "writers": "Qui a écrit les vers de « {title} » :",
    "writers.nobody": "quelqu’un",
    "sounds": "Tu prononces : {words}",
    "sounds.none": "Tu prononces tous les mots comme d’habitude. Dis-le ainsi : "
    "poem has one syllable.",
    "avoid.always": "Dans tous tes brouillons, tu évites : {words}",
    "avoid.here": "Ce brouillon évite : {words}",
    "avoid.left": "Lignes qui en ont encore : {lines}. Dis : rewrite line {line}.",
    "avoid.nothing": "Tu n'évites aucun mot. Les clichés sont évités en douceur de toute façon.",
    "card.not_yours": "Ce brouillon est à quelqu'un d'autre, qui peut te laisser le modifier en "
    "répondant « collaborate with @toi ».",
    "flow.shown": "Où tombent les mots de « {title} » sur le beat :",
    "rehearse.video": "À toi de rapper : chaque syllabe s'allume au bon moment.",
    "rehearse.part": "Elle montre les {part} premières minutes : une vidéo peut peser 10 Mo.",
    "rehearse.page": "Ouvre la page dans un navigateur : elle joue le beat et allume chaque "
    "syllabe, même hors ligne.",
    "rehearse.attach": "Je n'ai plus le beat de ce brouillon. Réponds « rehearse » avec le "
    "beat en pièce jointe.",
    "details": "Numéro et rime de chaque vers, et ses syllabes à côté de celles voulues :",
    # Buttons
    "button.more": "Continuer",
    "button.take": "Autre prise",
    "button.rewrite": "Réécrire un vers",
    "button.lock": "Verrouiller",
    "button.undo": "Annuler",
    "button.export": "Exporter",
    "button.share": "Partager",
    "button.options": "Choix",
    "button.none": "Aucun de ceux-ci",
    "form.options": "Choix pour un vers",
    "form.options.line": "Quel vers ?",
    "form.options.line.hint": "3, ou the first line",
    "form.options.how": "Comment ? Vide : autrement",
    "form.options.how.hint": "sadder · more country · shorter",
    "options.title": "Vers {line} : lequel ?",
    "options.next": "Vers {line} sur {goal} : lequel ?",
    "options.footer": "Réponds « more like 2 » ou « none, sadder », ou choisis ci-dessous",
    "options.pick": "En prendre un pour le vers {line} …",
    "options.rhymes": "rime avec {word}",
    "options.near": "rime presque avec {word}",
    "button.details": "Syllabes",
    "button.flow": "Flow",
    "button.rehearse": "Répéter",
    "button.rehearse.again": "Répéter encore",
    "button.history": "Versions",
    "button.compare": "Comparer",
    "button.delete": "Supprimer",
    "button.restore": "Le récupérer",
    "button.post": "Le montrer ici",
    "button.unshare": "Ne plus partager ici",
    "button.picture": "Image",
    "button.forget": "Supprimer tout ce qui est à moi",
    "button.old": "Ce bouton vient d'une version plus ancienne. `/drafts` ouvre tes brouillons.",
    "button.bug": "Désolé, quelque chose a mal tourné de notre côté (erreur {bug}). Tes "
    "brouillons enregistrés sont en sûreté ; réessaie, s'il te plaît.",
    # Forms
    "form.rewrite": "Réécrire",
    "form.rewrite.lines": "Quels vers ?",
    "form.rewrite.lines.hint": "3, ou 3-6, ou hook",
    "form.rewrite.how": "Comment ? En anglais ; vide : autrement",
    "form.rewrite.how.hint": "sadder · more country · shorter · rhyme with fire",
    "form.rewrite.own": "Ou tes propres mots pour ce vers",
    "form.rewrite.one": "Tes propres mots sont pour un seul vers. Donne son numéro, par exemple 3.",
    "form.rewrite.own.hint": "Ils restent exactement comme tu les écris.",
    "form.lock": "Verrouiller et déverrouiller des vers",
    "form.lock.lock": "Verrouiller",
    "form.lock.unlock": "Déverrouiller",
    "form.lock.hint": "3, ou 1-4, ou hook, ou all (tous)",
    "form.lock.nothing": "Donne les vers à verrouiller ou à déverrouiller, par exemple 1-4.",
    "form.compare": "Comparer deux versions",
    "form.compare.first": "Version",
    "form.compare.second": "avec la version",
    "form.compare.number": "Donne les versions par leur numéro, par exemple 1 et 3.",
    "form.genre": "Quel genre est-ce ?",
    "form.genre.text": "Colle les paroles",
    "form.picture": "Image",
    "form.picture.text": "Colle les paroles encore une fois",
    "form.picture.hint": "Ce qui est collé, je ne le garde qu'un moment.",
    "form.write": "Écrire pour ce beat",
    "form.write.seed": "Mots de départ (8 au plus, en anglais)",
    "form.write.seed.hint": "midnight train",
    "form.write.genre": "Genre : hip-hop, country, ou vide",
    "form.write.lines": "Combien de vers ?",
    "form.write.lines.number": "Le nombre de vers est un nombre entier, par exemple 8.",
    # Writing
    "beat.which": "Joins un beat, ou donne-moi un lien YouTube.",
    "beat.both": "C'est un fichier et un lien. Donne-moi l'un des deux.",
    "beat.several": "Il y a plusieurs beats dans ce message. Lequel ?",
    "beat.pick": "Choisis un beat …",
    "beat.none_here": "Ce message n'a ni fichier audio ni lien YouTube. Choisis-en un qui en "
    "a, ou joins le beat à `/lyrics`.",
    "beat.large": "{name} est trop gros ({size} Mo). Jusqu'à {limit} Mo sont acceptés. "
    "Envoie un MP3, ou une partie plus courte du beat.",
    "beat.not_audio": "{name} n'est pas un fichier audio, quoi que dise son nom. Sont "
    "acceptés WAV, FLAC, MP3, OGG, AIFF, M4A, AAC, OPUS, WMA, CAF, WEBM et MP4 avec du son, "
    "et la plupart des autres fichiers qui contiennent du son. Exporte le beat de nouveau et "
    "envoie le nouveau fichier.",
    "beat.empty": "{name} est vide (0 octet). Sont acceptés WAV, FLAC, MP3, OGG, AIFF, M4A, "
    "AAC, OPUS, WMA, CAF, WEBM et MP4 avec du son, et la plupart des autres fichiers qui "
    "contiennent du son. Exporte le beat de nouveau et envoie le nouveau fichier.",
    "beat.needs_sound": "{name} est {what} ; il faut du son à ATL. Exporte le beat en WAV ou "
    "en MP3 et envoie ce fichier.",
    "file.midi": "un fichier MIDI",
    "file.archive": "une archive",
    "file.picture": "une image",
    "file.document": "un document",
    "file.program": "un programme",
    "file.project": "un projet ou un instrument d'un logiciel de musique",
    "file.playlist": "une liste de lecture",
    "file.locked": "verrouillé par une protection",
    "file.other": "autre chose qu'un fichier audio",
    "beat.gone": "Discord n'a plus ce fichier. Envoie-le encore une fois.",
    "links.off": "Les liens sont coupés sur ce serveur. Joins plutôt le fichier.",
    "explicit.off": "Les mots crus sont coupés ici.",
    "explicit.server": "Les mots crus sont coupés sur ce serveur. Qui le gère peut les "
    "permettre dans `/settings`.",
    "explicit.channel": "Les mots crus sont réservés aux salons avec limite d'âge.",
    "explicit.private": "Ce brouillon est cru : il ne peut être montré que dans un salon avec "
    "limite d'âge, sur un serveur qui le permet.",
    "channel.closed": "Sur ce serveur, on m'a demandé de m'en tenir à {channels}.",
    "cap": "Tu en as déjà {n} en cours sur ce serveur. Attends la fin d'une chanson, ou "
    "annules-en une.",
    "permission": "Je ne peux pas faire cela ici : il me manque **{names}** dans ce salon. "
    "Demande à quelqu'un qui gère le serveur.",
    # The other commands
    "genre.title": "Quel genre est-ce ?",
    "kind.pop": "de la pop",
    "kind.rock": "du rock",
    "kind.prose": "de la prose",
    "kind.code": "du code",
    "kind.another_language": "une autre langue",
    "kind.too_short": "trop court",
    "genre.neither.song": "Aucun des deux : on dirait {kind} ({shares}).",
    "genre.might": "Ce pourrait aussi être {kind} : {shares}.",
    "genre.neither.text": "Aucun des deux : c'est {kind}, pas des paroles en anglais.",
    "genre.short": "Aucun des deux, ou trop court : il faut une ligne ou deux de paroles.",
    "genre.line": "ligne {number}",
    "genre.lines": "lignes {first}-{last}",
    "genre.words": "Parle pour {genre}",
    "genre.picture": "Les paroles, chaque mot dans la couleur du genre pour lequel il parle.",
    "genre.empty": "Il n'y a pas de texte à juger. Colle des paroles.",
    "rhymes.none": "Je ne connais pas de rime pour « {word} ».",
    "rhymes.title": "Rimes pour {word}",
    "drafts.title": "Tes brouillons",
    "drafts.found": "Brouillons avec « {words} »",
    "drafts.none": "Pas encore de brouillon. `/lyrics` avec un beat écrit le premier.",
    "drafts.nothing": "Aucun brouillon ne contient ces mots.",
    "drafts.page": "Page {page} sur {pages} · {total}",
    "drafts.open": "Ouvrir un brouillon …",
    "drafts.row": "`{id}` **{title}** · {genre} · {lines} · {when}",
    "drafts.unreadable": "`{id}` **{title}** · illisible : ouvre-le pour en garder "
    "une copie ou le supprimer",
    "drafts.unreadable.open": "Le brouillon `{id}` est illisible : "
    "ce qui est enregistré est abîmé. Dans `/drafts`, tu peux le garder tel quel ou le supprimer.",
    "button.raw": "Garder une copie",
    "discarded": "Le brouillon `{id}` est supprimé.",
    "drafts.older": "Plus anciens",
    "drafts.newer": "Plus récents",
    "deleted": "« {title} » (`{id}`) est supprimé. Pendant un jour, on peut le récupérer.",
    "restored": "« {title} » (`{id}`) est de retour.",
    "export.choose": "« {title} » en quel fichier ?",
    "export.pick": "Choisir une sorte de fichier …",
    "export.done": "« {title} » en {format} :",
    "export.txt": "Texte simple",
    "export.lrc": "LRC, calé sur le beat",
    "export.elrc": "LRC avec le temps de chaque mot",
    "export.srt": "Sous-titres SRT, mot à mot",
    "export.ass": "Karaoké ASS",
    "export.ttml": "TTML, mot à mot",
    "export.midi": "MIDI : tempo, mesures, paroles et clic",
    "export.labels": "Étiquettes Audacity",
    "export.csv": "CSV de repères pour un séquenceur",
    "export.chordpro": "ChordPro, avec des accords suggérés",
    "export.pdf": "PDF, une feuille de paroles pour le groupe",
    "export.json": "JSON, pour l'importer de nouveau",
    "export.mp4": "Vidéo pour répéter",
    "export.html": "Page web qui joue le beat",
    "share.here": "Tout le monde dans ce salon peut maintenant lire « {title} ».",
    "share.choose": "Tout le monde dans ce salon peut lire « {title} » maintenant. Laisser "
    "quelqu'un le modifier ?",
    "share.pick": "Laisser quelqu'un le modifier …",
    "share.edit": "{people} peut maintenant modifier « {title} ».",
    "share.stopped": "« {title} » n'est plus partagé avec {guest}.",
    "share.channel": "ce salon",
    "share.nobody": "Nomme la personne avec un @, par exemple : collaborate with @ann.",
    "share.server": "Un brouillon se partage dans un salon d'un serveur. Ouvre-le là avec "
    "`/drafts` et appuie sur Partager.",
    "share.bot": "Un bot ne peut pas modifier un brouillon.",
    "history.title": "Versions de « {title} »",
    "history.row": "{mark} `{number}` {asked} · {when}",
    "history.more": "… et {n} plus anciennes",
    "said.saved": "Enregistré sous « {title} ».",
    "said.tags": "Étiquettes de « {title} » : {tags}",
    "said.tags.none": "aucune",
    "said.brief": "Désormais : {setting}",
    "data": "Voici tout ce qui est enregistré sur toi.",
    "data.dm": "Tout ce qui est enregistré sur toi est dans nos messages privés.",
    "data.no_dm": "Je ne peux pas t'écrire en privé. Permets-le, ou demande-le-moi en privé.",
    "forget.sure": "Cela supprime tous tes brouillons, tout de suite et pour de bon. Vraiment ?",
    "settings.title": "Réglages de ce serveur",
    "settings.links": "Liens YouTube",
    "settings.explicit": "Mots crus, dans les salons avec limite d'âge",
    "settings.channels": "Salons où je réponds",
    "settings.cap": "Chansons en cours par personne",
    "settings.on": "oui",
    "settings.off": "non",
    "settings.operator": "non (par qui fait tourner ce bot)",
    "settings.everywhere": "tous",
    "settings.pick": "Seulement dans ces salons …",
    "settings.only": "Seules les personnes qui gèrent le serveur peuvent changer ses réglages.",
    "settings.server": "Les réglages sont ceux d'un serveur. Utilise `/settings` sur l'un d'eux.",
    "settings.links.switch": "Liens : {state}",
    "settings.explicit.switch": "Mots crus : {state}",
    "settings.all": "Tous les salons",
    "settings.cap.pick": "{n} à la fois",
    "status.title": "Comment ça va",
    "status.queue": "File",
    "status.queue.row": "{queued} en attente · {running} en cours",
    "status.workers": "Au travail",
    "status.workers.none": "⚠️ personne : ce qui est demandé attend qu'un ouvrier soit lancé",
    "status.song": "Huit vers prennent",
    "status.song.row": "environ {time}",
    "status.links.on": "oui · yt-dlp {version}",
    "status.latency": "Mes réponses",
    "status.latency.row": "{p50:.0f} ms, et {p99:.0f} ms pour le centième le plus lent",
    "status.yours": "Les tiennes en cours",
    "status.here": "En cours dans ce salon",
    "status.private": "une demande privée",
    "status.nothing": "rien",
    "status.row": "{asked} : {state}",
    "state.queued": "en attente",
    "state.running": "en cours",
    "reply.empty": "Discord ne me montre le texte d'une réponse que si elle me mentionne. "
    "Active le @ de la réponse, ou prends les boutons.",
    "reply.no_draft": "Réponds à un de mes brouillons et dis par exemple « continue ». `/help` "
    "dit ce que je comprends d'autre.",
    "reply.nothing_yet": "Tu n'as pas encore de brouillon. `/lyrics` avec un beat écrit le "
    "premier.",
    "reply.beat": "Un beat : choisis-le ci-dessous, et je demande quoi écrire. Ou prends `/lyrics` "
    "et joins-le là, ou appuie longuement sur un message qui en porte un : "
    "Apps › Écrire pour ce beat.",
    "listen.title": "Ce que j'entends dans {name}",
    "heard.tempo": "Tempo",
    "heard.key": "Tonalité",
    "heard.length": "Durée",
    "heard.mood": "Humeur",
    "heard.tags": "Étiquettes",
    "heard.genre": "Genre",
    "heard.bars": "{bars} · {length}",
    "heard.picture": "Le son du beat au fil du temps : {tempo}, {key}, {bars}.",
    "heard.energy": "{mood}, énergie : {energy}",
    # Help
    "help.title": "Donne-moi un beat et quelques mots, et j'écris dessus.",
    "help.start": "`/lyrics` avec un beat et `midnight train` a donné ceci :",
    "help.then": "**Puis réponds au brouillon, en anglais et avec tes mots**\n"
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
    "help.commands": "**Commandes**\n"
    "`/lyrics` écrit sur un beat · `/listen` dit ce que j'y entends\n"
    "`/genre` juge des paroles · `/rhymes` trouve des rimes\n"
    "`/drafts` ouvre, compare, exporte et supprime ce que tu as\n"
    "`/status` · `/settings` pour qui gère le serveur",
    "help.privacy": "Tes brouillons sont à toi : réponds « my data » ou « forget me » à tout "
    "moment.",
}
