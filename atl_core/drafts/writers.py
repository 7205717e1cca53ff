"""What is kept of a writer for all of their drafts: words to avoid, and how they say words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from atl_core.drafts import people, sounds
from atl_core.drafts.database import empty_log, lock
from atl_core.drafts.lazy_database import LazyDatabase
from atl_core.drafts.listing import Forgotten
from atl_core.errors import DraftError
from atl_core.lyrics.checks import MAX_AVOIDED
from atl_core.lyrics.saying import MAX_SOUNDS, OwnSound


class WriterStore:
    """Every method takes who is asking, as those of `DraftStore` do."""

    def __init__(self, database: LazyDatabase) -> None:
        self._database = database

    async def my_data(self, owner: str) -> dict[str, Any]:
        """All that is stored about the asker, as JSON."""
        async with self._database.reading() as connection:
            return await people.everything_of(connection, owner)

    async def avoided(self, owner: str) -> tuple[str, ...]:
        """Words that the asker avoids in all drafts."""
        async with self._database.reading() as connection:
            return await people.avoided(connection, owner)

    async def avoid(
        self, owner: str, words: Sequence[str] = (), *, allow: Sequence[str] | None = None
    ) -> tuple[str, ...]:
        """Add words that the asker avoids in all drafts, or take some off; all that are left.

        Raises:
            DraftError: they are too many.
        """
        async with self._database.writing() as connection:
            await lock(connection, f"writer {owner}")
            before = await people.avoided(connection, owner)
            after = tuple(
                word for word in dict.fromkeys((*before, *words)) if word not in (allow or ())
            )
            if len(after) > MAX_AVOIDED:
                raise DraftError(
                    f"{len(after)} words to avoid are too many.",
                    f"Up to {MAX_AVOIDED} are kept.",
                    "Allow some first: allow neon.",
                )
            await people.set_avoided(connection, owner, after)
            return after

    async def sounds(self, owner: str) -> tuple[OwnSound, ...]:
        """How the asker says words, in all drafts."""
        async with self._database.reading() as connection:
            return await sounds.sounds(connection, owner)

    async def say(
        self, owner: str, sound: OwnSound | None = None, *, forget: Sequence[str] = ()
    ) -> tuple[OwnSound, ...]:
        """Keep how the asker says a word, or forget it for some; all that are left.

        Raises:
            DraftError: they are too many, or there is no such word to forget.
        """
        async with self._database.writing() as connection:
            await lock(connection, f"writer {owner}")
            known = {said.word: said for said in await sounds.sounds(connection, owner)}
            for word in forget:
                if known.pop(word.casefold(), known.pop(word.upper(), None)) is None:
                    raise DraftError(
                        f"You say {word} as usual.", remedy="Ask: how do I say things?"
                    )
            if sound:
                known[sound.word] = sound
            if len(known) > MAX_SOUNDS:
                raise DraftError(
                    f"{len(known)} words of your own sound are too many.",
                    f"Up to {MAX_SOUNDS} are kept.",
                    "Forget one first: say wind as usual.",
                )
            await sounds.set_sounds(connection, owner, tuple(known.values()))
            return tuple(known.values())

    async def forget_me(self, owner: str) -> Forgotten:
        """Remove all that is stored about the asker, at once and for good."""
        async with self._database.writing() as connection:
            forgotten = await people.forget(connection, owner)
        await empty_log(await self._database.engine())
        return forgotten
