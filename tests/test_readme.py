"""The README is true: its YAML loads, its commands exist, its policy runs, and every setting stands in it."""

import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from policies.base import PolicyConfig
from proxy.config import from_dict
from proxy.kinds import BUILT_IN, load_kind
from proxy.settings import Settings
from proxy.tables import TableSettings
from tests.fakes.process import Fake
from tests.rapport import cli, configure, openai_backend, started
from tests.test_faults import ask

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
FENCES = re.findall(r"^```(\w*)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
COMMANDS = re.findall(r"^    rapport ([\w-]+)", README, re.MULTILINE)


def fences(kind: str) -> list[str]:
    return [text for name, text in FENCES if name == kind]


def test_the_first_screen_has_the_two_commands() -> None:
    """What it is, how to run it and how to test it, before anything else."""
    first = README.splitlines()[:20]
    assert "    make run" in first
    assert "    make test" in first


@pytest.mark.parametrize("text", fences("yaml"))
def test_yaml_loads(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each piece of YAML is a configuration that is accepted."""
    for name in re.findall(r"env:(\w+)", text):
        monkeypatch.setenv(name, "x")
    from_dict(yaml.safe_load(text), tmp_path)


def settings() -> list[tuple[str, type[BaseModel], str]]:
    """Every setting: of each section, and of each kind of policy but what all kinds have."""
    found: list[tuple[str, type[BaseModel], str]] = []
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            found += [(name, field.annotation, setting) for setting in field.annotation.model_fields]
    for kind in BUILT_IN:
        config = load_kind(kind, "policies").config
        found += [(kind, config, setting) for setting in set(config.model_fields) - set(PolicyConfig.model_fields)]
    return found


@pytest.mark.parametrize(("place", "setting"), sorted((place, setting) for place, _, setting in settings()))
def test_every_setting_is_told(place: str, setting: str) -> None:
    """Each setting stands in the line of its section or kind."""
    line = next(line for line in README.splitlines() if line.startswith(f"| `{place}` |"))
    assert f"`{setting}`" in line


@pytest.mark.parametrize(("place", "setting"), sorted((place, setting) for place, _, setting in settings()))
def test_every_setting_is_described(place: str, setting: str) -> None:
    """Editors show what each setting means."""
    model = next(model for where, model, name in settings() if (where, name) == (place, setting))
    assert model.model_fields[setting].description or setting == "kind" or place == "auth"


@pytest.mark.parametrize("setting", [field.alias or name for name, field in TableSettings.model_fields.items()])
def test_every_setting_of_a_table_is_told(setting: str) -> None:
    """Each stands in the table of them, below the YAML that shows them."""
    told = README.partition("| setting of a table |")[2].partition("\n\n")[0]
    assert f"`{setting}`" in told


@pytest.mark.parametrize("command", sorted(set(COMMANDS)))
def test_every_command_exists(command: str) -> None:
    """What the README tells to run is there."""
    assert cli(command, "--help").returncode == 0


def test_the_policy_of_the_readme_runs(tmp_path: Path, openai_fake: Fake) -> None:
    """The example, installed as a package with the entry point that the README shows, changes the request."""
    source = next(text for text in fences("python") if "PolicyConfig" in text)
    assert len([line for line in source.splitlines() if line.strip()]) < 20
    (tmp_path / "my_package.py").write_text(source)
    info = tmp_path / "my_package-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-package\nVersion: 1.0\n")
    table = next(text for text in fences("toml"))
    (info / "entry_points.txt").write_text(table.replace("[project.entry-points.", "[").replace('"', ""))
    chain: list[dict[str, Any]] = [{"kind": "greeting", "text": "Say hello first."}]
    config = configure(tmp_path, backends=[openai_backend(openai_fake.base)], policies=chain)
    checked = cli("check", config=config, PYTHONPATH=str(tmp_path), FAKE_KEY="x")
    assert "my-package 1.0" in checked.stdout, checked.stderr
    with started(config, PYTHONPATH=str(tmp_path)) as server:
        answer = ask(server)
    assert "greeting=greeted" in answer.headers["x-rapport-policies"]
    assert "Say hello first." in openai_fake.last().json["messages"][0]["content"]


def test_this_python_is_supported() -> None:
    """The README says which Python it needs."""
    assert f"Python {sys.version_info.major}.11" in README
