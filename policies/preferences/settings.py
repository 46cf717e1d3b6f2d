"""The aspects of config.yaml: names of built-in ones, and mappings that change one or add one of the operator's own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, field_validator, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from pydantic_core.core_schema import ValidationInfo

from policies.preferences.admit import alike
from policies.preferences.aspects import DEFAULT, About, Aspect
from policies.preferences.guard import fit, tidy
from policies.sensitive import CATEGORIES

EVERY = "default"
"""The name that stands for all built-in aspects."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_OWN = Aspect("", "person", 8, 2, "")
"""What an own aspect is like where its settings say nothing."""


class AspectSettings(BaseModel):
    """One aspect: a name alone as it is built in, or with what differs; an own one needs a label."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: str = Field(description="Of a built-in aspect, or an own one: a-z, 0-9 and _.")
    about: About | None = Field(None, description="Whether it tells of the person or of how answers should be.")
    keep: int | None = Field(None, ge=1, le=200, description="Values that live at a time; 1: the newest replaces.")
    tier: int | None = Field(None, ge=0, le=9, description="Place in a tight summary, 0 first.")
    label: str | None = Field(None, max_length=40, description="What stands before its values in the summary.")
    sensitive: bool | None = Field(None, description="Off unless `allow_sensitive` names it.")
    half_life: float | None = Field(None, gt=0, le=36_500, description="Days after which what is not confirmed counts "
                                    "half; null: it lasts.")  # fmt: skip
    values: tuple[str, ...] | None = Field(None, max_length=200, description="Spellings of values that are preferred.")
    strict: bool | None = Field(None, description="Whether `values` are the only ones.")

    @model_validator(mode="before")
    @classmethod
    def _of_name(cls, given: Any) -> Any:
        if isinstance(given, str):
            return {"name": given}
        if not isinstance(given, dict | cls):
            raise ValueError("must be the name of an aspect, or a mapping with its name")
        return given

    @field_validator("label")
    @classmethod
    def _is_fit(cls, label: str | None) -> str | None:
        if label and (not fit(label) or tidy(label) != label or ":" in label):
            raise ValueError("must be fit to be shown: a few words without markup, links or a colon")
        return label

    @field_validator("values")
    @classmethod
    def _are_values(cls, values: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for at, value in enumerate(values or ()):
            if not fit(value) or tidy(value) != value:
                raise ValueError(f"must be values of one line each, without markup, links or marks around: number {at}")
            if any(alike(value, other) for other in (values or ())[:at]):
                raise ValueError(f"must be different values: number {at} is the same thing as one before")
        return values

    @field_validator("strict")
    @classmethod
    def _has_values(cls, strict: bool | None, info: ValidationInfo) -> bool | None:
        if strict and "values" in info.data and not info.data["values"]:
            raise ValueError("needs values to hold to")
        return strict

    @model_validator(mode="after")
    def _is_known(self) -> AspectSettings:
        if self.name == EVERY:
            if not self.bare:
                raise ValueError(f"{EVERY} stands for all built-in aspects: settings go to one of them by its name")
        elif self.name not in DEFAULT and not self.label:
            raise ValueError(f"unknown aspect; known: {', '.join(DEFAULT)}; an own one is a mapping with a label")
        elif not _NAME.fullmatch(self.name):
            raise ValueError("an own aspect has a name of 1 to 32 of a-z, 0-9 and _, a letter first")
        elif self.aspect().about == "person" and not self.aspect().label:
            raise ValueError("what is about the person needs a label")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """For editors: a name, or a mapping."""
        return {"anyOf": [{"type": "string"}, handler(core)]}

    @property
    def bare(self) -> bool:
        """Whether this is a name alone."""
        return self.model_fields_set == {"name"}

    def aspect(self) -> Aspect:
        """The aspect with these settings; what is not set, or null where that says nothing, is as built in."""
        fields = {name: getattr(self, name) for name in self.model_fields_set - {"name"}}
        given = {name: value for name, value in fields.items() if value is not None or name == "half_life"}
        return replace(DEFAULT.get(self.name, _OWN), name=self.name, **given)


ALL = AspectSettings(name=EVERY)


def checked_names(entries: tuple[AspectSettings, ...]) -> tuple[AspectSettings, ...]:
    """The entries, at least one, each aspect once. Raises ValueError."""
    if not entries:
        raise ValueError(f"must name at least one aspect; all built-in ones: {EVERY}")
    names = [entry.name for entry in entries]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{name} stands here twice")
    return entries


def checked_allowed(names: frozenset[str], entries: Iterable[AspectSettings]) -> frozenset[str]:
    """The names, each a category of sensitive values or a sensitive aspect. Raises ValueError."""
    known = (*CATEGORIES, *(entry.name for entry in entries if entry.sensitive))
    for name in sorted(names - set(known)):
        raise ValueError(f"{name!r} is neither a category of values nor a sensitive aspect; known: {', '.join(known)}")
    return names


def chosen(entries: Iterable[AspectSettings], allowed: frozenset[str] = frozenset()) -> Mapping[str, Aspect]:
    """The aspects that may be known: built-in ones in their order, then own ones as they stand in the configuration.

    Names choose among the built-in ones, and without any of them all stay: a mapping changes or adds and drops none.
    Sensitive aspects are off unless `allowed` names them, and so are values of the categories of `sensitive`.
    """
    given = {entry.name: entry for entry in entries}
    named = any(entry.bare for entry in given.values())
    every = EVERY in given or not named
    built_in = [given[name].aspect() if name in given else aspect for name, aspect in DEFAULT.items()
                if every or name in given]  # fmt: skip
    own = [entry.aspect() for name, entry in given.items() if name not in DEFAULT and name != EVERY]
    categories = allowed & frozenset(CATEGORIES)
    return {aspect.name: replace(aspect, allows=aspect.allows | categories) for aspect in (*built_in, *own)
            if not aspect.sensitive or aspect.name in allowed}  # fmt: skip
