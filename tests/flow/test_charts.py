"""Charts of songs, as the benchmarks read them: a made-up one of each kind."""

from __future__ import annotations

from pathlib import Path

from benchmarks.flow_songs import has_fitted_artist, is_held_out, rap_lines, sung_lines

SUNG = """\
**kern\t**silbe\t**rhyme
*M4/4\t*\t*
=1\t=1\t=1
4c\tmid-\t.
4d\t-night\t.
8eq\tri\t.
[8f\t_\t.
8f]\t_\t.
4g\tver\t.
=2\t=2\t=2
4c\tfol\tA
4d\tlow\t.
4c\tme\t.
4d\tnow\tA
=3\t=3\t=3
1r\t.\t.
=4\t=4\t=4
1r\t.\t.
=\t=\t=
"""

RAP = """\
**recip\t**stress\t**tone\t**break\t**rhyme\t**ipa\t**lyrics\t**hype
=1\t=1\t=1\t=1\t=1\t=1\t=1\t=1
4\t1\t.\t4\t.\ta\tone\t.
4\t1\t.\t.\t.\ta\ttwo\t.
4\t1\t.\t.\t.\ta\tthree\t.
4.\t1\t.\t.\t.\ta\tfour\t.
=2\t=2\t=2\t=2\t=2\t=2\t=2\t=2
8\t1\t.\t4\t.\ta\tfive\t.
4\t1\t.\t.\t.\ta\tsix\t.
4\t1\t.\t.\t.\ta\tseven\t.
4\t1\t.\t.\t.\ta\teight\t.
=3\t=3\t=3\t=3\t=3\t=3\t=3\t=3
1\t.\t.\t.\t.\tR\t.\t.
=4\t=4\t=4\t=4\t=4\t=4\t=4\t=4
1\t.\t.\t.\t.\tR\t.\t.
=5\t=5\t=5\t=5\t=5\t=5\t=5\t=5
"""


def test_a_grace_note_takes_no_time_and_a_line_ends_with_a_word(tmp_path: Path) -> None:
    (tmp_path / "A_Song.hum").write_text(SUNG)
    (line,) = sung_lines(tmp_path)
    assert line.text == "midnight river follow"
    assert [word.syllables for word in line.words] == [2, 2, 2]
    assert line.places == (0.0, 1.0, 2.0, 3.0, 4.0, 5.0)


def test_a_bar_line_stands_where_the_bar_begins(tmp_path: Path) -> None:
    (tmp_path / "A_Song.rap").write_text(RAP)
    first, second = rap_lines(tmp_path)
    assert (first.places, first.bar) == ((0.0, 1.0, 2.0, 3.0), 0.0)
    assert (second.places, second.bar) == ((0.5, 1.0, 2.0, 3.0), 1.0)


def test_songs_are_held_out_and_their_artists_known() -> None:
    songs = ["A_1", "A_2", "B_1", "C_1", "D_1"]
    assert [is_held_out(song, songs) for song in songs] == [True, False, False, True, False]
    assert [has_fitted_artist(song, songs) for song in ("A_1", "C_1")] == [True, False]
