"""Injects a compressed summary of what a person prefers, and learns it from what they wrote.

Personalisation is not retrieval: the summary is chosen by recency and use, never by similarity to the question.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from adapters.ports import Block, Cache, ConfigError, EvidenceKind, Job, Person, Profile, User, UserStore, count_tokens
from policies.base import Adapters, Exchange, Policy, PolicyConfig
from policies.preferences.aspects import Aspect
from policies.preferences.elect import Ballot
from policies.preferences.episodes import Episodes, show
from policies.preferences.fold import MIN_OUTPUTS, fold
from policies.preferences.inquiry import tell
from policies.preferences.pending import keep_newest, newest, size, within
from policies.preferences.pin import EMPTY, NOTE, Pin, client_memory, pin_of
from policies.preferences.plans import shown
from policies.preferences.reading import Reading
from policies.preferences.remind import remind
from policies.preferences.render import render
from policies.preferences.scope import Factual, Scope
from policies.preferences.scorer import Judge, Rules, Scorer
from policies.preferences.settings import ALL, AspectSettings, checked_allowed, checked_names, chosen
from policies.weights import weights_of

TRIES = 3
INLINE = 12_000
"""Characters of pending evidence that one request may fold on its way."""
QUICK = 4000
"""Characters from which on the learner folds in a thread, so that requests do not wait for it."""


class PreferencesConfig(PolicyConfig):
    """Settings of `kind: preferences`."""

    kind: Literal["preferences"] = "preferences"
    max_tokens: int = Field(150, ge=20, le=2000, description="Tokens that the summary may take, delimiters included.")
    aspects: tuple[AspectSettings, ...] = Field(
        (ALL,), max_length=100, json_schema_extra={"default": ["default"]},
        description="What may be known of a person: names (`default`: all built-in ones), and mappings that change or "
        "add one; without a name among them all built-in ones stay.",
    )  # fmt: skip
    allow_sensitive: frozenset[str] = Field(
        frozenset(), description="Sensitive aspects and categories of values that may be known all the same."
    )
    remind_every: int = Field(
        10, ge=0, le=1000, description="Turns of a long chat after which stated preferences are repeated; 0: never."
    )
    in_chat: bool = Field(False, description="Whether somebody who asks what is known of them is told all of it.")
    min_outputs: int = Field(MIN_OUTPUTS, ge=1, le=100, description="Texts of a person before their style is inferred.")
    weights: dict[str, float] = Field({}, description="What a kind of evidence weighs as a choice, where not as usual.")
    election: Literal["rules", "model", "off"] = Field(
        "rules", description="Who judges whether a summary predicts a person's choices; off: all that is known serves."
    )

    factual: Factual = Field(
        "format_only", description="What a conversation about facts is told: what concerns answers, or all (full)."
    )
    episodes: int = Field(0, ge=0, le=3, description="Last texts of the person's own to quote in a conversation.")
    episode_tokens: int = Field(80, ge=20, le=500, description="Tokens of each of these texts.")
    _each_once = field_validator("aspects")(checked_names)

    @field_validator("allow_sensitive")
    @classmethod
    def _are_sensitive(cls, names: frozenset[str], info: ValidationInfo) -> frozenset[str]:
        return checked_allowed(names, info.data.get("aspects", ()))

    def known(self) -> Mapping[str, Aspect]:
        """The aspects that may be known, by name."""
        return chosen(self.aspects, self.allow_sensitive)

    def build(self, adapters: Adapters) -> Policy:
        aspects, weights = self.known(), weights_of(self.weights)
        ballot = None
        if self.election != "off":
            room, scorer = self.max_tokens - EMPTY, self._scorer(adapters)
            often = adapters.pace.calls_per_day
            ballot = Ballot(adapters.users, adapters.peers, aspects, room, weights, scorer, often)
        scope = Scope(aspects, self.factual, Episodes(adapters.users, self.episodes, self.episode_tokens))
        model = adapters.model
        reading = Reading(model, adapters.users, aspects, adapters.pace) if model else None
        return Preferences(self, aspects, weights, adapters.users, adapters.sessions, ballot, scope, reading)

    def _scorer(self, adapters: Adapters) -> Scorer:
        if self.election == "rules":
            return Rules()
        if adapters.model is None:
            raise ConfigError("election", "a model is to judge, and learning.model names none; name one, or say rules")
        return Judge(adapters.model)


@dataclass(frozen=True, slots=True)
class Preferences(Policy):
    """Adds the summary behind the client's own instructions: the same bytes for the length of a conversation, unless
    something is corrected."""

    config: PreferencesConfig
    aspects: Mapping[str, Aspect]
    weights: Mapping[EvidenceKind, float]
    users: UserStore
    sessions: Cache
    ballot: Ballot | None
    scope: Scope
    reading: Reading | None

    async def on_request(self, exchange: Exchange) -> None:
        user, note = exchange.user, exchange.receipt.note
        if user is None:
            return note("no_identity")
        if client_memory(exchange):
            return note("client_memory")
        person = user.known or await self.users.load(user)
        if person.profile.paused:
            return note("paused")
        profile = await self._newest(user, person, INLINE)
        room = max(0, min(self.config.max_tokens, exchange.receipt.budget) - EMPTY)
        if profile.election.guarded:
            note(profile.election.guarded)
        summary = partial(self._summary, profile, room)
        make = partial(self.scope.pin, exchange, profile, summary)
        pin, held = await pin_of(exchange, self.sessions, user, profile, make)
        widened = await self.scope.widen(exchange, self.sessions, profile, pin, summary)
        told = self._inject(exchange, profile, pin, held)
        show(exchange, pin.episodes)
        if told or widened:
            here = partial(self.scope.here, exchange, pin.narrow and not widened)
            await remind(exchange, self.sessions, profile, here, self.config.remind_every)
        if self.config.in_chat:
            await tell(exchange, self.sessions, profile, self.aspects)

    def _summary(self, profile: Profile, room: int, aspects: Mapping[str, Aspect], beside: int) -> str:
        return render(shown(profile), int(room * profile.election.incumbent.share) - beside, aspects)

    def _inject(self, exchange: Exchange, profile: Profile, pin: Pin, held: bool) -> bool:
        """Add the summary, if there is one and there is room."""
        block, budget, note = Block("profile", pin.text, note=NOTE), exchange.receipt.budget, exchange.receipt.note
        tokens = count_tokens(block.render())
        if not pin.text or tokens > budget:
            short = pin.text or (profile.claims and budget < self.config.max_tokens)
            if short or not (pin.narrow and profile.claims):
                note("no_budget" if short else "nothing_known")
            return False
        note("injected", tokens, version=pin.version, pinned=held)
        exchange.request = exchange.request.with_context(block)
        return True

    async def learn(self, job: Job) -> float | None:
        """Let the rules read what is new, and then, of the outbox's jobs, the model."""
        await self._fold(job)
        return await self.reading.begin(job.user) if self.reading and job.id else None

    async def _fold(self, job: Job) -> None:
        """Fold what is new into the next version of the profile; another worker's version is folded upon."""
        for _ in range(TRIES):
            person = await self.users.load(job.user)
            if not person.pending:
                return
            folded, version = await self._newest(job.user, person), person.profile.version + 1
            if self.ballot is not None:
                folded = await self.ballot.held(job.user, person.profile, folded, person.pending)
            # Every published version follows the stored one, also where only the watermark moved.
            revision = version if folded.revision != person.profile.revision else folded.revision
            if await self.users.publish(job.user, replace(folded, version=version, revision=revision)):
                return

    async def _newest(self, user: User, person: Person, most: int | None = None) -> Profile:
        """The profile with the pending evidence in it. What was folded for an earlier request is folded upon.

        At most `most` characters are folded, oldest first, because the order of statements decides what holds; what
        is beyond waits for the next request or for the learner, whichever comes first.
        """
        if not person.pending:
            return person.profile
        base = await newest(self.sessions, user, person.profile)
        new = within([item for item in person.pending if item.seq > base.profile.watermark], most)
        if not new:
            return base.profile
        work = (base.profile, new, self.aspects, self.config.min_outputs, self.weights)
        slow = most is None and sum(map(size, new)) > QUICK
        base.profile = await asyncio.to_thread(fold, *work) if slow else fold(*work)
        await keep_newest(self.sessions, user, base)
        return base.profile
