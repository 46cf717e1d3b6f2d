"""In the chat itself: whoever asks what is known of them is told all of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from adapters.ports import Block, Cache, Profile, count_tokens
from policies.base import Exchange
from policies.preferences.aspects import Aspect
from policies.preferences.pin import corrected
from policies.preferences.render import render
from policies.replay import Given, given_before, put_back, put_in, remember, spent

NAME = "known"
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
    """Put all that is known behind a turn that asks for it, and the same again where it comes back as history."""
    if exchange.received.last_user is None:
        return
    # What was told before a correction or an erasure is not put back.
    policy = ".".join([NAME, *(f"{mark:.0f}" for mark in (profile.epoch, *corrected(profile)))])
    names, given = await given_before(exchange, sessions, policy)
    if back := put_back(exchange, given):
        exchange.receipt.note("told_before", replayed=spent(back))
    if given[-1] is None and asked(exchange.received.last_user_text):
        shown = replace(profile, claims=tuple(replace(claim, suppressed=False) for claim in profile.claims))
        block = Block(NAME, _HEAD + (render(shown, MOST, aspects) or _NOTHING), "tail")
        tokens = count_tokens(block.render())
        if tokens <= exchange.receipt.budget - exchange.receipt.tokens:
            exchange.receipt.note("told", tokens)
            given[-1] = made = Given(block.text, (), tokens)
            await remember(sessions, names[-1], made)
    if any(given):
        exchange.request = put_in(exchange.request, NAME, given)
