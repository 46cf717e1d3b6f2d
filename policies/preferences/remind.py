"""In long chats, what the person said they prefer, once more in one line: models forget what stands far above.

PrefEval (Zhao et al., ICLR 2025) found that models follow a stated preference in under 10 % of the cases after ten
unrelated turns, and several times as often with a reminder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from adapters.ports import Block, Cache, Profile, count_tokens
from policies.base import Exchange
from policies.preferences.aspects import Aspect
from policies.preferences.pin import corrected
from policies.preferences.render import render
from policies.replay import Given, given_before, put_back, put_in, remember, spent

NAME = "reminder"
HEAD = "What this person asked for earlier, where it matters here: "
MOST = 60
"""Tokens of the line."""


async def remind(
    exchange: Exchange, sessions: Cache, profile: Profile, aspects: Mapping[str, Aspect], every: int
) -> None:
    """Add the line to every so-manieth turn of the person, and put it back where an earlier turn had it.

    After a correction the lines from before it are not put back.
    """
    if not every or exchange.received.last_user is None:
        return
    policy = ".".join([NAME, *(f"{mark:.0f}" for mark in (profile.epoch, *corrected(profile)))])
    names, given = await given_before(exchange, sessions, policy, every)
    if back := put_back(exchange, given):
        exchange.receipt.note("reminded_before", replayed=spent(back))
    if given[-1] is None and len(names) % every == 0:
        given[-1] = await _fresh(exchange, sessions, names[-1], profile, aspects)
    if any(given):
        exchange.request = put_in(exchange.request, NAME, given)


async def _fresh(
    exchange: Exchange, sessions: Cache, key: str, profile: Profile, aspects: Mapping[str, Aspect]
) -> Given | None:
    stated = replace(profile, claims=tuple(claim for claim in profile.claims if claim.kind == "explicit"))
    said = render(stated, MOST, aspects)
    block = Block(NAME, HEAD + said, "tail")
    tokens = count_tokens(block.render())
    if not said or tokens > exchange.receipt.budget - exchange.receipt.tokens:
        return None
    exchange.receipt.note("reminded", tokens)
    given = Given(block.text, (), tokens)
    await remember(sessions, key, given)
    return given
