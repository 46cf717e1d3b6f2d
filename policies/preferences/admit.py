"""What may become a claim at all, whoever brings it: its aspect is known, its value in the list, nothing protected."""

from __future__ import annotations

from collections.abc import Mapping

from policies.preferences.aspects import Aspect, Said
from policies.preferences.values import key
from policies.sensitive import categories


def admitted(
    said: Said, aspects: Mapping[str, Aspect], explicit: bool = True, by_hand: bool = False
) -> Said | None:
    """The candidate with its value as the aspect's list spells it, or None where it may not be known.

    `explicit` means that the person stated it; what they write `by_hand` may tell of anything.
    """
    aspect = aspects.get(said.aspect)
    value = aspect and spelt(aspect, said.value)
    if not aspect or not value or not (by_hand or permitted(aspect, value, explicit)):
        return None
    return said if value == said.value else said._replace(value=value)


def spelt(aspect: Aspect, value: str) -> str | None:
    """The value as the aspect's list spells it; None where it is not in a strict one."""
    for listed in aspect.values:
        if alike(listed, value):
            return listed
    return None if aspect.strict else value


def permitted(aspect: Aspect, value: str, explicit: bool) -> bool:
    """Whether a value tells of nothing sensitive but what may be known under this aspect.

    Nobody's allergies and needs are guessed: these aspects tell of health whatever the value.
    """
    if not explicit and not aspect.stated <= aspect.allows:
        return False
    return categories(value) <= aspect.allows | aspect.stated


def alike(one: str, other: str) -> bool:
    """Whether two values are the same thing: the same words but empty ones, and both or neither of them a denial."""
    return key(one) == key(other) and nothing(one) == nothing(other)


def nothing(value: str) -> bool:
    """Whether a value says that there is none: "none", "no dietary requirements"."""
    return value == "none" or value.startswith("no ")
