"""Names in DuckDB: compared without regard to the case of a to z."""

from __future__ import annotations

import string

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def folded(name: str) -> str:
    """The name as the engine compares it: it folds a to z and nothing else."""
    return name.translate(_LOWER)
