"""In the chat itself: whoever asks what is known of them is told all of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from adapters.ports import Cache, Profile
from policies.base import Exchange
from policies.preferences.aspects import Aspect
from policies.preferences.render import render
from policies.tail import Tail

KNOWN = Tail("known", "told", "told_before")
MOST = 600
"""Tokens of the answer's material."""
_ASKED = re.compile(
    r"\bwhat (?:(?:all|else|exactly) )?(?:do|did|have) you (?:already )?(?:know|remember|learn(?:ed|t)?|stored?|kept|"
    r"keep|saved?|noted?) (?:about|of|on) me\b|\b(?:show|tell) me (?:everything |all )?(?:what )?(?:that )?you "
    r"(?:know|remember|have(?: stored| saved| noted)?) (?:about|of|on) me\b",
    re.IGNORECASE,
)
_HEAD = (
    "The person asks what is known of them. This is all of it, also what is otherwise not mentioned; they can correct "
    "or forget any of it by saying so.\n"
)
_NOTHING = "Nothing is known of this person yet."


def asked(text: str) -> bool:
    """Whether a turn asks what is known of its person."""
    return _ASKED.search(text) is not None


async def tell(exchange: Exchange, sessions: Cache, profile: Profile, aspects: Mapping[str, Aspect]) -> None:
    """Put all that is known behind a turn that asks for it, and the same again where it comes back as history; not what
    was told before a correction or an erasure."""

    def answer(_turns: int) -> str:
        if not asked(exchange.received.last_user_text):
            return ""
        shown = replace(profile, claims=tuple(replace(claim, suppressed=False) for claim in profile.claims))
        return _HEAD + (render(shown, MOST, aspects) or _NOTHING)

    await KNOWN.add(exchange, sessions, profile, answer)
