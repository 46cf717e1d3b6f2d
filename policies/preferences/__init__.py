"""Injects a compressed summary of what a person prefers, and learns it from what they wrote.

Personalisation is not retrieval: the summary is chosen by recency and use, never by similarity to the question.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import msgspec
from pydantic import Field

from adapters.ports import Block, Cache, Job, Person, Profile, User, UserStore, count_tokens
from policies.base import Adapters, Exchange, Policy, PolicyConfig
from policies.preferences.aspects import ASPECTS, Aspect, select
from policies.preferences.fold import MIN_OUTPUTS, fold
from policies.preferences.render import render

PIN_TTL = 3600.0
NEWEST_TTL = 60.0
TRIES = 3
# What clients write above memories that they inject themselves: Open WebUI, and our own block.
_CLIENT_MEMORY = re.compile(r"^User Context:\s*$|<rapport-profile|^# Model Set Context", re.MULTILINE)
INSTRUCTING = ("system", "developer")


class PreferencesConfig(PolicyConfig):
    """Settings of `kind: preferences`."""

    kind: Literal["preferences"] = "preferences"
    max_tokens: int = Field(150, ge=20, le=2000, description="Tokens that the summary may take, delimiters included.")
    aspects: tuple[str, ...] = Field(
        tuple(aspect.name for aspect in ASPECTS), min_length=1, description="What may be known of a person."
    )
    min_outputs: int = Field(MIN_OUTPUTS, ge=1, le=100, description="Texts of a person before their style is inferred.")

    def build(self, adapters: Adapters) -> Policy:
        return Preferences(self, select(self.aspects), adapters.users, adapters.sessions)


class Newest(msgspec.Struct, array_like=True):
    """A stored profile, by epoch and version, and what pending evidence made of it."""

    epoch: int
    version: int
    profile: Profile


class Pin(msgspec.Struct, array_like=True):
    """The summary that a conversation goes on with, and when it stops to hold."""

    epoch: int
    corrected: float
    version: int
    text: str


@dataclass(frozen=True, slots=True)
class Preferences(Policy):
    """Adds the summary behind the client's own instructions; the same bytes for the length of a conversation."""

    config: PreferencesConfig
    aspects: Mapping[str, Aspect]
    users: UserStore
    sessions: Cache

    async def on_request(self, exchange: Exchange) -> None:
        user, note = exchange.user, exchange.receipt.note
        if user is None:
            return note("no_identity")
        if client_memory(exchange):
            return note("client_memory")
        profile = await self._newest(user, user.known or await self.users.load(user))
        pin, pinned = await self._pin(exchange, f"pin:{user.id}:{conversation(exchange)}", profile)
        block = Block("profile", pin.text)
        tokens = count_tokens(block.render())
        if not pin.text or tokens > exchange.receipt.budget:
            return note("no_budget" if pin.text else "nothing_known")
        note("injected", tokens, version=pin.version, pinned=pinned)
        exchange.request = exchange.request.with_context(block)

    async def learn(self, job: Job) -> None:
        """Fold what is new into the next version of the profile; another worker's version is folded upon."""
        for _ in range(TRIES):
            person = await self.users.load(job.user)
            if not person.pending:
                return
            folded, version = await self._newest(job.user, person), person.profile.version + 1
            # Every published version follows the stored one, also where only the watermark moved.
            revision = version if folded.revision != person.profile.revision else folded.revision
            if await self.users.publish(job.user, replace(folded, version=version, revision=revision)):
                return

    async def _newest(self, user: User, person: Person) -> Profile:
        """The profile with all evidence in it. What was folded for an earlier request is folded upon."""
        key = f"pin:{user.id}:newest"
        kept = await self.sessions.get(key) if person.pending else None
        base = msgspec.msgpack.decode(kept, type=Newest) if kept else None
        if base is None or (base.epoch, base.version) != (person.profile.epoch, person.profile.version):
            base = Newest(person.profile.epoch, person.profile.version, person.profile)
        profile = fold(base.profile, person.pending, self.aspects, self.config.min_outputs)
        if profile is not base.profile:
            newest = Newest(base.epoch, base.version, profile)
            await self.sessions.set(key, msgspec.msgpack.encode(newest), NEWEST_TTL)
        return profile

    async def _pin(self, exchange: Exchange, key: str, profile: Profile) -> tuple[Pin, bool]:
        """The conversation's pin, or a new one: at its start, after an idle hour, and where something was corrected."""
        kept = None if exchange.received.opens else await self.sessions.get(key)
        pin = msgspec.msgpack.decode(kept, type=Pin) if kept else None
        # The last correction by its evidence: version numbers depend on how the learner batched.
        corrected = profile.counts.get("corrected", 0.0)
        pinned = pin is not None and (pin.epoch, pin.corrected) == (profile.epoch, corrected)
        if pin is None or not pinned:
            empty = count_tokens(Block("profile", "").render())
            text = render(profile, max(0, self.config.max_tokens - empty), self.aspects)
            pin = Pin(profile.epoch, corrected, profile.version, text)
        await self.sessions.set(key, msgspec.msgpack.encode(pin), PIN_TTL)
        return pin, pinned


def conversation(exchange: Exchange) -> str:
    """What tells one conversation of a person from another: the client's own key, else how it began."""
    said = exchange.received.get("prompt_cache_key") or exchange.caller.conversation
    if not isinstance(said, str):
        first = next((turn.index for turn in exchange.received.turns if turn.role == "user"), 0)
        said = "\0".join(turn.text for turn in exchange.received.turns[: first + 1])
    return hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=16).hexdigest()


def client_memory(exchange: Exchange) -> bool:
    """Whether the client already put memories of the person before the conversation."""
    for turn in exchange.received.turns:
        if turn.role not in INSTRUCTING:
            return False
        if _CLIENT_MEMORY.search(turn.text):
            return True
    return False
