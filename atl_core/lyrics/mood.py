"""Moods of a text, by counting the words that carry them.

The labels on the training lyrics come from here, and so does the mood fit of a candidate line.
A word list is crude, but it is the same in training and in writing, it can be read, and a writer
who asks for "sad" gets the words that he would name himself. (The published adapters were trained
with the first third of each list.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Final

from atl_core.lyrics.brief import Mood

MOOD_WORDS: Final[dict[Mood, frozenset[str]]] = {
    "happy": frozenset(
        "happy smile smiling sunshine sunny laugh laughing joy glad bright blessed sing singing"
        " summer good great free grateful win winning shine shining wonderful better best bless"
        " golden hallelujah dream dreams fun alright celebrate smiles smiled laughs laughed"
        " laughter giggle grin grinning cheer cheers cheerful cheering sunlight sunrise bloom"
        " blooming blossom holiday birthday lucky paradise heaven merry jolly delight brighter"
        " brightest glow glowing sparkle freedom hope hopeful proud blessing blessings thankful"
        " hug hugs picnic playground rainbow happily happier happiness joyful giddy beaming"
        " skipping whistling humming".split()
    ),
    "sad": frozenset(
        "sad cry crying cried tear tears lonely alone lonesome blue blues hurt hurts hurting"
        " pain goodbye gone lost miss missing broken break heartache sorrow sorry rain leave"
        " leaving left die died weep grave empty cold regret memory memories apart sadness"
        " sadder teardrop teardrops weeping sobbing grief grieve grieving mourn mourning funeral"
        " coffin casket gravestone widow orphan heartbroken hollow ache aching aches bruised"
        " scar scars fading faded farewell forgotten abandoned stranded helpless hopeless"
        " homesick bitter ashamed wasted wounded wounds shattered ruined fallen drown drowning"
        " numb dying emptiness withered wilted gray unanswered missed breaking broke lose losing"
        " hearse".split()
    ),
    "chill": frozenset(
        "chill easy slow breeze lay laying lazy cool calm river porch sunset drift float"
        " floating relax smoke sip sipping mellow quiet evening ocean sea cruise cruising ride"
        " riding window moonlight stars sky peace wind home sleep slowly breezy hammock drifting"
        " floated lounge lounging swaying gently softly hush dusk twilight afternoon sunday"
        " shade lemonade tea blanket pillow nap waves shore shoreline sand beach lake creek"
        " fishing".split()
    ),
    "party": frozenset(
        "party dance dancing club drink drinking drunk beer whiskey bottle bottles bar dj floor"
        " tonight saturday friday weekend jump bounce shake music loud band radio crowd hands"
        " crazy wild rock shots champagne money clap everybody parties partying dances danced"
        " nightclub tequila vodka rum cooler keg toast booze bass speakers speaker rave confetti"
        " balloons shouting stomp stomping twirl jukebox tailgate bonfire".split()
    ),
    "love": frozenset(
        "love loving loved lover kiss kisses kissing heart darling baby sweet honey hold"
        " holding touch arms forever marry ring wife together eyes beautiful angel girl woman"
        " lips romance mine yours babe sweetheart romantic valentine roses rose bouquet wedding"
        " bride groom vow vows cuddle embrace caress tender tenderly adore cherish devoted"
        " devotion soulmate beloved dearest crush hearts lovers kissed honeymoon".split()
    ),
    "dark": frozenset(
        "dark darkness devil hell death dead kill killing killer blood gun guns murder shadow"
        " shadows demon demons night fear evil ghost ghosts enemy enemies war knife prison jail"
        " bury buried sin sins grave hate fight trouble bullets hood streets cops darker darkest"
        " deadly bleed bleeding bloody blade blades razor poison poisoned venom snake snakes"
        " wolf wolves vultures crow crows raven skull bones coffin casket corpse curse cursed"
        " wicked sinister haunted haunting haunt nightmare nightmares scream screams screaming"
        " terror horror dread doom doomed grim reaper satan flames ashes fangs claws trigger"
        " pistol rifle murderer violence violent revenge vengeance rage prey lurking creeping"
        " shackles noose graveyard cemetery".split()
    ),
}
"""Moods by the words that carry them; a word may carry two."""


@cache
def _moods_of(word: str) -> tuple[Mood, ...]:
    return tuple(mood for mood, carriers in MOOD_WORDS.items() if word in carriers)


def mood_counts(words: Iterable[str]) -> Counter[Mood]:
    """How many of the words carry each mood."""
    return Counter(mood for word in words for mood in _moods_of(word))


WEAK: Final = frozenset(
    "good great free dream dreams better best sing singing summer bright win winning alright fun"
    " blue gone left leave leaving miss missed lost lose losing rain cold break broke missing"
    " memory memories bitter easy lay laying cool window sky stars wind home sleep ride riding tea"
    " sunday afternoon river beach lake sand money wild rock floor music loud band radio crowd"
    " hands bar bottle bottles crazy jump speaker keg cooler eyes hold holding touch arms girl"
    " woman baby mine yours together ring wife honey crush night fight streets hood cops trouble"
    " snake snakes crow crows wolf trigger fangs claws".split()
)
"""Words that carry their mood only among others: alone they do not turn a line to it."""
OPPOSITES: Final[dict[Mood, tuple[Mood, ...]]] = {
    "happy": ("sad", "dark"),
    "sad": ("happy", "party"),
    "chill": ("party", "dark"),
    "party": ("sad", "chill"),
    "love": ("dark", "sad"),
    "dark": ("happy", "love"),
}
"""Moods that a line leaves when it turns to another; the first is furthest away."""


def mood_balance(words: Iterable[str], mood: Mood) -> int:
    """Words that carry the mood clearly less those that carry only an opposite, from -2 to 2."""
    counts = [_moods_of(word) for word in words if word not in WEAK]
    towards = sum(mood in found for found in counts)
    away = sum(mood not in found and bool(set(found) & {*OPPOSITES[mood]}) for found in counts)
    return max(-2, min(2, towards - away))
