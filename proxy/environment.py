"""RAPPORT_* of the environment, on top of config.yaml; what is wrong there is told by the name of the variable."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from typing import Any

import msgspec
from pydantic_settings import EnvSettingsSource, PydanticBaseSettingsSource, SettingsError

from adapters.ports import ConfigError
from proxy.settings import Settings

PREFIX = "RAPPORT_"
CHAIN = "RAPPORT_POLICIES"
CLOSE = 0.8
"""Likeness (difflib's ratio) from which on a name is taken for a misspelt section."""


class Sections(Settings):
    """All of the settings but the chain, whose policies only their kinds can decode."""

    @classmethod
    def settings_customise_sources(cls, *sources: Any, **more: Any) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment without the chain, then the file."""
        chosen = super().settings_customise_sources(*sources, **more)
        for source in chosen:
            if isinstance(source, EnvSettingsSource):
                source.env_vars = {name: text for name, text in source.env_vars.items() if name.upper() != CHAIN}
        return chosen


def chain_override(written: Any) -> Any:
    """The chain of RAPPORT_POLICIES, else the one that is `written`. Raises ConfigError where it is no JSON list."""
    override = next((text for name, text in os.environ.items() if name.upper() == CHAIN), None)
    if override is None:
        return written
    try:
        return msgspec.json.decode(override.encode("utf-8", "replace"), type=list[Any])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ConfigError(CHAIN, "must be a JSON list of policies") from error


def misspelt() -> list[ConfigError]:
    """Variables that nearly name a section. Others are let be: Kubernetes sets RAPPORT_SERVICE_HOST and the like."""
    found = []
    for name in _ours():
        section, _, rest = name[len(PREFIX) :].lower().partition("__")
        close = difflib.get_close_matches(section, Settings.model_fields, 1, CLOSE)
        if close and close[0] != section:
            meant = PREFIX + "__".join(part.upper() for part in (close[0], rest) if part)
            found.append(ConfigError(name, f"no section has this name (did you mean {meant}?)"))
    return found


def unreadable() -> list[ConfigError]:
    """Variables that hold a section, or a whole part of one, and are not JSON."""
    found = []
    for name in _ours():
        source = EnvSettingsSource(Settings)
        source.env_vars = {name.lower(): os.environ[name]}
        try:
            source()
        except SettingsError:
            found.append(ConfigError(name, "must be JSON"))
    return found


def _ours() -> Iterator[str]:
    return (name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() != CHAIN)
