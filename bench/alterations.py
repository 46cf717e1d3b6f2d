"""Sentences of paragraphs, each made wrong in one place: how many pass grounding and support as shipped.

Drawn by chance from `squad2`, one sentence a paragraph, of every third paragraph, from the second one on: the rules
were made with those from the first one on. Made wrong are sentences that pass as they are. In a few what comes out is
still true, or no sentence.

write_back/altered_KIND     share accepted: `number_new`, `number_other` (of the same paragraph), `not` put in,
                            `name_new`, `name_other` (of the same paragraph), `names_swapped`, `elsewhere` (of another
                            paragraph)
write_back/unaltered        share accepted of the sentences as they are
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from policies.write_back.grounding import Ground, fault, supported
from policies.write_back.reading import sentences
from policies.write_back.settings import Strictness

SEED = 11
_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+")
_VERB = re.compile(r" (?:is|was|are|were|can|will|has|had|have) (?!not\b)")
_DENIED = re.compile(r"n't|\b(?:not|no|never|neither|nor|none|without)\b")


def measure(paragraphs: Sequence[Mapping[str, Any]], seed: int = SEED) -> dict[str, float]:
    """The metrics `write_back/altered_...`; a kind without sentences is left out."""
    chance, found = Random(seed), dict[str, list[bool]]()
    for paragraph in paragraphs[1::3]:
        told = [each for each in sentences(paragraph["text"]) if 8 <= len(each.split()) <= 30]
        if not told:
            continue
        ground, said = Ground(f"{paragraph['title']}.\n{paragraph['text']}"), chance.choice(told)
        found.setdefault("unaltered", []).append(passes(said, ground))
        if found["unaltered"][-1]:
            for kind, wrong in altered(said, paragraph["text"], chance):
                found.setdefault(f"altered_{kind}", []).append(passes(wrong, ground))
        other = chance.choice(sentences(chance.choice(paragraphs)["text"]))
        if other not in paragraph["text"] and len(other.split()) >= 8:
            found.setdefault("altered_elsewhere", []).append(passes(other, ground))
    return {f"write_back/{kind}": round(sum(each) / len(each), 4) for kind, each in sorted(found.items())}


def altered(said: str, text: str, chance: Random) -> Iterator[tuple[str, str]]:
    """A sentence made wrong, by kind; only those kinds that it has a place for."""
    numbers = _NUMBER.findall(said)
    others = [each for each in _NUMBER.findall(text) if each not in said]
    if numbers:
        yield "number_new", said.replace(chance.choice(numbers), str(chance.randint(3_000, 9_999)), 1)
    if numbers and others:
        yield "number_other", said.replace(chance.choice(numbers), chance.choice(others), 1)
    verb = _VERB.search(said)
    if verb is not None and _DENIED.search(said) is None:
        yield "not", f"{said[: verb.end()]}not {said[verb.end() :]}"
    names = list(dict.fromkeys(_NAME.findall(said)))
    strange = [each for each in _NAME.findall(text) if each not in said]
    if names:
        yield "name_new", said.replace(chance.choice(names), "Zanzibar", 1)
    if names and strange:
        yield "name_other", said.replace(chance.choice(names), chance.choice(strange), 1)
    if len(names) > 1:
        one, two = chance.sample(names, 2)
        yield "names_swapped", said.replace(one, "\0", 1).replace(two, one, 1).replace("\0", two, 1)


def passes(claim: str, ground: Ground) -> bool:
    """Whether a claim is accepted with this passage."""
    strictness = Strictness()
    if fault(claim, [ground], strictness.min_recall):
        return False
    return supported(claim, [ground]) >= strictness.min_support
