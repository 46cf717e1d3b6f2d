"""Variables of the environment: what is wrong with one is told by its name."""

import subprocess
import sys
from pathlib import Path

import pytest

from proxy.config import ConfigErrors, from_dict
from tests.fakes.process import ROOT
from tests.rapport import cli, configure, surroundings


@pytest.mark.parametrize(("name", "text", "line"), [
    ("RAPPORT_BACKENDS", "[{", "RAPPORT_BACKENDS: must be JSON"),
    ("RAPPORT_SERVER", "x", "RAPPORT_SERVER: must be JSON"),
    ("RAPPORT_AUTH__JWT__ALGORITHMS", "[x", "RAPPORT_AUTH__JWT__ALGORITHMS: must be JSON"),
    ("RAPPORT_POLICIES", "[{", "RAPPORT_POLICIES: must be a JSON list of policies"),
    ("RAPPORT_POLICIES", "3", "RAPPORT_POLICIES: must be a JSON list of policies"),
    ("RAPPORT_POLICIES", "\udcff", "RAPPORT_POLICIES: must be a JSON list of policies"),
    ("RAPPORT_SERVR__PORT", "1", "RAPPORT_SERVR__PORT: no section has this name (did you mean RAPPORT_SERVER__PORT?)"),
    ("RAPPORT_NONSENSE", "1", ""),
    ("RAPPORT_SERVICE_HOST", "10.0.0.1", ""),
    ("RAPPORT_SERVER_PORT", "tcp://10.0.0.1:80", ""),
    ("RAPPORT_POLICIES", '[{"kind": "retrieval", "top_k": 3}]', ""),
    ("RAPPORT_BACKENDS", "[]", "backends: must hold at least one backend"),
])
def test_a_wrong_variable_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, line: str
) -> None:
    """One clear line for what cannot be read or nearly names a section; other names are let be."""
    monkeypatch.setenv(name, text)
    if not line:
        assert from_dict({}, tmp_path).server.port == 4140
        return
    with pytest.raises(ConfigErrors) as caught:
        from_dict({}, tmp_path)
    assert [str(error) for error in caught.value.errors] == [line]


def test_no_backend_is_an_error(tmp_path: Path) -> None:
    """A proxy without a backend could answer nothing."""
    with pytest.raises(ConfigErrors, match="backends: must hold at least one backend"):
        from_dict({"backends": []}, tmp_path)


def test_a_wrong_variable_ends_a_command_with_two(tmp_path: Path) -> None:
    """One line on standard error, no traceback."""
    done = cli("check", config=configure(tmp_path), RAPPORT_BACKENDS="[{")
    assert (done.returncode, done.stderr) == (2, "RAPPORT_BACKENDS: must be JSON\n")


def test_the_tests_do_not_depend_on_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    """RAPPORT_* of a developer reaches neither tests in this process nor the children they start."""
    monkeypatch.setenv("RAPPORT_SERVER", "x")
    monkeypatch.setenv("rapport_users__url", "x")
    assert not [name for name in surroundings() if name.upper().startswith("RAPPORT_")]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/proxy/test_config.py",
               "-k", "relative_paths or empty_chain"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout
