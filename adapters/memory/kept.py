"""What every place that keeps people agrees on: clean text, the JSON of a profile, how much is kept, and the bell."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

import msgspec

from adapters.ports import AdapterError, Claim, Evidence, Lens, Names, Profile, Unavailable

KEPT_VERSIONS = 50
"""Profile versions kept of a person, the newest."""

PENDING = 64
"""Events that `load` brings beside the profile, the oldest; the others follow as these are learnt from."""

RECENT = 8
"""Ids of the newest events that `load` brings."""
LATELY = 1000
"""Newest events of a person among which `latest` looks: what is older was not written lately."""

_profiles = msgspec.json.Decoder(Profile)


def clean(text: str) -> str:
    """The text as every store can take it: NUL and lone surrogates become U+FFFD, surrogate pairs a character.

    A lone surrogate passes JSON and then breaks SQLite, Arrow and Lance; PostgreSQL refuses NUL.
    """
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def clean_evidence(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Evidence as it can be kept: clean texts and a finite time."""
    return [_clean_item(item) for item in evidence]


def _clean_item(item: Evidence) -> Evidence:
    texts = (item.event, item.text, item.context, item.digest)
    event, text, context, digest = cleaned = tuple(map(clean, texts))
    if cleaned == texts and math.isfinite(item.time):
        return item  # the usual case; `replace` costs more than all of the checks
    when = item.time if math.isfinite(item.time) else 0.0
    return replace(item, event=event, text=text, context=context, digest=digest, time=when)


def _clean_json(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(name): _clean_json(inner) for name, inner in value.items()}
    return [_clean_json(inner) for inner in value] if isinstance(value, list | tuple) else value


def pack(profile: Profile) -> str:
    """The JSON of a profile. Raises AdapterError for what would not read back as it was (a NaN)."""
    try:
        body = msgspec.json.encode(profile)
    except UnicodeEncodeError:
        body = msgspec.json.encode(_clean_json(msgspec.to_builtins(profile)))
    try:
        _profiles.decode(body)
    except msgspec.DecodeError:
        raise AdapterError("the profile holds a number that JSON has no word for") from None
    return body.decode()


def unpack(body: str) -> Profile:
    """A profile from its JSON; fields of a later version are left out. Raises Unavailable when it is damaged."""
    try:
        return _profiles.decode(body)
    except (msgspec.DecodeError, UnicodeEncodeError):
        raise Unavailable("a kept profile is damaged and cannot be read") from None


def live_claims(profile: Profile) -> int:
    """How many claims of a profile hold now."""
    return sum(claim.superseded_by is None for claim in profile.claims)


def without(profile: Profile, claim: Claim) -> Profile:
    """A profile as if a claim had never been, nor another that says the same."""
    said = (claim.aspect, claim.value.casefold())
    left = (each for each in profile.claims if each.id != claim.id and (each.aspect, each.value.casefold()) != said)
    return replace(profile, claims=tuple(left), election=profile.election.without(claim.id))


def once_without(profile: Profile, claim: Claim) -> Profile:
    """The same of an earlier version, of which nothing serves any more: its coefficients, its sums of choices and its
    lens would tell of the claim."""
    left = without(profile, claim)
    counts = {name: value for name, value in left.counts.items() if not name.startswith("choice.")}
    return replace(left, election=replace(left.election, lens=Lens()), taste={}, counts=counts)


def unsaid(item: Evidence, claim: Claim, events: Collection[str], names: Names | None) -> Evidence:
    """An event without the words of a claim: all of it where it is one of `events`, else what names the claim."""
    value = claim.value.casefold()
    named = names or (lambda text: value in text.casefold())
    whole = item.event in events
    text = "" if whole or named(item.text) else item.text
    context = "" if whole or named(item.context) else item.context
    return replace(item, text=text, context=context) if (text, context) != (item.text, item.context) else item


def next_without(profile: Profile, claim: Claim) -> Profile:
    """The version that follows a profile, in which a person had a claim forgotten."""
    version = profile.version + 1
    counts = {**profile.counts, "edits": profile.counts.get("edits", 0.0) + 1.0}
    return replace(without(profile, claim), version=version, revision=version, counts=counts)


def items_of(kept: bytes) -> list[Any]:
    """The items of a kept response, decoded; none where the backend keeps them."""
    found: list[Any] = msgspec.json.decode(kept, type=list[Any]) if kept else []
    return found


class Bell:
    """Wakes whoever waits in this process; a ring that nobody heard is kept for the next who waits.

    An asyncio.Event would belong to the loop that first waited for it; this one serves one loop after another.
    """

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()
        self._kept = False

    def ring(self) -> None:
        """Wake all who wait. Call it on the event loop's thread."""
        waiting = [future for future in self._waiting if not future.done()]
        for future in waiting:
            future.set_result(None)
        self._kept = not waiting

    async def wait(self, timeout: float) -> None:
        """Return at the next ring, or after `timeout` seconds."""
        if self._kept:
            self._kept = False
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            # Not wait_for: in Python 3.11 it loses a cancellation that comes together with the ring.
            await asyncio.wait({future}, timeout=timeout)
        finally:
            self._waiting.discard(future)
