"""The terminal that commands print on."""

from __future__ import annotations

from typing import NoReturn

from rich.console import Console


class Terminal(Console):
    """A console that leaves a reader who went away (`rapport ... | head`) to the entry point, which ends quietly."""

    def on_broken_pipe(self) -> NoReturn:
        """Hand the error on: rich itself would end the process with status 1."""
        self.quiet = True
        raise BrokenPipeError
