"""The format that the model was tuned on. Changing it makes the shipped adapter worthless."""

from __future__ import annotations

from atl_core.captioner.prompt import header, planned_line
from atl_core.captioner.topic import topic_words
from atl_core.lyrics.brief import GENRES
from atl_core.lyrics.vocabulary import figures


def test_a_section_reads_as_in_training() -> None:
    text = header("country", "sad", "low", False, ["river", "mama"])
    text += planned_line("Mama stood out in the rain", 7, "rain")
    text += planned_line("And watched the river come again", 8)
    assert text == (
        "country, sad, low energy, clean\n"
        "about: river, mama\n"
        "7 rain: Mama stood out in the rain\n"
        "8: And watched the river come again\n"
    )


def test_a_section_about_nothing_in_particular() -> None:
    assert header("hip-hop", None, "high", True, []) == (
        "hip-hop, high energy, explicit\nabout: anything\n"
    )


def test_the_topic_opens_with_the_seeds_and_goes_on_to_words_near_them() -> None:
    topic = topic_words(["Midnight", "train"], "country")
    assert topic[:2] == ("midnight", "train")
    assert len(topic) == len(set(topic)) == 6


def test_the_words_near_a_seed_suit_the_genre() -> None:
    near = {genre: set(topic_words(["night"], genre)[1:]) for genre in GENRES}
    lean = {genre: [found.lean for w in near[genre] if (found := figures(w))] for genre in GENRES}
    assert min(lean["country"]) > -0.8
    assert max(lean["hip-hop"]) < 0.8


def test_every_seed_stays_in_the_topic_however_many_there_are() -> None:
    seeds = "gold dust river whiskey mama road truck moon".split()
    assert topic_words(seeds, "hip-hop") == tuple(seeds)


def test_a_seed_that_no_song_knows_is_still_the_topic() -> None:
    assert topic_words(["blorf"], "country") == ("blorf",)
