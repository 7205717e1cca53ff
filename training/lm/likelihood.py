"""How likely a writer finds lines after their prompts, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from atl_core.captioner.logits_processors import columns_of

Row = tuple[list[int], list[int]]
"""Token ids: what is given, and the line with its line break."""


def read(model: Any, rows: Sequence[Row], vocabulary: Tensor) -> tuple[Tensor, Tensor]:
    """Log-likelihood of each line, (rows,), and what a critic looks at, (rows, 2 x width); see
    `atl_core.captioner.critic.features`.

    Args:
        vocabulary: sorted ids of the tokens that lines consist of. A token that is none of them is
            as likely as the least likely of them.
    """
    device = vocabulary.device
    longest = max(len(given) + len(line) for given, line in rows)
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    scored = torch.zeros(len(rows), longest, dtype=torch.bool)
    for i, (given, line) in enumerate(rows):
        ids[i, : len(given) + len(line)] = torch.tensor(given + line)
        scored[i, len(given) : len(given) + len(line)] = True
    last = torch.tensor([len(given) + len(line) - 1 for given, line in rows], device=device)
    ids, scored = ids.to(device), scored.to(device)
    # No mask: padding is at the end, where causal attention hides it from every real token.
    hidden = model.model(input_ids=ids, use_cache=False).last_hidden_state
    wanted = scored[:, 1:]
    tokens = ids[:, 1:][wanted]
    columns, known = columns_of(vocabulary, tokens)
    logits = F.linear(hidden[:, :-1][wanted], model.lm_head.weight[vocabulary]).float()
    of_token = logits.gather(1, columns[:, None])[:, 0]
    of_token = torch.where(known, of_token, logits.detach().amin(1))
    row = torch.arange(len(rows), device=device)[:, None].expand_as(wanted)[wanted]
    likelihood = torch.zeros(len(rows), device=device)
    likelihood = likelihood.index_add(0, row, of_token - logits.logsumexp(1))
    states = hidden.float()
    mean = (states * scored[..., None]).sum(1) / scored.sum(1, keepdim=True)
    return likelihood, torch.cat([mean, states[torch.arange(len(rows), device=device), last]], 1)
