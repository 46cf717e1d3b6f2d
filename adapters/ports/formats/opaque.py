"""Requests that name a model and are no chat: nothing in them is read, and nothing is added."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.ports.formats.base import Fields, Items, Turn


class Opaque:
    """The format of an endpoint whose bodies are passed on as they are."""

    field = ""
    chat = False

    def __init__(self, name: str, path: str, anthropic: bool = False) -> None:
        self.name = name
        self.path = path
        self.anthropic = anthropic

    def items(self, fields: Fields) -> Items:
        """None."""
        return ()

    def turns(self, fields: Fields, items: Items) -> Iterator[Turn]:
        """None."""
        return iter(())

    def opens(self, fields: Fields) -> bool:
        """There is no conversation."""
        return True

    def profiled(self, fields: Fields, items: Items, text: str) -> tuple[Fields, Items]:
        """As it came."""
        return fields, items

    def tailed(self, fields: Fields, items: Items, index: int, text: str) -> tuple[Fields, Items]:
        """As it came."""
        return fields, items
