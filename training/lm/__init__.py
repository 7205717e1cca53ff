"""Tuning the language model that writes: sections, LoRA, the training loop."""
