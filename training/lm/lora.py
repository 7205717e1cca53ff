"""Low-rank adapters (LoRA, Hu et al. 2021) on every linear layer of a Llama-like model."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class LoraLinear(nn.Module):
    """A frozen linear layer plus a trainable update of low rank: W x + (alpha / r) B A x."""

    def __init__(self, frozen: nn.Linear, rank: int, alpha: float) -> None:
        super().__init__()
        self.frozen = frozen
        self.scale = alpha / rank
        # float32 whatever the base is in: small updates vanish in bfloat16.
        self.a = nn.Parameter(torch.empty(rank, frozen.in_features))
        self.b = nn.Parameter(torch.zeros(frozen.out_features, rank))
        nn.init.kaiming_uniform_(self.a, a=math.sqrt(5))

    def forward(self, x: Tensor) -> Tensor:
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
        adapter = LoraLinear(child, rank, alpha)
        setattr(module, name, adapter)
        adapters += [adapter.a, adapter.b]
    return adapters


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
    """Add the updates in `adapter`, as `adapter_state` gives them, to a model that has none."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            layer = name.removesuffix(".weight")
            if f"{layer}.lora_a" in adapter:
                update = adapter[f"{layer}.lora_b"].float() @ adapter[f"{layer}.lora_a"].float()
                parameter.copy_((parameter.float() + update).to(parameter.dtype))
