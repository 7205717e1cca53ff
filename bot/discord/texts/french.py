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
    "line.one": "1 vers",
    "line.many": "{n} vers",
    "draft.one": "1 brouillon",
    "draft.many": "{n} brouillons",
    "queued.next": "⏳ C'est bientôt ton tour.",
    "queued.behind": "⏳ {n} avant toi dans la file.",
    "queued.wait": "Encore {wait} environ.",
    "stage.start": "🎧 Ça commence …",
    "stage.fetch": "🔗 Je vais chercher le beat …",
    "stage.listen": "🎧 J'écoute le beat …",
    "stage.write": "✍️ J'écris le vers {n} sur {total} …",
    "stage.judge": "⚖️ Je pèse les mots …",
    "stage.save": "💾 J'enregistre …",
    "making.title": "En cours : {asked}",
    "cancel": "Annuler",
    "cancelled": "Arrêté. Rien n'a changé ; ce qui était enregistré est en sûreté.",
    "cancel.late": "Trop tard pour l'arrêter : c'est déjà fini.",
    "cancel.not_yours": "Seule la personne qui l'a demandé, ou un modérateur, peut l'arrêter.",
    "delivered": "✅ Fini : {link}",
    "delivered.private": "✅ Fini. C'est dans nos messages privés : {link}",
    "delivered.private.here": "✅ Fini. Je ne peux pas t'écrire en privé, alors le voici ; "
    "`/drafts` "
    "l'ouvre de nouveau.",
    "card.footer": (
        "Brouillon {id} · version {version} · réponds à ce message, ou prends les boutons"
    ),
    "card.by": "Pour {user}",
    "card.unsure": "pas sûr",
    "card.craft": "Rimes tenues {rhymes} · syllabes tenues {syllables} · plus longue "
    "correspondance "
    "{match} mots",
    "card.gone": "Ce brouillon n'est pas là pour toi : il est supprimé, ou il est à quelqu'un "
    "d'autre "
    "et n'est pas partagé avec toi.",
    "card.not_yours": "Ce brouillon est à quelqu'un d'autre, qui peut te laisser le modifier en "
    "répondant « collaborate with @toi ».",
    "button.more": "Continuer",
    "button.take": "Autre prise",
    "button.rewrite": "Réécrire un vers",
    "button.lock": "Verrouiller",
    "button.undo": "Annuler",
    "button.export": "Exporter",
    "button.share": "Partager",
    "button.details": "Syllabes",
    "button.history": "Versions",
    "button.compare": "Comparer",
    "button.delete": "Supprimer",
    "button.restore": "Le récupérer",
    "button.post": "Le montrer ici",
    "button.unshare": "Ne plus partager ici",
    "button.old": "Ce bouton vient d'une version plus ancienne. `/drafts` ouvre tes brouillons.",
    "button.bug": "Désolé, quelque chose a mal tourné de notre côté (erreur {bug}). Tes brouillons "
    "enregistrés sont en sûreté ; réessaie, s'il te plaît.",
    "beat.which": "Joins un beat, ou donne-moi un lien YouTube.",
    "links.off": "Les liens sont coupés sur ce serveur. Joins plutôt le fichier.",
    "explicit.channel": "Les mots crus sont réservés aux salons avec limite d'âge.",
    "permission": "Je ne peux pas faire cela ici : il me manque **{names}** dans ce salon. "
    "Demande à "
    "quelqu'un qui gère le serveur.",
    "genre.title": "Quel genre est-ce ?",
    "genre.neither": (
        "Peut-être aucun des deux : le texte en dit trop peu, ou il est d'une autre sorte."
    ),
    "rhymes.none": "Je ne connais pas de rime pour « {word} ».",
    "rhymes.title": "Rimes pour {word}",
    "drafts.title": "Tes brouillons",
    "drafts.found": "Brouillons avec « {words} »",
    "drafts.none": "Pas encore de brouillon. `/lyrics` avec un beat écrit le premier.",
    "drafts.nothing": "Aucun brouillon ne contient ces mots.",
    "drafts.page": "Page {page} sur {pages} · {total}",
    "drafts.open": "Ouvrir un brouillon …",
    "drafts.older": "Plus anciens",
    "drafts.newer": "Plus récents",
    "deleted": "« {title} » (`{id}`) est supprimé. Pendant un jour, on peut le récupérer.",
    "restored": "« {title} » (`{id}`) est de retour.",
    "share.here": "Tout le monde dans ce salon peut maintenant lire « {title} ».",
    "share.edit": "{people} peut maintenant modifier « {title} ».",
    "listen.title": "Ce que j'entends dans {name}",
    "help.title": "Donne-moi un beat et quelques mots, et j'écris dessus.",
    "help.start": "`/lyrics` avec un beat et `midnight train` a donné ceci :",
    "settings.title": "Réglages de ce serveur",
    "settings.only": "Seules les personnes qui gèrent le serveur peuvent changer ses réglages.",
    "status.title": "Comment ça va",
    "reply.empty": "Discord ne me montre le texte d'une réponse que si elle me mentionne. Active "
    "le @ "
    "de la réponse, ou prends les boutons.",
}
