"""In long chats, what the person said they prefer, once more in one line: models forget what stands far above.

PrefEval (Zhao et al., ICLR 2025) found that models follow a stated preference in under 10 % of the cases after ten
unrelated turns, and several times as often with a reminder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from adapters.ports import Cache, Profile
from policies.base import Exchange
from policies.preferences.aspects import Aspect
from policies.preferences.render import render
from policies.tail import Tail

REMINDER = Tail("reminder", "reminded", "reminded_before")
HEAD = "What this person asked for earlier, where it matters here: "
MOST = 60
"""Tokens of the line."""


async def remind(
    exchange: Exchange, sessions: Cache, profile: Profile, aspects: Callable[[], Mapping[str, Aspect]], every: int
) -> None:
    """Add the line to every so-manieth turn of the person, and put it back where an earlier turn had it.

    `aspects` are those that may be repeated at this turn. After a correction the lines from before it are not put back.
    """

    def line(turns: int) -> str:
        stated = replace(profile, claims=tuple(claim for claim in profile.claims if claim.kind == "explicit"))
        said = "" if turns % every else render(stated, MOST, aspects())
        return said and HEAD + said

    if every:
        await REMINDER.add(exchange, sessions, profile, line, every)
