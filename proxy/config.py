"""Reads config.yaml and the environment, strictly: every error names its place and what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Union, get_args

import yaml
from pydantic import BaseModel, Field, ValidationError, create_model
from pydantic_settings import SettingsError

from adapters.ports import ConfigError
from policies.base import CONDITIONS, PolicyConfig
from policies.retrieval import RetrievalConfig
from policies.retrieval.stuffing import REPLAYED
from proxy.environment import Sections, chain_override, misspelt, unreadable
from proxy.kinds import DEFAULT, known_kinds, load_kind
from proxy.section import read_secret
from proxy.settings import Settings
from proxy.tables import rooted

LARGEST = 1_000_000


class ConfigErrors(Exception):
    """All that is wrong with a configuration, one ConfigError per place."""

    def __init__(self, errors: Sequence[ConfigError]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = tuple(errors)


class _Loader(yaml.SafeLoader):
    """YAML without aliases (they can explode) and without double keys (the last would win in silence)."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="aliases (*name) are not allowed", problem_mark=mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key, _ in node.value:
            name = getattr(key, "value", None)
            if isinstance(name, str) and name in seen:
                raise yaml.MarkedYAMLError(problem=f"the key {name!r} stands here twice", problem_mark=key.start_mark)
            seen.add(name if isinstance(name, str) else id(key))
        return super().construct_mapping(node, deep)


def load(path: Path | None, secrets: bool = True) -> Settings:
    """The settings of a file; without one, `config.yaml` here if there is one, else the defaults.

    Relative paths in it start at the file's folder. `secrets` demands that every secret is there, which commands
    that call no backend do not need. Raises ConfigErrors with every error found.
    """
    chosen = path or Path("config.yaml")
    if path is None and not chosen.exists():
        return from_dict({}, Path.cwd(), secrets)
    return from_dict(_read(chosen), chosen.resolve().parent, secrets)


def from_dict(data: Mapping[str, Any], root: Path, secrets: bool = True) -> Settings:
    """The settings that `data` describes, the environment on top. Raises ConfigErrors."""
    errors: list[ConfigError] = misspelt()
    rest = {name: value for name, value in data.items() if name != "policies"}
    settings = None
    try:
        settings = Sections(**rest)
    except SettingsError:
        errors += unreadable()
    except ValidationError as error:
        errors += _explain(error, Settings, "")
    if settings is not None and not settings.backends:
        errors.append(ConfigError("backends", "must hold at least one backend"))
    chain = _chain(_wanted(data, errors), errors)
    if settings is not None:
        errors += _beyond(settings, chain)
    if settings is not None and secrets:
        errors += _missing(settings)
    if settings is None or errors:
        raise ConfigErrors(errors)
    return _rooted(settings, root).model_copy(update={"policies": chain})


def schema() -> dict[str, Any]:
    """The JSON schema of config.yaml with every kind that is installed, for editors."""
    kinds = tuple(load_kind(name, "policies").config for name in known_kinds())
    chain = Annotated[Union[kinds], Field(discriminator="kind")]  # type: ignore[valid-type] # noqa: UP007
    shape: dict[str, Any] = {name: (field.annotation, field) for name, field in Settings.model_fields.items()}
    shape["policies"] = (tuple[chain, ...], Field((), description="The chain, in this order."))
    model = create_model("Rapport", __config__={"extra": "forbid"}, **shape)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}


def _read(path: Path) -> dict[str, Any]:
    place = path.name
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigErrors([ConfigError(str(path), f"cannot be read: {reason}")]) from error
    if len(text) > LARGEST:
        raise ConfigErrors([ConfigError(place, f"larger than {LARGEST} characters")])
    try:
        data = yaml.load(text, _Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{place}:{mark.line + 1}:{mark.column + 1}" if mark else place
        raise ConfigErrors([ConfigError(where, f"not valid YAML: {error.problem}")]) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ConfigErrors([ConfigError(place, "not valid YAML")]) from error
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise ConfigErrors([ConfigError(place, "must be a mapping of sections such as `server:` and `policies:`")])
    return {str(name): value for name, value in data.items()}


def _wanted(data: Mapping[str, Any], errors: list[ConfigError]) -> Sequence[Any]:
    """The chain as written: RAPPORT_POLICIES (JSON), else the file, else the default."""
    wanted: Any = data.get("policies", [{"kind": kind} for kind in DEFAULT])
    try:
        wanted = chain_override(wanted)
    except ConfigError as error:
        errors.append(error)
        return []
    if wanted is None:
        return []
    if not isinstance(wanted, list):
        errors.append(ConfigError("policies", "must be a list of policies, each with its kind"))
        return []
    return wanted


def _chain(wanted: Sequence[Any], errors: list[ConfigError]) -> tuple[PolicyConfig, ...]:
    chain = []
    for index, item in enumerate(wanted):
        place = f"policies.{index}"
        if not isinstance(item, dict) or "kind" not in item:
            errors.append(ConfigError(place, f"must be a mapping with a kind; known: {', '.join(known_kinds())}"))
            continue
        try:
            config = load_kind(item["kind"], place).config
            policy = config.model_validate(item)
            _check_when(policy, place)
            chain.append(policy)
        except ConfigError as error:
            errors.append(error)
        except ValidationError as error:
            errors += _explain(error, config, place)
    return tuple(chain)


def _beyond(settings: Settings, chain: Sequence[PolicyConfig]) -> list[ConfigError]:
    """Corpora that were allowed, and that the budgets of all policies never let through."""
    found, new, again = [], settings.injection.max_tokens, settings.injection.max_replay_tokens
    for index, policy in enumerate(chain):
        if not isinstance(policy, RetrievalConfig) or "stuff_max_tokens" not in policy.model_fields_set:
            continue
        if policy.stuff_max_tokens > min(new, again * REPLAYED):
            message = (f"does not fit: raise injection.max_tokens ({new}) to as much, and injection.max_replay_tokens "
                       f"({again}) to {1 / REPLAYED:.2g} times as much")
            found.append(ConfigError(f"policies.{index}.stuff_max_tokens", message))
    return found


def _missing(settings: Settings) -> list[ConfigError]:
    missing = []
    for place, reference in settings.secrets().items():
        try:
            read_secret(reference)
        except ValueError as error:
            missing.append(ConfigError(place, str(error)))
    return missing


def _check_when(policy: PolicyConfig, place: str) -> None:
    known = (*CONDITIONS, *policy.conditions)
    for name in policy.when:
        if name not in known:
            raise ConfigError(f"{place}.when", f"unknown condition {name!r}; known: {', '.join(known)}")


def _explain(error: ValidationError, model: type[BaseModel], place: str) -> list[ConfigError]:
    """Pydantic's errors as ours: a place as the file writes it, and what would be right."""
    found = []
    for item in error.errors(include_url=False, include_input=False, include_context=True):
        loc = [str(part) for part in item["loc"]]
        where = ".".join([place, *loc] if place else loc)
        if item["type"] == "extra_forbidden":
            known = _known(model, item["loc"][:-1])
            close = difflib.get_close_matches(loc[-1], known, 1)
            hint = f" (did you mean {close[0]}?)" if close else ""
            found.append(ConfigError(where, f"unknown field{hint}; known: {', '.join(known)}"))
        else:
            message = item["msg"].removeprefix("Value error, ")
            found.append(ConfigError(where, message[:1].lower() + message[1:]))
    return found


def _known(model: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    """The fields that a place of the file can have."""
    for part in loc:
        if not isinstance(part, str) or part not in model.model_fields:
            continue
        annotation = model.model_fields[part].annotation
        nested = [annotation, *(inner for arg in get_args(annotation) for inner in (arg, *get_args(arg)))]
        model = next((kind for kind in nested if isinstance(kind, type) and issubclass(kind, BaseModel)), model)
    return [field.alias or name for name, field in model.model_fields.items()]


def _rooted(settings: Settings, root: Path) -> Settings:
    """Relative paths start at the folder of the file, wherever the command is run."""
    knowledge, cache, users = settings.knowledge, settings.cache, settings.users
    knowledge = knowledge.model_copy(update={"files": str(root / knowledge.files)})
    if "://" not in knowledge.path:
        knowledge = knowledge.model_copy(update={"path": str(root / knowledge.path)})
    cache = cache.model_copy(update={"path": str(root / cache.path)})
    scheme, _, path = users.url.partition(":///")
    if scheme == "sqlite" and path and not path.startswith("/"):
        users = users.model_copy(update={"url": f"sqlite:///{root / path}"})
    embedder = settings.embedder
    if embedder.path is not None:
        embedder = embedder.model_copy(update={"path": str(root / embedder.path)})
    entailment = settings.entailment
    if entailment.path is not None:
        entailment = entailment.model_copy(update={"path": str(root / entailment.path)})
    taste = settings.taste
    files = {"bank": taste.bank, "factors": taste.factors}
    taste = taste.model_copy(update={name: str(root / file) for name, file in files.items() if file is not None})
    return settings.model_copy(update={"knowledge": knowledge, "cache": cache, "users": users, "embedder": embedder,
                                       "entailment": entailment, "taste": taste,
                                       "tables": rooted(settings.tables, root)})
