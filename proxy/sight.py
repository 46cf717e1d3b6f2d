"""How the answers of this deployment are seen: what `taste` asks for, checked at the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from adapters.ports import ConfigError, Embedder, Model
from policies.rewards.factor_file import Learnt, fits, read
from policies.sight import Sight
from proxy.settings import TasteSettings


def sight_of(chosen: TasteSettings, embedder: Embedder | None, model: Model | None) -> Sight:
    """What sees answers. Raises ConfigError for what cannot work."""
    if chosen.judged and model is None:
        raise ConfigError("taste.judged", "a model is to judge, and learning.model names none; name one, or say false")
    factors = _factors(chosen.factors, embedder) if chosen.factors else None
    return Sight(model, embedder, factors, partial(_scored, chosen.bank), chosen.judged)


def lines_of(bank: str | None) -> Sequence[str]:
    """The lines of the bank in a file, or of the one that comes along. Raises ConfigError."""
    if bank is None:
        from policies.rewards.deck import shipped

        return shipped()
    return text_of(bank, "taste.bank").splitlines()


def _factors(file: str, embedder: Embedder | None) -> Learnt:
    from policies.rewards.directions import OVER

    has = (embedder.name, embedder.dimensions) if embedder else None
    return fits(read(text_of(file, "taste.factors"), "taste.factors"), OVER, has, "taste.factors")


def _scored(bank: str | None) -> Mapping[str, Mapping[str, float]]:
    """The bank's scores by text; none of a bank that broke after the start."""
    from policies.rewards.bank import parsed, scores_of

    try:
        return scores_of(parsed(lines_of(bank), "taste.bank"))
    except ConfigError:
        return {}


def text_of(file: str, place: str) -> str:
    """A file's text. Raises ConfigError, naming `place`, for one that cannot be read or is no UTF-8."""
    try:
        return Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8"
        raise ConfigError(place, f"cannot be read: {reason}") from error
