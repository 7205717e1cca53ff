"""Low-rank adapters (LoRA, Hu et al. 2021) on every linear layer of a Llama-like model."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from atl_core.captioner.adapter import updates

TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class LoraLinear(nn.Module):
    """A frozen linear layer plus a trainable update of low rank: W x + (alpha / r) B A x."""

    def __init__(self, frozen: nn.Linear, rank: int, alpha: float) -> None:
        super().__init__()
        self.frozen = frozen
        self.scale = alpha / rank
        self.is_merged = False
        # float32 whatever the base is in: small updates vanish in bfloat16.
        self.a = nn.Parameter(torch.empty(rank, frozen.in_features))
        self.b = nn.Parameter(torch.zeros(frozen.out_features, rank))
        nn.init.kaiming_uniform_(self.a, a=math.sqrt(5))

    def forward(self, x: Tensor) -> Tensor:
        if self.is_merged:
            return self.frozen(x)
        update = F.linear(F.linear(x, self.a.to(x.dtype)), self.b.to(x.dtype))
        return self.frozen(x) + self.scale * update


def attach(model: nn.Module, rank: int, alpha: float) -> list[nn.Parameter]:
    """Freeze `model` and put an adapter on each target layer. Returns what is to be trained."""
    model.requires_grad_(False)
    places = [
        (module, name, child)
        for module in model.modules()
        for name, child in module.named_children()
        if name in TARGETS and isinstance(child, nn.Linear)
    ]
    adapters = []
    for module, name, child in places:
        adapter = LoraLinear(child, rank, alpha).to(child.weight.device)
        setattr(module, name, adapter)
        adapters += [adapter.a, adapter.b]
    return adapters


@contextmanager
def merged(model: nn.Module) -> Iterator[None]:
    """Run the model with its adapters added to the weights, which halves the kernels of a step."""
    adapters = [module for module in model.modules() if isinstance(module, LoraLinear)]
    with torch.no_grad():
        kept = [module.frozen.weight.clone() for module in adapters]
        for module in adapters:
            weight = module.frozen.weight
            weight.copy_(weight.float() + module.scale * (module.b @ module.a))
            module.is_merged = True
    try:
        yield
    finally:
        with torch.no_grad():
            for module, weight in zip(adapters, kept, strict=True):
                module.frozen.weight.copy_(weight)
                module.is_merged = False


def adapter_state(model: nn.Module) -> dict[str, Tensor]:
    """The adapters' tensors, named `<layer>.lora_a` and `<layer>.lora_b`, the scale in `b`."""
    state = {}
    for name, module in model.named_modules():
        if isinstance(module, LoraLinear):
            state[f"{name}.lora_a"] = module.a.detach().clone()
            state[f"{name}.lora_b"] = module.b.detach() * module.scale
    return state


def load_adapter_state(model: nn.Module, state: dict[str, Tensor]) -> None:
    """Put back what `adapter_state` took."""
    with torch.no_grad():
        for name, module in model.named_modules():
            if isinstance(module, LoraLinear):
                module.a.copy_(state[f"{name}.lora_a"])
                module.b.copy_(state[f"{name}.lora_b"] / module.scale)


def merge(model: nn.Module, adapter: dict[str, Tensor]) -> None:
    """Add the updates of a stored adapter to a model that has none."""
    parameters = dict(model.named_parameters())
    with torch.no_grad():
        for layer, update in updates(adapter):
            weight = parameters[f"{layer}.weight"]
            weight.copy_((weight.float() + update.to(weight.device)).to(weight.dtype))
