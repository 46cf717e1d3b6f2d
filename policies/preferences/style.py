"""How a person writes, from what they wrote: running sums over their own texts, and claims only where the sums bear it.

Outputs say more about taste than questions do ("Understanding the Role of User Profile in the Personalization of LLMs",
arXiv 2406.17803): so only texts that the person wrote, edited or imported are measured, never their questions.

Every rate is pooled with a house prior of `_PRIOR_WEIGHT` invented outputs, so that two texts cannot make a habit. A
claim appears when the chance that the rate lies beyond its bar (normal approximation to the Beta posterior) passes
`_APPEARS`, and goes when that chance falls under `_STAYS`: the gap keeps summaries from flapping.

The same texts also give the sums of `likeness`, which say nothing in words: they are there to tell people apart.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import NamedTuple

from adapters.ports import Evidence, strip_blocks
from policies.preferences.guard import CAP, pasted
from policies.preferences.likeness import hand
from policies.rewards.traits import LANGUAGES, straight, traits, words

# A text that is handed in as the person's own may be a short message; one found in a chat must be plainly a draft.
_MIN_WORDS, _MIN_PASTED = 8, 20
_PRIOR_WEIGHT = 2.0
_APPEARS, _STAYS = 0.8, 0.5
_HOUSE_LOG_WORDS, _LOG_SPREAD = math.log(130.0), 0.9


class _Trait(NamedTuple):
    """A claim that a rate may bear: the share of outputs with `shown`, its house prior, and its side of `bar`."""

    aspect: str
    value: str
    shown: str
    prior: float
    bar: float
    above: bool


_TRAITS: tuple[_Trait, ...] = (
    _Trait("format", "bullet lists", "lists", 0.3, 0.55, True),
    _Trait("format", "no bullet lists", "lists", 0.3, 0.25, False),
    _Trait("format", "headings", "headings", 0.15, 0.5, True),
    _Trait("emoji", "yes", "emoji", 0.2, 0.5, True),
    _Trait("emoji", "none", "emoji", 0.2, 0.25, False),
    _Trait("code", "yes", "code", 0.1, 0.5, True),
    _Trait("tone", "informal", "casual", 0.25, 0.5, True),
    _Trait("tone", "formal", "formal", 0.25, 0.5, True),
)
_LENGTHS = (("short", math.log(70.0), False), ("long", math.log(280.0), True))
NAMES = (
    *((trait.aspect, trait.value) for trait in _TRAITS),
    *(("length", name) for name, _, _ in _LENGTHS),
    *(("language", language) for language in LANGUAGES if language != "English"),
)
"""Every claim that may be inferred, as aspect and value."""
SUMS = (
    "outputs", "words", "log_words", "sentences", "lists", "headings", "emoji", "code", "exclamations", "contractions",
    "casual", "formal", *(f"in.{language}" for language in (*LANGUAGES, "unknown")),
)  # fmt: skip
"""Every sum of traits there may be, beside those of `likeness`."""


def output(item: Evidence) -> str:
    """The text that the person wrote as a thing of its own, or "": an artefact, an edit, an import, a pasted draft."""
    if item.author != "self":
        return ""
    if item.kind in ("artefact", "edit", "import"):
        text, least = strip_blocks(item.text)[:CAP], _MIN_WORDS
        text = _changed(text, item.context) if item.kind == "edit" else text
    elif item.kind == "statement":
        text, least = pasted(item.text), _MIN_PASTED
    else:
        return ""
    return text if len(words(text)) >= least else ""


def _changed(text: str, original: str) -> str:
    """The lines of an edited text that are mostly new: the others show how the assistant writes."""
    old = set(words(original))
    lines = []
    for line in text.splitlines():
        said = words(line)
        if 2 * sum(word not in old for word in said) >= max(len(said), 1):
            lines.append(line)
    return "\n".join(lines)


def measure(text: str, counts: dict[str, float]) -> None:
    """Add one output to the running sums, under names that start with `style.`."""
    for name, amount in {"outputs": 1.0, **traits(text), **hand(straight(text), words(text))}.items():
        counts[f"style.{name}"] = counts.get(f"style.{name}", 0.0) + float(amount)


def infer(
    counts: Mapping[str, float], known: Collection[tuple[str, str]], min_outputs: int
) -> dict[tuple[str, str], float]:
    """The claims that the sums bear, (aspect, value), with the chance that each is right; `known` ones hold longer."""
    outputs = counts.get("style.outputs", 0.0)
    if outputs < min_outputs:
        return {}
    chances = {(trait.aspect, trait.value): _chance(trait, counts, outputs) for trait in _TRAITS}
    chances |= {("length", name): _length(counts, outputs, bar, above) for name, bar, above in _LENGTHS}
    language = max(LANGUAGES, key=lambda name: counts.get(f"style.in.{name}", 0.0))
    if language != "English":
        trait = _Trait("language", language, f"in.{language}", 1 / len(LANGUAGES), 0.5, True)
        chances["language", language] = _chance(trait, counts, outputs)
    held = {name: chance for name, chance in chances.items() if chance >= (_STAYS if name in known else _APPEARS)}
    return {
        (aspect, value): round(chance, 3)
        for (aspect, value), chance in held.items()
        if aspect == "format" or chance == max(other for (rival, _), other in held.items() if rival == aspect)
    }


def _chance(trait: _Trait, counts: Mapping[str, float], outputs: float) -> float:
    total = outputs + _PRIOR_WEIGHT
    shown = min(counts.get(f"style.{trait.shown}", 0.0), outputs)  # sums may come from elsewhere
    rate = (shown + _PRIOR_WEIGHT * trait.prior) / total
    spread = math.sqrt(rate * (1.0 - rate) / (total + 1.0))
    return beyond(rate, trait.bar, spread, trait.above)


def _length(counts: Mapping[str, float], outputs: float, bar: float, above: bool) -> float:
    total = outputs + _PRIOR_WEIGHT
    mean = (counts.get("style.log_words", 0.0) + _PRIOR_WEIGHT * _HOUSE_LOG_WORDS) / total
    return beyond(mean, bar, _LOG_SPREAD / math.sqrt(total), above)


def beyond(mean: float, bar: float, spread: float, above: bool) -> float:
    """The chance that a normal variable lies above a bar, or below it."""
    side = (mean - bar) if above else (bar - mean)
    return 0.5 * (1.0 + math.erf(side / (spread * math.sqrt(2.0)))) if spread > 0 else float(side > 0)
