"""The settings of `kind: retrieval`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator

from adapters.ports import Compare, Compound, Filter, Value
from policies.aspects.population import LEAST
from policies.base import PolicyConfig


class Settings(PolicyConfig):
    """Settings of `kind: retrieval`."""

    conditions: ClassVar[tuple[str, ...]] = ("low_history", "knowledge_query")

    kind: Literal["retrieval"] = "retrieval"
    timeout: float = Field(0.5, gt=0, le=60, description="Seconds that one hook may take on the way of a request.")
    when: tuple[str, ...] = Field(
        ("low_history", "knowledge_query"), description="Search only if one of these holds; empty: always."
    )
    top_k: int = Field(5, ge=1, le=50, description="Passages to put in at most.")
    max_tokens: int = Field(1200, ge=50, le=20_000, description="Tokens that the passages of one turn may take.")
    cost_ratio: float = Field(
        1.0, gt=0, le=100, description="How much worse a needless search is than a missed one; more searches less."
    )
    low_history_events: int = Field(
        5, ge=0, le=1000, description="A person with fewer known events of words of their own has low history."
    )
    min_coverage: float = Field(
        0.42, ge=0, le=1, description="How well a passage must cover the words of the question; 0 lets all through."
    )
    min_similarity: float = Field(
        0.8, ge=0, le=1, description="Cosine from which a passage passes whatever its words (with an embedder)."
    )
    filters: Mapping[str, Value | tuple[Value, ...]] = Field(
        {}, description="Attributes that passages must have: a value, or a list of which one is enough."
    )
    aspect_weight: float = Field(
        0.3, ge=0, le=0.3, description="What aspects may add to the relevance of a passage, with no history; 0: off."
    )
    least_people: int = Field(
        LEAST, ge=LEAST, le=1000, description="People who share, and have an aspect, before it counts for others, and "
        "up to as many again, by a secret.",
    )
    citations: Literal["annotate", "always", "receipt", "none"] = Field(
        "annotate", description="Who is told what an answer cites: its client (annotate), also where its server does "
        "not show that it knows annotations (always), or the receipt alone; with none the model is not asked to cite.",
    )
    stuff_max_tokens: int = Field(
        1600, ge=0, le=1_000_000, description="Tokens up to which all passages are put in instead of a search; 0 never."
    )
    stuff_share: float = Field(
        0.5, gt=0, le=0.9, description="Share of the model's window for all passages, the chat and its answer."
    )

    sql_timeout: float = Field(
        10.0, gt=0, le=120, description="Seconds beyond `timeout` for a question over tables, a model included."
    )

    @property
    def patience(self) -> float:
        """Beyond what the policy itself keeps to."""
        return self.timeout + self.sql_timeout + 1.0

    @field_validator("filters", mode="before")
    @classmethod
    def _are_attributes(cls, filters: Any) -> Any:
        for key, value in filters.items() if isinstance(filters, Mapping) else ():
            if not isinstance(key, str) or not key:
                raise ValueError("the name of an attribute must be a text that is not empty")
            if isinstance(value, list | tuple) and not value:
                raise ValueError(f"{key} must be one of at least one value")
            if not all(map(_is_value, value if isinstance(value, list | tuple) else [value])):
                raise ValueError(f"{key} must be a text, a finite number, true or false, or a list of such values")
        return filters

    @property
    def filter(self) -> Filter | None:
        """`filters` as the index takes them; None where there are none."""
        wanted = {key: value if isinstance(value, tuple) else (value,) for key, value in self.filters.items()}
        return Compound("and", tuple(Compare(key, "in", values) for key, values in wanted.items())) if wanted else None


def _is_value(value: Any) -> bool:
    return isinstance(value, str | bool) or (isinstance(value, int | float) and math.isfinite(value))
