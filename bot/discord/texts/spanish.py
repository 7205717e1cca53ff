"""Lo que el bot dice en español."""

from __future__ import annotations

from typing import Final

COMMANDS: Final = {
    "lyrics": "letra",
    "listen": "escuchar",
    "drafts": "borradores",
    "genre": "género",
    "rhymes": "rimas",
    "status": "estado",
    "help": "ayuda",
    "settings": "ajustes",
    "Write lyrics for this beat": "Escribir letra para este beat",
    "Which genre is this?": "¿Qué género es?",
    "Write lyrics to a beat": "Escribir una letra para un beat",
    "Say what is heard in a beat, with a picture": "Decir qué se oye en un beat, con una imagen",
    "Browse, search, open, compare, export or delete your drafts": (
        "Ver, buscar, abrir, comparar, exportar o borrar tus borradores"
    ),
    "Judge how hip-hop or country lyrics are": (
        "Juzgar cuánto tiene una letra de hip-hop o de country"
    ),
    "Find words that rhyme": "Encontrar palabras que rimen",
    "The queue, the workers, and what is yours": "La cola, los trabajadores y lo que es tuyo",
    "What I do, with an example": "Qué hago, con un ejemplo",
    "For managers: links, explicit words, channels, caps": (
        "Para administradores: enlaces, palabras explícitas, canales, límites"
    ),
    "beat": "beat",
    "link": "enlace",
    "seed": "palabras",
    "mood": "ánimo",
    "lines": "versos",
    "scheme": "rima",
    "syllables": "sílabas",
    "explicit": "explícito",
    "private": "privado",
    "search": "buscar",
    "draft": "borrador",
    "text": "texto",
    "word": "palabra",
    "The beat: an audio file, or a video with sound": "El beat: un audio, o un vídeo con sonido",
    "Or a link to it on YouTube": "O un enlace a él en YouTube",
    "Up to 8 words to write from, such as: midnight train": (
        "Hasta 8 palabras (en inglés) de las que partir, como: midnight train"
    ),
    "Left out: as the beat sounds": "Sin él: según suene el beat",
    "How many lines; left out: 8": "Cuántos versos; sin él: 8",
    "Which lines rhyme, such as AABB; X need not rhyme": (
        "Qué versos riman, como AABB; X no tiene que rimar"
    ),
    "Syllables a line; left out: by the tempo": "Sílabas por verso; sin él: según el tempo",
    "Allow explicit words, in age-restricted channels": (
        "Permitir palabras explícitas, en canales con restricción de edad"
    ),
    "Show the draft to you alone": "Mostrarte el borrador solo a ti",
    "Show the answer to you alone": "Mostrarte la respuesta solo a ti",
    "Words of the title, the tags, the seeds or the lines": (
        "Palabras del título, las etiquetas, las semillas o los versos"
    ),
    "Open this draft at once": "Abrir este borrador directamente",
    "The lyrics; leave it out to paste many lines": (
        "La letra; déjalo vacío para pegar muchos versos"
    ),
    "The word to rhyme with": "La palabra con la que rimar",
    "happy": "alegre",
    "sad": "triste",
    "chill": "tranquilo",
    "party": "fiesta",
    "love": "amor",
    "dark": "oscuro",
}

REPLIES: Final = {
    "line.one": "1 verso",
    "line.many": "{n} versos",
    "draft.one": "1 borrador",
    "draft.many": "{n} borradores",
    "queued.next": "⏳ Eres el siguiente.",
    "queued.behind": "⏳ {n} por delante de ti en la cola.",
    "queued.wait": "Faltan unos {wait}.",
    "stage.start": "🎧 Empezando …",
    "stage.fetch": "🔗 Trayendo el beat …",
    "stage.listen": "🎧 Escuchando el beat …",
    "stage.write": "✍️ Escribiendo el verso {n} de {total} …",
    "stage.judge": "⚖️ Pesando las palabras …",
    "stage.save": "💾 Guardando …",
    "making.title": "En marcha: {asked}",
    "cancel": "Cancelar",
    "cancelled": "Parado. No ha cambiado nada; lo que estaba guardado está a salvo.",
    "cancel.late": "Demasiado tarde para pararlo: ya está hecho.",
    "cancel.not_yours": "Solo puede pararlo quien lo pidió, o un moderador.",
    "delivered": "✅ Listo: {link}",
    "delivered.private": "✅ Listo. Está en nuestros mensajes directos: {link}",
    "delivered.private.here": "✅ Listo. No puedo escribirte mensajes directos, así que está aquí; "
    "`/drafts` lo abre de nuevo.",
    "card.footer": "Borrador {id} · versión {version} · responde a este mensaje, o usa los botones",
    "card.by": "Para {user}",
    "card.unsure": "no es seguro",
    "card.craft": "Rimas {rhymes} · sílabas {syllables} · coincidencia más larga {match} palabras",
    "card.gone": (
        "Ese borrador no está para ti: se borró, o es de otra persona y no lo comparte contigo."
    ),
    "card.not_yours": "Este borrador es de otra persona. Su dueño puede dejarte editarlo: que "
    "responda "
    "“collaborate with @tú”.",
    "button.more": "Continuar",
    "button.take": "Otra toma",
    "button.rewrite": "Reescribir verso",
    "button.lock": "Bloquear",
    "button.undo": "Deshacer",
    "button.export": "Exportar",
    "button.share": "Compartir",
    "button.details": "Sílabas",
    "button.history": "Versiones",
    "button.compare": "Comparar",
    "button.delete": "Borrar",
    "button.restore": "Recuperarlo",
    "button.post": "Mostrarlo aquí",
    "button.unshare": "Dejar de compartir aquí",
    "button.old": "Este botón es de una versión anterior. `/drafts` abre tus borradores.",
    "button.bug": "Lo siento, algo ha fallado por nuestra parte (error {bug}). Tus borradores "
    "guardados "
    "están a salvo; inténtalo otra vez.",
    "beat.which": "Adjunta un beat, o dame un enlace de YouTube.",
    "links.off": "Los enlaces están desactivados en este servidor. Adjunta el archivo.",
    "explicit.channel": "Las palabras explícitas son solo para canales con restricción de edad.",
    "permission": "Aquí no puedo: me falta **{names}** en este canal. Pídeselo a quien "
    "administre el "
    "servidor.",
    "genre.title": "¿Qué género es?",
    "genre.neither": "Puede que ninguno: el texto da muy poco, o es de otra clase.",
    "rhymes.none": "No sé ninguna rima para “{word}”.",
    "rhymes.title": "Rimas para {word}",
    "drafts.title": "Tus borradores",
    "drafts.found": "Borradores con “{words}”",
    "drafts.none": "Aún no hay borradores. `/lyrics` con un beat escribe el primero.",
    "drafts.nothing": "Ningún borrador tiene esas palabras.",
    "drafts.page": "Página {page} de {pages} · {total}",
    "drafts.open": "Abrir un borrador …",
    "drafts.older": "Anteriores",
    "drafts.newer": "Más nuevos",
    "deleted": "“{title}” (`{id}`) está borrado. Se puede recuperar durante un día.",
    "restored": "“{title}” (`{id}`) ha vuelto.",
    "share.here": "Todos en este canal pueden leer “{title}” ahora.",
    "share.edit": "{people} puede editar “{title}” ahora.",
    "listen.title": "Lo que oigo en {name}",
    "help.title": "Dame un beat y unas palabras, y le escribo la letra.",
    "help.start": "`/lyrics` con un beat y `midnight train` dio esto:",
    "settings.title": "Ajustes de este servidor",
    "settings.only": "Solo quien puede administrar el servidor cambia sus ajustes.",
    "status.title": "Cómo va todo",
    "reply.empty": "Discord solo me muestra el texto de una respuesta si me menciona. Activa la "
    "@ en la "
    "respuesta, o usa los botones.",
}
