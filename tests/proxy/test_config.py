"""A wrong configuration is refused with one clear line per place."""

from pathlib import Path

import jsonschema
import pytest
import yaml

from proxy.config import ConfigErrors, load, schema

SHIPPED = Path(__file__).parents[2] / "config.yaml"


def write(folder: Path, text: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(("text", "line"), [
    ("policies: [{kind: retrieval, topk: 3}]", "policies.0.topk: unknown field (did you mean top_k?); known: kind,"),
    ("policies: [{kind: identity}, {kind: retrievel}]",
     "policies.1.kind: unknown kind (did you mean retrieval?); known: identity, preferences, retrieval, history"),
    ("policies: [{max: 3}]", "policies.0: must be a mapping with a kind; known: identity"),
    ("policies: 3", "policies: must be a list of policies"),
    ("policies: [{kind: identity, when: [never]}]",
     "policies.0.when: unknown condition 'never'; known: identified, anonymous, opening"),
    ("policies: [{kind: preferences, max_tokens: many}]", "policies.0.max_tokens: input should be a valid integer"),
    ("servr: {port: 1}", "servr: unknown field (did you mean server?); known: server, auth"),
    ("server: {prot: 1}", "server.prot: unknown field (did you mean port?); known: host, port"),
    ("server: {port: abc}", "server.port: input should be a valid integer"),
    ("backends: [{models: ['*'], use: demo, api_key: sk-123}]",
     "backends.0.api_key: a secret is written as env:NAME or file:PATH, never as itself"),
    ("backends: [{models: ['*'], use: demo, api_key: 'env:RAPPORT_NOT_SET_ANYWHERE'}]",
     "backends.0.api_key: the environment variable RAPPORT_NOT_SET_ANYWHERE is not set"),
    ("learning: {modl: a}", "learning.modl: unknown field (did you mean model?); known: model, api_base, api_key"),
    ("learning: {model: openai/a, api_key: 'env:RAPPORT_NOT_SET_ANYWHERE'}",
     "learning.api_key: the environment variable RAPPORT_NOT_SET_ANYWHERE is not set"),
    ("learning: {model: openai/a, api_key: sk-123}", "learning.api_key: a secret is written as env:NAME or file:PATH"),
    ("learning: {api_base: 'http://127.0.0.1/v1'}", "learning: api_base and api_key need a model"),
    ("learning: {model: openai/a, calls_per_day: 0}", "learning.calls_per_day: input should be greater than or equal"),
    ("backends: [{models: ['*'], use: demo, carier: relay}]",
     "backends.0.carier: unknown field (did you mean carrier?); known: models, use"),
    ("embedder: {kind: static, model: openai/a}", "embedder: kind static takes no model; kind litellm does"),
    ("embedder: {kind: litellm, model: openai/a}", "embedder: kind litellm needs model and dimensions"),
    ("embedder: {kind: statik}", "embedder.kind: "),
    ("server: {port: 1}\nserver: {port: 2}", "config.yaml:2:1: not valid YAML: the key 'server' stands here twice"),
    ("server: &a {port: 1}\nauth: *a", "config.yaml:2:7: not valid YAML: aliases (*name) are not allowed"),
    ("backends: [{models: ['*'], use: demo, window: 0}]", "backends.0.window: input should be greater than or equal"),
    ("policies: [{kind: history}, {kind: retrieval, stuff_max_tokens: 2001}]",
     "policies.1.stuff_max_tokens: does not fit: raise injection.max_tokens (2000) to as much"),
    ("injection: {max_tokens: 60000}\npolicies: [{kind: retrieval, stuff_max_tokens: 50000}]",
     "policies.0.stuff_max_tokens: does not fit: raise injection.max_tokens (60000) to as much, and "
     "injection.max_replay_tokens (32000) to 1.3 times as much"),
    ("server: {port: 1", "config.yaml:1:17: not valid YAML"),
    ("- 1", "config.yaml: must be a mapping of sections"),
])
def test_each_error_names_its_place(tmp_path: Path, text: str, line: str) -> None:
    """Unknown kind, unknown field, wrong type, missing secret: the place, and what would be right."""
    with pytest.raises(ConfigErrors) as caught:
        load(write(tmp_path, text))
    assert [str(error) for error in caught.value.errors if str(error).startswith(line)], str(caught.value)
    assert "sk-123" not in str(caught.value)


@pytest.mark.parametrize("text", [
    "injection: {max_tokens: 100}\npolicies: [{kind: retrieval}]",
    "injection: {max_tokens: 0}\npolicies: [{kind: retrieval, stuff_max_tokens: 0}]",
    "injection: {max_tokens: 50000, max_replay_tokens: 70000}\npolicies: [{kind: retrieval, stuff_max_tokens: 50000}]",
])
def test_only_what_was_asked_for_must_fit(tmp_path: Path, text: str) -> None:
    """Budgets may be small where nobody asked for more."""
    assert load(write(tmp_path, text)).policies


def test_all_errors_come_at_once(tmp_path: Path) -> None:
    """Three mistakes are three lines, not three runs."""
    text = "server: {port: x}\nauth: {requird: true}\npolicies: [{kind: nobody}]"
    with pytest.raises(ConfigErrors) as caught:
        load(write(tmp_path, text))
    assert len(caught.value.errors) == 3


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A path that is not there is an error, never a silent default."""
    with pytest.raises(ConfigErrors, match="cannot be read"):
        load(tmp_path / "absent.yaml")


def test_the_environment_overrides_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """RAPPORT_SERVER__PORT wins over server.port, and RAPPORT_POLICIES over the chain."""
    monkeypatch.setenv("RAPPORT_SERVER__PORT", "5151")
    monkeypatch.setenv("RAPPORT_POLICIES", '[{"kind": "history"}]')
    settings = load(write(tmp_path, "server: {port: 1, host: 127.0.0.1}"))
    assert (settings.server.port, settings.server.host) == (5151, "127.0.0.1")
    assert [policy.kind for policy in settings.policies] == ["history"]


def test_an_empty_chain_is_a_chain(tmp_path: Path) -> None:
    """`policies: []` means no policy, no `policies` at all means the default four."""
    assert load(write(tmp_path, "policies: []")).policies == ()
    kinds = [policy.kind for policy in load(write(tmp_path, "{}")).policies]
    assert kinds == ["identity", "preferences", "retrieval", "history"]


def test_relative_paths_start_at_the_file(tmp_path: Path) -> None:
    """The same file means the same data, wherever the command is run."""
    settings = load(write(tmp_path, "knowledge: {path: know}"))
    assert settings.knowledge.path == str(tmp_path / "know")
    assert settings.users.url == f"sqlite:///{tmp_path}/data/rapport.db"


def test_the_schema_takes_the_shipped_file_and_refuses_a_wrong_one() -> None:
    """Editors complete and check config.yaml by the printed schema."""
    shape = schema()
    shipped = yaml.safe_load(SHIPPED.read_text())
    jsonschema.validate(shipped, shape)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"policies": [{"kind": "retrieval", "topk": 3}]}, shape)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"servr": {}}, shape)
