"""Builds a tokenizer from the metadata of a GGUF file, for models that come without one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

from atl_core.errors import WeightsError

NORMAL, BYTE = 1, 6
"""Token types of GGUF. The others are control, unknown and user-defined tokens."""

GPT4_SPLIT: Final = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
SPLITS: Final = {"qwen2": GPT4_SPLIT % "", "llama-bpe": GPT4_SPLIT % "{1,3}",
                 "llama3": GPT4_SPLIT % "{1,3}"}  # fmt: skip
"""`tokenizer.ggml.pre` -> the regular expression that splits text before BPE."""


def build_tokenizer(field: Callable[..., Any]) -> Tokenizer:
    """The tokenizer of a GGUF file.

    Args:
        field: reads a value of the metadata by its key, with a default.

    Raises:
        WeightsError: the kind of tokenizer is not supported.
    """
    kind = field("tokenizer.ggml.model")
    tokens: list[str] = field("tokenizer.ggml.tokens")
    types: list[int] = field("tokenizer.ggml.token_type", [NORMAL] * len(tokens))
    if kind == "gpt2":
        tokenizer = _byte_level_bpe(tokens, field)
    elif kind == "llama":
        tokenizer = _sentencepiece_bpe(tokens, field)
    else:
        raise WeightsError(
            f"The tokenizer of the GGUF file is of type {kind}.",
            "Tokenizers of type gpt2 (byte-level BPE) and llama (SentencePiece BPE) are accepted.",
            "Put the model's tokenizer.json and config.json with safetensors into a folder.",
        )
    special = [
        AddedToken(token, special=True, normalized=False)
        for token, type_ in zip(tokens, types, strict=True)
        if type_ not in (NORMAL, BYTE)
    ]
    tokenizer.add_special_tokens(special)
    return tokenizer


def _byte_level_bpe(tokens: list[str], field: Callable[..., Any]) -> Tokenizer:
    merges = [tuple(merge.split(" ", 1)) for merge in field("tokenizer.ggml.merges")]
    vocabulary = {token: number for number, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocabulary, merges))
    pre = field("tokenizer.ggml.pre", "gpt-2")
    if pre in SPLITS:
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
            pre_tokenizers.Split(Regex(SPLITS[pre]), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ])  # fmt: skip
    else:
        digits = [pre_tokenizers.Digits(individual_digits=True)] if pre == "smollm" else []
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [*digits, pre_tokenizers.ByteLevel(add_prefix_space=False)]
        )
    if pre == "qwen2":
        tokenizer.normalizer = normalizers.NFC()
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def _sentencepiece_bpe(tokens: list[str], field: Callable[..., Any]) -> Tokenizer:
    vocabulary = {token: number for number, token in enumerate(tokens)}
    scores: list[float] = field("tokenizer.ggml.scores")
    # SentencePiece stores scores and no merges: every split of a piece into two pieces is a merge,
    # and the better the score of the result, the earlier it is applied.
    merges = [
        (-scores[number], token[:cut], token[cut:])
        for token, number in vocabulary.items()
        for cut in range(1, len(token))
        if token[:cut] in vocabulary and token[cut:] in vocabulary
    ]
    merges.sort(key=lambda merge: (merge[0], vocabulary[merge[1]], vocabulary[merge[2]]))
    tokenizer = Tokenizer(
        models.BPE(
            vocabulary, [(left, right) for _, left, right in merges],
            unk_token=tokens[field("tokenizer.ggml.unknown_token_id", 0)], fuse_unk=True,
            byte_fallback=True,
        )
    )  # fmt: skip
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")
    ])  # fmt: skip
    tokenizer.decoder = decoders.Sequence([
        decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(),
        decoders.Strip(" ", 1, 0),
    ])  # fmt: skip
    return tokenizer
