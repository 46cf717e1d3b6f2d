"""Injects a compressed summary of what a person prefers, and learns it from what they wrote.

Personalisation is not retrieval: the summary is chosen by recency and use, never by similarity to the question.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from adapters.ports import ConfigError
from policies.base import Adapters, Policy, PolicyConfig
from policies.preferences.aspects import Aspect
from policies.preferences.budget import Calls
from policies.preferences.elect import Ballot
from policies.preferences.episodes import Episodes
from policies.preferences.fold import MIN_OUTPUTS
from policies.preferences.pin import EMPTY
from policies.preferences.policy import Preferences
from policies.preferences.reading import Reading
from policies.preferences.scope import Factual, Scope
from policies.preferences.scorer import Judge, Rules, Scorer
from policies.preferences.settings import ALL, AspectSettings, checked_allowed, checked_names, chosen
from policies.weights import weights_of

__all__ = ["Preferences", "PreferencesConfig"]


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
    house_prior: bool = Field(
        False, description="Whether tastes begin from that of people who share; see what it can tell in the README."
    )
    factual: Factual = Field(
        "format_only", description="What a talk about facts is told: how to answer and what could harm, or all (full)."
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
            calls = Calls(adapters.sessions)
            ballot = Ballot(adapters.users, adapters.peers, aspects, room, calls, weights, scorer, often,
                            adapters.house, self.min_outputs, adapters.sight)  # fmt: skip
        scope = Scope(aspects, self.factual, Episodes(adapters.users, self.episodes, self.episode_tokens))
        model = adapters.model
        reading = Reading(model, adapters.users, aspects, adapters.pace) if model else None
        return Preferences(self.max_tokens, self.min_outputs, self.remind_every, self.in_chat, aspects, weights,
                           adapters.users, adapters.sessions, ballot, scope, reading)  # fmt: skip

    def _scorer(self, adapters: Adapters) -> Scorer:
        if self.election == "rules":
            return Rules()
        if adapters.model is None:
            raise ConfigError("election", "a model is to judge, and learning.model names none; name one, or say rules")
        return Judge(adapters.model)
