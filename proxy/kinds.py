"""The kinds of policy: the built-in table, and what plug-ins add through the entry-point group `rapport.policies`."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

from adapters.ports import ConfigError
from policies.base import PolicyConfig

GROUP = "rapport.policies"
BUILT_IN = {
    "identity": "policies.identity:IdentityConfig",
    "preferences": "policies.preferences:PreferencesConfig",
    "retrieval": "policies.retrieval:RetrievalConfig",
    "history": "policies.history:HistoryConfig",
    "thinking": "policies.thinking:ThinkingConfig",
    "write_back": "policies.write_back:WriteBackConfig",
    "align": "policies.align:AlignConfig",
    "ask": "policies.ask:AskConfig",
}
DEFAULT = ("identity", "preferences", "retrieval", "history")
"""The chain of a configuration that names none."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of policy, where it comes from, and its settings."""

    name: str
    origin: str
    config: type[PolicyConfig]


def known_kinds() -> list[str]:
    """The names that `kind:` takes, the built-in ones first."""
    return [*BUILT_IN, *(name for name in _plug_ins() if name not in BUILT_IN)]


def load_kind(name: object, place: str) -> Kind:
    """The kind of this name. Raises ConfigError at `place` where there is none, or where a plug-in does not load."""
    if isinstance(name, str) and name in BUILT_IN:
        module, _, attribute = BUILT_IN[name].partition(":")
        return Kind(name, "built in", getattr(import_module(module), attribute))
    plug_ins = _plug_ins()
    if not isinstance(name, str) or name not in plug_ins:
        known = known_kinds()
        close = difflib.get_close_matches(str(name), known, 1)
        hint = f" (did you mean {close[0]}?)" if close else ""
        raise ConfigError(f"{place}.kind", f"unknown kind{hint}; known: {', '.join(known)}")
    return _load(plug_ins[name], place)


def _plug_ins() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP)}


def _load(point: EntryPoint, place: str) -> Kind:
    origin = f"{point.dist.name} {point.dist.version}" if point.dist else point.value
    try:
        config = point.load()
    except (ImportError, AttributeError, SyntaxError) as error:
        raise ConfigError(f"{place}.kind", f"the plug-in {origin} does not load ({type(error).__name__})") from error
    if not (isinstance(config, type) and issubclass(config, PolicyConfig)):
        raise ConfigError(f"{place}.kind", f"the plug-in {origin} must name a subclass of PolicyConfig")
    return Kind(point.name, origin, config)
