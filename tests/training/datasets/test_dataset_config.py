"""One file says what to build."""

from __future__ import annotations

import errno
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from training.__main__ import main
from training.datasets import commands
from training.datasets.config import ConfigError, read_config

DOCS = Path(__file__).parents[3] / "docs" / "datasets.md"
EXAMPLES = re.findall(r"```toml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_documented_examples_are_read_and_print_themselves(
    example: str, tmp_path: Path
) -> None:
    file = tmp_path / "set.toml"
    file.write_text(example, encoding="utf-8")
    config = read_config(file)
    file.write_text(str(config), encoding="utf-8")
    assert read_config(file) == config


def test_the_documentation_names_every_setting() -> None:
    from training.datasets import config

    text = DOCS.read_text(encoding="utf-8")
    tables = (config.Config, config.Artists, config.Tracks, config.Audio, config.Lyrics)
    for table in (*tables, config.Corpus, config.Match, config.Split, config.Pace):
        for name in table.model_fields:
            assert re.search(rf"\b{name}\b", text), f"{table.__name__}.{name}"


BASE = 'name = "x"\nfolder = "x"\n'
LIST = (
    '[artists]\nsource = "list"\n[artists.names]\nhip-hop = ["A"]\ncountry = ["B"]\n'
    '[tracks]\nsource = "musicbrainz"\n'
)


CORPUS = '[corpus]\nsource = "folder"\npath = "x"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "not TOML"),
        (BASE, "either \\[tracks\\]"),
        (BASE + LIST + "[pase]\n", "pase: there is no such setting; there are name, folder, "),
        (BASE + LIST + "[match]\nsecond = 3\n", "match.second: .* there are seconds, allow, lang"),
        (BASE + LIST + "[match]\nseconds = 'x'\n", "match.seconds: should be a valid number"),
        (BASE + LIST + '[match]\nallow = ["liv"]\n', "match.allow: .*'liv'; there are live, cover"),
        (BASE + LIST + '[match]\nlanguage = "English"\n', "match.language: write two letters"),
        (BASE + 'genres = ["Hip Hop"]\n' + LIST, "genres: write 'hip-hop' for 'Hip Hop'"),
        (BASE + 'genres = ["pop", "pop"]\n' + LIST, "genres: each may stand once"),
        ('folder = "x"\n' + LIST, "name: is missing"),
        (BASE + LIST.replace('country = ["B"]', 'polka = ["B"]'), "'polka' is none of the genres"),
        (BASE + "genres = []\n" + LIST, "genres: must not be empty"),
        (BASE + 'genres = "pop"\n' + LIST, "genres: should be a list, such as"),
        (BASE + LIST + '[corpus]\nsource = "folder"\npath = "x"\n', "give either"),
        (BASE + CORPUS + '[audio]\nsource = "youtube"\n', "audio.source: leave it out"),
        (BASE + CORPUS + '[lyrics]\nsources = ["tags"]\n', "lyrics: leave it out"),
        (BASE + CORPUS + '[corpus.genres]\nRap = "rap"\n', "corpus.genres: 'rap' is none of"),
        (BASE + LIST + "[pace]\nmusicbrainz = 0.1\n", "pace.musicbrainz"),
        (BASE + LIST + "[split]\nvalid = 0.6\ntest = 0.5\n", "nothing to train on"),
        (BASE + LIST + '[audio]\nsource = "folder"\n', "audio.path"),
        (BASE + LIST + '[audio]\nsource = "address"\n', "come from a CSV"),
        (BASE + LIST + '[lyrics]\nsources = ["tags"]\n', "tags are read from audio"),
        (BASE + LIST + '[lyrics]\nsources = ["beside"]\n', "lyrics.path"),
        (
            BASE + LIST + '[audio]\nsource = "youtube"\n[lyrics]\nsources = ["beside"]\n',
            "lyrics.path",
        ),
        (BASE + LIST.replace('country = ["B"]\n', ""), "nothing for the genre country"),
        (BASE + '[tracks]\nsource = "spotify"\n', "whose songs"),
        (BASE + '[tracks]\nsource = "csv"\n', "tracks.path"),
        (BASE + '[corpus]\nsource = "musixmatch"\npath = "x"\n', "corpus.tracks"),
        (BASE + '[corpus]\nsource = "lyricwiki"\npath = "x"\n', "corpus.source"),
    ],
)
def test_what_cannot_be_built_is_said_in_one_line(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "set.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=said):
        read_config(file)
    result = CliRunner().invoke(main, ["dataset", "plan", str(file)])
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ")
    assert result.stdout == ""
    assert not (tmp_path / "x").exists()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_config(tmp_path / "none.toml")


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a" / "set.toml"
    file.parent.mkdir()
    file.write_text(BASE + LIST + '[audio]\nsource = "folder"\npath = "/music"\n')
    config = read_config(file)
    assert config.folder == tmp_path / "a" / "x"
    assert config.audio.path == Path("/music")
    shutil.rmtree(file.parent)


def test_a_folder_that_is_not_there_is_named_before_anything_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "set.toml"
    file.write_text(BASE + LIST + '[audio]\nsource = "folder"\npath = "musik"\n')
    result = CliRunner().invoke(main, ["dataset", "plan", str(file)])
    assert result.exit_code == 2
    assert f"audio.path: there is no folder {tmp_path / 'musik'}." in result.stderr


def test_a_manifest_or_a_disk_that_cannot_be_used_is_named_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "set.toml"
    (tmp_path / "songs.csv").write_text("artist,title,genre\nAda,One,country\n")
    file.write_text(BASE + '[tracks]\nsource = "csv"\npath = "songs.csv"\n')
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "manifest.sqlite").write_text(
        "a letter to my aunt, which is no database " * 9
    )
    result = CliRunner().invoke(main, ["dataset", "plan", str(file)])
    assert result.exit_code == 2
    assert "manifest.sqlite cannot be used as a manifest" in result.stderr
    (tmp_path / "x" / "manifest.sqlite").unlink()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(commands, "plan_songs", full)
    result = CliRunner().invoke(main, ["dataset", "plan", str(file)])
    assert result.exit_code == 2
    assert "No space left on device. What is done is kept" in result.stderr
    (tmp_path / "file").touch()
    file.write_text(file.read_text().replace('folder = "x"', 'folder = "file/x"'))
    result = CliRunner().invoke(main, ["dataset", "plan", str(file)])
    assert result.exit_code == 2
    assert "cannot be made: Not a directory. Choose another folder" in result.stderr
