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
    "options": "opciones",
    "form": "forma",
    "avoid": "evitar",
    "write": "escribir",
    "Go on from lines of your own": "Seguir desde versos tuyos",
    "file": "archivo",
    "Your lines: .txt, .docx, .lrc or ChordPro; left out: a form to paste them in": (
        "Tus versos: .txt, .docx, .lrc o ChordPro; sin él: un formulario"
    ),
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
    "A whole song, such as: verse hook verse hook bridge hook": (
        "Una canción entera, por ejemplo: verse hook verse hook bridge hook"
    ),
    "Words that no line may have, or cliches": ("Palabras que ningún verso debe tener, o cliches"),
    "Choose each line before the next one is written": (
        "Elegir cada verso antes de que se escriba el siguiente"
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
    # Counting
    "line.one": "1 verso",
    "line.many": "{n} versos",
    "bar.one": "1 compás",
    "bar.many": "{n} compases",
    "draft.one": "1 borrador",
    "draft.many": "{n} borradores",
    "worker.one": "1 trabajador",
    "worker.many": "{n} trabajadores",
    # While a song is made
    "queued.next": "⏳ Eres el siguiente.",
    "queued.behind": "⏳ {n} por delante de ti en la cola.",
    "queued.wait": "Faltan unos {wait}.",
    "queued.nobody": "Ahora mismo no hay nadie trabajando; empezará solo en cuanto haya alguien.",
    "stage.start": "🎧 Empezando …",
    "stage.fetch": "🔗 Trayendo el beat …",
    "stage.listen": "🎧 Escuchando el beat …",
    "stage.write": "✍️ Escribiendo el verso {n} de {total} …",
    "stage.judge": "⚖️ Pesando las palabras …",
    "stage.save": "💾 Guardando …",
    "stage.render": "🎬 Creando el vídeo: {n} %",
    "making.title": "En marcha: {asked}",
    "seconds": "{n} s",
    "minutes": "{n} min",
    "cancel": "Cancelar",
    "cancelled": "Parado. No ha cambiado nada; lo que estaba guardado está a salvo.",
    "cancel.late": "Demasiado tarde para pararlo: ya está hecho.",
    "cancel.not_yours": "Solo puede pararlo quien lo pidió, o un moderador.",
    "delivered": "✅ Listo: {link}",
    "delivered.private": "✅ Listo. Está en nuestros mensajes directos: {link}",
    "delivered.private.here": "✅ Listo. No puedo escribirte mensajes directos, así que está "
    "aquí; `/drafts` lo abre de nuevo.",
    "delivered.below": "✅ Listo, solo para ti.",
    "delivered.nowhere": "✅ El borrador `{id}` está guardado, pero ya no puedo escribir aquí. "
    "`/drafts` lo abre.",
    "failed": "⚠️ {problem}",
    "failed.plain": "Algo ha fallado por nuestra parte. Tus borradores guardados están a salvo.",
    "failed.for": "<@{user}> pidió “{asked}”, y no se pudo hacer. {problem}",
    # A draft as seen
    "card.footer": "Borrador {id} · versión {version} · responde a este mensaje, o usa los botones",
    "card.unsure": "no es seguro",
    "card.neither": "en realidad, ninguno",
    "card.differs": "El beat suena a {heard}, esta letra se lee como {read}.",
    "card.parts": "Las palabras solas dicen {words}, el modelo de lenguaje dice {model}.",
    "card.after": "Después del último sonido del beat ({end}): {lines} ({numbers}).",
    "card.kind": "ninguno de los dos, más bien {kind}",
    "card.craft": "Rimas {rhymes} · sílabas {syllables} · coincidencia más larga {match} palabras",
    "card.by": "Para {user}",
    "card.long": "La canción entera tiene {lines}; está en el archivo, y así empieza.",
    "card.moved": "Este borrador ya va por la versión {version}; aquí está como es ahora. "
    "Pídelo otra vez.",
    "card.gone": "Ese borrador no está para ti: se borró, o es de otra persona y no lo comparte "
    "contigo.",
    "card.no_beat": "aún sin beat",
    "card.shape": "Leído en tus versos",
    "form.own": "Seguir desde tus versos",
    "form.own.text": "Tus versos; ... es un hueco que se rellena",
    "form.own.text.hint": "[Verse 1] y [Chorus] nombran partes; una parte vacía se escribe",
    "own.file": "Con un beat, adjunta tus versos como archivo. O pégalos primero: `/write` solo "
    "abre un formulario, y una respuesta “set the beat” con el beat adjunto hace el "
    "resto.",
    "beat.attach": "Adjunta el beat a ese mensaje, o da un enlace: set the beat to LINK.",
    "card.cliches": "clichés: {words}",
    "rhymes.shown": "Las rimas de «{title}», un color para cada una:",
    "writers": "Quién escribió los versos de «{title}»:",
    "writers.nobody": "alguien",
    "sounds": "Tú dices: {words}",
    "sounds.none": "Dices todas las palabras como es usual. Dilo así: poem has one syllable.",
    "avoid.always": "En todos tus borradores evitas: {words}",
    "avoid.here": "Este borrador evita: {words}",
    "avoid.left": "Líneas que aún lo tienen: {lines}. Di: rewrite line {line}.",
    "avoid.nothing": "No evitas ninguna palabra. Los clichés se evitan con suavidad igualmente.",
    "card.not_yours": "Este borrador es de otra persona. Su dueño puede dejarte editarlo: que "
    "responda “collaborate with @tú”.",
    "flow.shown": "Dónde caen las palabras de “{title}” sobre el beat:",
    "rehearse.video": "Para rapear: cada sílaba se ilumina cuando toca.",
    "rehearse.part": "Muestra los primeros {part}: un vídeo puede pesar 10 MB.",
    "rehearse.page": "Abre la página en un navegador: toca el beat e ilumina cada sílaba, "
    "también sin conexión.",
    "rehearse.attach": "Ya no tengo el beat de este borrador. Responde “rehearse” con el beat "
    "adjunto.",
    "details": "Número y rima de cada verso, y sus sílabas junto a las deseadas:",
    # Buttons
    "button.more": "Continuar",
    "button.take": "Otra toma",
    "button.rewrite": "Reescribir verso",
    "button.lock": "Bloquear",
    "button.undo": "Deshacer",
    "button.export": "Exportar",
    "button.share": "Compartir",
    "button.options": "Opciones",
    "button.none": "Ninguno de estos",
    "form.options": "Opciones para un verso",
    "form.options.line": "¿Qué verso?",
    "form.options.line.hint": "3, o the first line",
    "form.options.how": "¿Cómo? Vacío: de otra manera",
    "form.options.how.hint": "sadder · more country · shorter",
    "options.title": "Verso {line}: ¿cuál?",
    "options.next": "Verso {line} de {goal}: ¿cuál?",
    "options.footer": "Responde “more like 2” o “none, sadder”, o elige abajo",
    "options.pick": "Tomar uno para el verso {line} …",
    "options.rhymes": "rima con {word}",
    "options.near": "casi rima con {word}",
    "button.details": "Sílabas",
    "button.flow": "Flow",
    "button.rehearse": "Ensayar",
    "button.rehearse.again": "Ensayar otra vez",
    "button.history": "Versiones",
    "button.compare": "Comparar",
    "button.delete": "Borrar",
    "button.restore": "Recuperarlo",
    "button.post": "Mostrarlo aquí",
    "button.unshare": "Dejar de compartir aquí",
    "button.picture": "Imagen",
    "button.forget": "Borrar todo lo mío",
    "button.old": "Este botón es de una versión anterior. `/drafts` abre tus borradores.",
    "button.bug": "Lo siento, algo ha fallado por nuestra parte (error {bug}). Tus borradores "
    "guardados están a salvo; inténtalo otra vez.",
    # Forms
    "form.rewrite": "Reescribir",
    "form.rewrite.lines": "¿Qué versos?",
    "form.rewrite.lines.hint": "3, o 3-6, o hook",
    "form.rewrite.how": "¿Cómo? En inglés; vacío: de otra manera",
    "form.rewrite.how.hint": "sadder · more country · shorter · rhyme with fire",
    "form.rewrite.own": "O tus propias palabras para ese verso",
    "form.rewrite.one": "Tus propias palabras son para un solo verso. Di su número, por ejemplo 3.",
    "form.rewrite.own.hint": "Quedan tal como las escribas.",
    "form.lock": "Bloquear y desbloquear versos",
    "form.lock.lock": "Bloquear",
    "form.lock.unlock": "Desbloquear",
    "form.lock.hint": "3, o 1-4, o hook, o all (todos)",
    "form.lock.nothing": "Di los versos que se bloquean o desbloquean, por ejemplo 1-4.",
    "form.compare": "Comparar dos versiones",
    "form.compare.first": "Versión",
    "form.compare.second": "con la versión",
    "form.compare.number": "Di las versiones por su número, por ejemplo 1 y 3.",
    "form.genre": "¿Qué género es?",
    "form.genre.text": "Pega la letra",
    "form.picture": "Imagen",
    "form.picture.text": "Pega la letra una vez más",
    "form.picture.hint": "Lo que se pega lo guardo solo un rato.",
    "form.write": "Escribir letra para este beat",
    "form.write.seed": "Palabras de partida (hasta 8, en inglés)",
    "form.write.seed.hint": "midnight train",
    "form.write.genre": "Género: hip-hop, country, o vacío",
    "form.write.lines": "¿Cuántos versos?",
    "form.write.lines.number": "El número de versos es un número entero, por ejemplo 8.",
    # Writing
    "beat.which": "Adjunta un beat, o dame un enlace de YouTube.",
    "beat.both": "Eso es un archivo y un enlace. Dame uno de los dos.",
    "beat.several": "En ese mensaje hay varios beats. ¿Cuál?",
    "beat.pick": "Elige un beat …",
    "beat.none_here": "En ese mensaje no hay ningún archivo de audio ni enlace de YouTube. "
    "Elige uno que lo tenga, o adjunta el beat a `/lyrics`.",
    "beat.large": "{name} es demasiado grande ({size} MB). Se aceptan hasta {limit} MB. "
    "Envía un MP3, o una parte más corta del beat.",
    "beat.not_audio": "{name} no es un archivo de audio, diga lo que diga su nombre. Se "
    "aceptan WAV, FLAC, MP3, OGG, AIFF, M4A, AAC, OPUS, WMA, CAF, WEBM y MP4 con sonido, y "
    "casi cualquier otro archivo con sonido. Exporta el beat otra vez y envía el archivo "
    "nuevo.",
    "beat.empty": "{name} está vacío (0 bytes). Se aceptan WAV, FLAC, MP3, OGG, AIFF, M4A, "
    "AAC, OPUS, WMA, CAF, WEBM y MP4 con sonido, y casi cualquier otro archivo con sonido. "
    "Exporta el beat otra vez y envía el archivo nuevo.",
    "beat.needs_sound": "{name} es {what}; ATL necesita sonido. Exporta el beat como WAV o "
    "MP3 y envía ese archivo.",
    "file.midi": "un archivo MIDI",
    "file.archive": "un archivo comprimido",
    "file.picture": "una imagen",
    "file.document": "un documento",
    "file.program": "un programa",
    "file.project": "un proyecto o un instrumento de un programa de música",
    "file.playlist": "una lista de reproducción",
    "file.locked": "un archivo bloqueado con protección anticopia",
    "file.other": "algo que no es audio",
    "beat.gone": "Discord ya no tiene ese archivo. Envíalo una vez más.",
    "links.off": "Los enlaces están desactivados en este servidor. Adjunta el archivo.",
    "explicit.off": "Aquí las palabras explícitas están desactivadas.",
    "explicit.server": "Las palabras explícitas están desactivadas en este servidor. Quien lo "
    "administra puede permitirlas en `/settings`.",
    "explicit.channel": "Las palabras explícitas son solo para canales con restricción de edad.",
    "explicit.private": "Este borrador es explícito, así que solo se puede mostrar en un canal "
    "con restricción de edad de un servidor que lo permita.",
    "channel.closed": "En este servidor me han pedido que me quede en {channels}.",
    "cap": "Ya tienes {n} en marcha en este servidor. Espera a que acabe una canción, o cancela "
    "una.",
    "permission": "Aquí no puedo: me falta **{names}** en este canal. Pídeselo a quien "
    "administre el servidor.",
    # The other commands
    "genre.title": "¿Qué género es?",
    "kind.pop": "pop",
    "kind.rock": "rock",
    "kind.prose": "prosa",
    "kind.code": "código",
    "kind.another_language": "otro idioma",
    "kind.too_short": "demasiado corto",
    "genre.neither.song": "Ninguno de los dos: suena a {kind} ({shares}).",
    "genre.might": "También podría ser {kind}: {shares}.",
    "genre.neither.text": "Ninguno de los dos: esto es {kind}, no una letra en inglés.",
    "genre.short": "Ninguno de los dos, o demasiado corto: hace falta una línea o dos de letra.",
    "genre.line": "línea {number}",
    "genre.lines": "líneas {first}-{last}",
    "genre.words": "A favor de {genre}",
    "genre.picture": "La letra, cada palabra con el color del género del que habla.",
    "genre.empty": "No hay texto que juzgar. Pega una letra.",
    "rhymes.none": "No sé ninguna rima para “{word}”.",
    "rhymes.title": "Rimas para {word}",
    "drafts.title": "Tus borradores",
    "drafts.found": "Borradores con “{words}”",
    "drafts.none": "Aún no hay borradores. `/lyrics` con un beat escribe el primero.",
    "drafts.nothing": "Ningún borrador tiene esas palabras.",
    "drafts.page": "Página {page} de {pages} · {total}",
    "drafts.open": "Abrir un borrador …",
    "drafts.row": "`{id}` **{title}** · {genre} · {lines} · {when}",
    "drafts.unreadable": "`{id}` **{title}** · ilegible: ábrelo para guardar una copia o borrarlo",
    "drafts.unreadable.open": "El borrador `{id}` no se puede leer: "
    "lo guardado está dañado. En `/drafts` puedes guardar una copia o borrarlo.",
    "button.raw": "Guardar una copia",
    "discarded": "El borrador `{id}` está borrado.",
    "drafts.older": "Anteriores",
    "drafts.newer": "Más nuevos",
    "deleted": "“{title}” (`{id}`) está borrado. Se puede recuperar durante un día.",
    "restored": "“{title}” (`{id}`) ha vuelto.",
    "export.choose": "¿“{title}” como qué archivo?",
    "export.pick": "Elige una clase de archivo …",
    "export.done": "“{title}” como {format}:",
    "export.txt": "Texto sin formato",
    "export.lrc": "LRC, al tiempo del beat",
    "export.elrc": "LRC con el tiempo de cada palabra",
    "export.srt": "Subtítulos SRT, palabra por palabra",
    "export.ass": "Karaoke ASS",
    "export.ttml": "TTML, palabra por palabra",
    "export.midi": "MIDI: tempo, compases, letra y claqueta",
    "export.labels": "Etiquetas de Audacity",
    "export.csv": "CSV de marcas para un DAW",
    "export.chordpro": "ChordPro, con acordes sugeridos",
    "export.pdf": "PDF, una hoja con la letra para la banda",
    "export.json": "JSON, para volver a importarlo",
    "export.mp4": "Vídeo para ensayar",
    "export.html": "Página web que toca el beat",
    "share.here": "Todos en este canal pueden leer “{title}” ahora.",
    "share.choose": "Todos en este canal pueden leer “{title}” ahora. ¿Dejar que alguien lo edite?",
    "share.pick": "Dejar que alguien lo edite …",
    "share.edit": "{people} puede editar “{title}” ahora.",
    "share.stopped": "“{title}” ya no se comparte con {guest}.",
    "share.channel": "este canal",
    "share.nobody": "Nombra a la persona con una @, por ejemplo: collaborate with @ann.",
    "share.server": "Un borrador se comparte en un canal de un servidor. Ábrelo allí con "
    "`/drafts` y pulsa Compartir.",
    "share.bot": "Un bot no puede editar un borrador.",
    "history.title": "Versiones de “{title}”",
    "history.row": "{mark} `{number}` {asked} · {when}",
    "history.more": "… y {n} anteriores",
    "said.saved": "Guardado como “{title}”.",
    "said.tags": "Etiquetas de “{title}”: {tags}",
    "said.tags.none": "ninguna",
    "said.brief": "De ahora en adelante: {setting}",
    "data": "Aquí está todo lo que se guarda sobre ti.",
    "data.dm": "Todo lo que se guarda sobre ti está en nuestros mensajes directos.",
    "data.no_dm": "No puedo escribirte mensajes directos. Permítelos, o pídemelo en uno.",
    "forget.sure": "Esto borra todos tus borradores, ya y para siempre. ¿Seguro?",
    "settings.title": "Ajustes de este servidor",
    "settings.links": "Enlaces de YouTube",
    "settings.explicit": "Palabras explícitas, en canales con restricción de edad",
    "settings.channels": "Canales en los que respondo",
    "settings.cap": "Canciones en marcha por persona",
    "settings.on": "sí",
    "settings.off": "no",
    "settings.operator": "no (por quien lleva este bot)",
    "settings.everywhere": "todos",
    "settings.pick": "Solo en estos canales …",
    "settings.only": "Solo quien puede administrar el servidor cambia sus ajustes.",
    "settings.server": "Los ajustes son de un servidor. Usa `/settings` en uno.",
    "settings.links.switch": "Enlaces: {state}",
    "settings.explicit.switch": "Explícitas: {state}",
    "settings.all": "Todos los canales",
    "settings.cap.pick": "{n} a la vez",
    "status.title": "Cómo va todo",
    "status.queue": "Cola",
    "status.queue.row": "{queued} en espera · {running} en marcha",
    "status.workers": "Trabajando",
    "status.workers.none": "⚠️ nadie: lo que se pida espera hasta que se inicie un trabajador",
    "status.song": "Ocho versos tardan",
    "status.song.row": "unos {time}",
    "status.links.on": "sí · yt-dlp {version}",
    "status.latency": "Mis respuestas",
    "status.latency.row": "{p50:.0f} ms, y {p99:.0f} ms en la centésima más lenta",
    "status.yours": "Lo tuyo en marcha",
    "status.here": "En marcha en este canal",
    "status.private": "una petición privada",
    "status.nothing": "nada",
    "status.row": "{asked}: {state}",
    "state.queued": "en espera",
    "state.running": "en marcha",
    "reply.empty": "Discord solo me muestra el texto de una respuesta si me menciona. Activa la "
    "@ en la respuesta, o usa los botones.",
    "reply.no_draft": "Responde a uno de mis borradores y di, por ejemplo, “continue”. `/help` "
    "dice qué más entiendo.",
    "reply.nothing_yet": "Aún no tienes ningún borrador. `/lyrics` con un beat escribe el primero.",
    "reply.beat": "Un beat: elígelo abajo y pregunto qué escribir. O usa `/lyrics` y adjúntalo "
    "allí, o mantén pulsado un mensaje que tenga uno: Apps › Escribir letra para este beat.",
    "listen.title": "Lo que oigo en {name}",
    "heard.tempo": "Tempo",
    "heard.key": "Tonalidad",
    "heard.length": "Duración",
    "heard.mood": "Ánimo",
    "heard.tags": "Etiquetas",
    "heard.genre": "Género",
    "heard.bars": "{bars} · {length}",
    "heard.picture": "El sonido del beat a lo largo del tiempo: {tempo}, {key}, {bars}.",
    "heard.energy": "{mood}, energía: {energy}",
    # Help
    "help.title": "Dame un beat y unas palabras, y le escribo la letra.",
    "help.start": "`/lyrics` con un beat y `midnight train` dio esto:",
    "help.then": "**Luego responde al borrador, en inglés y con tus palabras**\n"
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
    "help.commands": "**Comandos**\n"
    "`/lyrics` escribe sobre un beat · `/listen` dice lo que oigo en él\n"
    "`/genre` juzga letras · `/rhymes` encuentra rimas\n"
    "`/drafts` abre, compara, exporta y borra lo que tienes\n"
    "`/status` · `/settings` para quien administra",
    "help.privacy": "Tus borradores son tuyos: responde “my data” o “forget me” cuando quieras.",
}
