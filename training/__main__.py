"""`python -m training prepare|train|evaluate ...`: the door to all research.

Commands are imported only when they are called, so that `--help` is quick and one experiment's
dependencies do not burden another. To add a command, add a line to `COMMANDS`.
"""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS: dict[str, dict[str, tuple[str, str]]] = {
    "prepare": {
        "originality": ("training.originality:prepare", "The index of known lyrics, as hashes."),
        "statistics": ("training.lyric_statistics:prepare", "Counts and neighbours of words."),
        "rhymes": ("training.rhyme_index:prepare", "Which common words share a rhyme."),
        "lm": ("training.lm.commands:prepare", "The base model, unpacked."),
        "sections": ("training.lm.commands:prepare_sections", "Lyrics with the prompt's labels."),
        "places": ("training.lm.commands:prepare_places", "Lines that readers can choose among."),
        "sheets": ("training.lm.commands:prepare_sheets", "Places on sheets, for readers."),
        "choices": ("training.lm.commands:prepare_choices", "What readers answered."),
        "genre": ("training.genre.other_texts:prepare", "Texts that are neither genre."),
        "captioner": ("training.captioners.commands:prepare", "Clips and lines, paired."),
    },
    "train": {
        "lm": ("training.lm.commands:train", "The language model that writes."),
        "preference": ("training.lm.commands:prefer", "Preferences and the critic, after lm."),
        "rankings": (
            "training.lm.commands:train_rankings",
            "The writer, on readers' rankings; after package.",
        ),
        "choices": (
            "training.lm.commands:train_choices",
            "The critic and the ranking; after rankings.",
        ),
        "genre": ("training.genre.commands:train", "The genre classifiers."),
        "captioner": ("training.captioners.commands:train", "The paper's captioners."),
        "gan": ("training.captioners.commands:gan", "A captioner against a critic: an experiment."),
    },
    "evaluate": {
        "lm": ("training.lm.commands:evaluate", "The language model that writes, on new artists."),
        "genre": ("training.genre.commands:evaluate", "The genre classifiers, on new artists."),
        "verdict": ("training.genre.commands:evaluate_verdict", "The genre verdict as a whole."),
        "captioner": ("training.captioners.commands:evaluate", "The paper's, on new artists."),
    },
    "package": {
        "lm": ("training.lm.commands:package", "The language model that writes."),
        "captioner": ("training.captioners.commands:package", "One of the paper's captioners."),
    },
    "dataset": {
        "plan": ("training.datasets.commands:plan", "Which songs, how much, how long."),
        "fetch": ("training.datasets.commands:fetch", "Audio and lyrics of what is planned."),
        "check": ("training.datasets.commands:check", "Files as they were; no song twice."),
        "split": ("training.datasets.commands:split", "By artist, balanced; write the files."),
        "card": ("training.datasets.commands:card", "What it contains and may be used for."),
    },
}
"""Verb -> subject -> where its click command is (module:attribute) and one line of help."""

HELP = {
    "prepare": "Make data sets.",
    "train": "Train a model and write its weights.",
    "evaluate": "Measure a model on data that it has not seen.",
    "package": "Make the folder in weights/ of a finished run.",
    "dataset": "Build a data set from your own sources (docs/datasets.md).",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are needed."""

    def __init__(self, name: str, subjects: dict[str, tuple[str, str]]) -> None:
        super().__init__(name, help=HELP.get(name, ""))
        self.subjects = subjects

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(self.subjects)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        del ctx
        if name not in self.subjects:
            return None
        module, attribute = self.subjects[name][0].split(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_) for name, (_, help_) in self.subjects.items()])


@click.group()
def main() -> None:
    """Train and measure the models of ATL."""


for _verb, _subjects in COMMANDS.items():
    main.add_command(LazyGroup(_verb, _subjects))

if __name__ == "__main__":
    main(prog_name="python -m training")
