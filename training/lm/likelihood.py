"""How likely a writer finds lines after their prompts, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from atl_core.captioner.logits_processors import columns_of

Row = tuple[list[int], list[int]]
"""Token ids: what is given, and the line with its line break."""


@dataclass(frozen=True, slots=True)
class Branches:
    """Token ids of a prompt, and of several lines that each follow it."""

    prompt: list[int]
    lines: list[Row]
    """What is given of each line, at least one token, and the rest of it."""

    @property
    def tokens(self) -> int:
        """How many there are."""
        return len(self.prompt) + sum(len(given) + len(line) for given, line in self.lines)


def read_branches(
    model: Any, batch: Sequence[Branches], vocabulary: Tensor
) -> tuple[Tensor, Tensor]:
    """How likely the lines of a batch are, and what a critic looks at; see
    `atl_core.captioner.critic.features`.

    Each prompt is read once, which takes a quarter of the tokens where it has six lines. The lines
    stand behind the prompt one after the other, at the positions that each would have alone, and an
    attention mask hides them from each other.

    Args:
        vocabulary: sorted ids of the tokens that lines consist of. A token that is none of them is
            as likely as the least likely of them.

    Returns:
        Log-likelihoods, (lines,), and what a critic looks at, (lines, 2 x width), of all lines of
        the first prompt, then of the second, and so on.
    """
    device = vocabulary.device
    shape = len(batch), max(one.tokens for one in batch)
    ids, positions = torch.zeros(shape, dtype=torch.long), torch.zeros(shape, dtype=torch.long)
    owner = torch.full(shape, -1)  # 0 the prompt, then the number of the line; -1 padding
    rows: list[int] = []
    places: list[int] = []
    line_of: list[int] = []
    lasts: list[tuple[int, int]] = []
    for row, one in enumerate(batch):
        parts = [one.prompt, *(given + line for given, line in one.lines)]
        at = 0
        for number, part in enumerate(parts):
            span = slice(at, at + len(part))
            ids[row, span], owner[row, span] = torch.tensor(part), number
            first = len(one.prompt) if number else 0
            positions[row, span] = torch.arange(first, first + len(part))
            at += len(part)
            if number:
                scored = range(at - len(one.lines[number - 1][1]), at)
                rows += [row] * len(scored)
                places += scored
                line_of += [len(lasts)] * len(scored)
                lasts.append((row, at - 1))
    owner = owner.to(device)
    of_query, of_key = owner[:, :, None], owner[:, None, :]
    causal = torch.ones(shape[1], shape[1], dtype=torch.bool, device=device).tril()
    seen = causal & (of_key >= 0) & ((of_key == 0) | (of_key == of_query))
    # A row of attention that sees nothing would be NaN: padding sees itself.
    seen |= torch.eye(shape[1], dtype=torch.bool, device=device)
    ids = ids.to(device)
    hidden = model.model(
        input_ids=ids, position_ids=positions.to(device), attention_mask=seen[:, None],
        use_cache=False,
    ).last_hidden_state  # fmt: skip
    of_row, place, line = (torch.tensor(one, device=device) for one in (rows, places, line_of))
    columns, known = columns_of(vocabulary, ids[of_row, place])
    logits = F.linear(hidden[of_row, place - 1], model.lm_head.weight[vocabulary]).float()
    of_token = logits.gather(1, columns[:, None])[:, 0]
    of_token = torch.where(known, of_token, logits.detach().amin(1)) - logits.logsumexp(1)
    likelihood = torch.zeros(len(lasts), device=device).index_add(0, line, of_token)
    states = hidden[of_row, place].float()
    mean = torch.zeros(len(lasts), states.shape[1], device=device).index_add(0, line, states)
    mean = mean / torch.bincount(line)[:, None]
    last_row, last_place = torch.tensor(lasts, device=device).T
    return likelihood, torch.cat([mean, hidden[last_row, last_place].float()], 1)
