"""Words that the writer at hand says in a way of their own, and caches that know of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Final, ParamSpec, TypeVar

MAX_SOUNDS: Final = 200
"""Words that a writer may say otherwise."""
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OwnSound:
    """How a writer says a word."""

    word: str
    """As it is written: in lower case, or in capitals where only those are meant (`LA`)."""
    how: str
    """In the writer's words: `as in find`."""
    sound: str
    """In ARPAbet, such as `W AY1 N D`."""

    def describe(self) -> str:
        """Such as `wind as in find`."""
        return f"{self.word} {self.how}"


_OWN: ContextVar[Mapping[str, OwnSound]] = ContextVar("own_sounds", default={})  # noqa: B039


@contextmanager
def saying(sounds: Iterable[OwnSound]) -> Iterator[None]:
    """Words are said so while the block runs, in threads that it starts as well."""
    token = _OWN.set({sound.word: sound for sound in sounds})
    try:
        yield
    finally:
        _OWN.reset(token)


def own_sound(word: str) -> tuple[str, ...]:
    """The phonemes of a word as the writer says it; empty where the dictionary's will do."""
    own = _OWN.get()
    return tuple(own[word].sound.split()) if word in own else ()


def own_capitals() -> tuple[OwnSound, ...]:
    """Words in capitals that the writer says otherwise than the same letters in small."""
    return tuple(sound for sound in _OWN.get().values() if sound.word.isupper())


def cached_by_word(maxsize: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """`lru_cache`, passed by for texts that have a word with a sound of the writer's own."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        cached = lru_cache(maxsize=maxsize)(function)

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            own = _OWN.get()
            if own:
                texts = [arg.casefold() for arg in args if isinstance(arg, str)]
                if any(word.casefold() in text for word in own for text in texts):
                    return function(*args, **kwargs)
            return cached(*args, **kwargs)  # type: ignore[arg-type]

        return call

    return decorate
