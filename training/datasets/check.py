"""`check`: the files are what the manifest says, and no song is in the set twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from atl_core.audio.decode import decode
from atl_core.errors import BeatError
from training.datasets.config import Config
from training.datasets.duplicates import mark_duplicates
from training.datasets.fetch import because, file_hash, in_a_list
from training.datasets.manifest import Manifest, Row
from training.datasets.songs import counted, wrong_language


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found."""

    good: int
    again: int
    """Songs that `fetch` must get once more."""
    wrong: Counter[str]
    """Why songs were left out now."""
    duplicates: int

    def __str__(self) -> str:
        return (
            f"as they should be: {counted(self.good)}\n"
            f"near-duplicates, not used: {counted(self.duplicates)}\n"
            f"to fetch again: {counted(self.again)}\n"
            f"left out now: {counted(self.wrong.total())}"
            + "".join(f"\n  {songs:,} x {reason}" for reason, songs in self.wrong.most_common())
        )


def check(
    config: Config, manifest: Manifest, step: Callable[[Row], None], *, hear: bool = False
) -> Checked:
    """Compare every finished song with its row; with `hear`, decode its audio as well.

    A file that is missing or has changed is planned again. Lyrics in another language and audio
    that cannot be decoded are left out.

    Raises:
        ManifestError: nothing is fetched.
    """
    manifest.need_songs()
    again, wrong = 0, Counter[str]()
    for row in manifest.rows("state = 'done'"):
        if row.audio_sha256 and not _is_whole(config, row):
            manifest.update(
                row.key, state="planned", audio_file="", audio_sha256="", audio_seconds=None,
                audio_source="", reason="not yet: its file is missing or has changed",
            )  # fmt: skip
            again += 1
        elif reason := _fault(config, row, hear):
            manifest.update(row.key, state="skipped", reason=reason)
            wrong[reason] += 1
        step(row)
    duplicates = mark_duplicates(manifest, config.split.duplicate)
    manifest.remember("checked", "yes")
    good = manifest.count("state = 'done' AND duplicate_of = ''")
    return Checked(good, again, wrong, duplicates)


def _is_whole(config: Config, row: Row) -> bool:
    path = config.folder / row.audio_file
    try:
        whole = file_hash(path) == row.audio_sha256
    except OSError:
        return False
    if not whole and path.is_relative_to(config.folder / "audio"):
        path.unlink()  # ours, and damaged: the next fetch must not take it for a finished one
    return whole


def _fault(config: Config, row: Row, hear: bool) -> str:
    if row.words.sha256 != row.lyrics_sha256:
        return "the lyrics are not those that were fetched"
    if reason := wrong_language(row.words, config.match.language):
        return because("no lyrics", [reason])
    if hear and row.audio_file:
        try:
            decode(
                config.folder / row.audio_file,
                max_seconds=config.audio.max_seconds,
                max_megabytes=config.audio.max_megabytes,
            )
        except BeatError as error:
            return because("no audio", [in_a_list(error.problem)])
    return ""
