"""Requests about what is stored about a writer, and for help."""

from __future__ import annotations

from dataclasses import dataclass

from atl_core.edits.request import Request


@dataclass(frozen=True, slots=True)
class ForgetMe(Request):
    def describe(self) -> str:
        return "forget me"


@dataclass(frozen=True, slots=True)
class MyData(Request):
    def describe(self) -> str:
        return "my data"


@dataclass(frozen=True, slots=True)
class Help(Request):
    def describe(self) -> str:
        return "help"
