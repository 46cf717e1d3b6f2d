"""`rapport users`: whose data a command means, and what an import accepts."""

import json
import subprocess
from pathlib import Path

import pytest

from adapters.ports import ConfigError
from proxy.commands import when
from proxy.imports import parse
from tests.rapport import cli, configure

NOW = 1_800_000_000.0


def pipe(config: Path, user: str, raw: bytes, *more: str) -> subprocess.CompletedProcess[str]:
    """Import bytes from standard input."""
    return cli("users", "import", user, "-", "--json", *more, config=config, given=raw)


def events(config: Path, user: str, *more: str) -> list[str]:
    return [row["text"] for row in json.loads(cli("users", "export", user, *more, config=config).stdout)["evidence"]]


def test_an_id_that_looks_internal_is_one_only_on_demand(tmp_path: Path) -> None:
    """A caller may choose the internal id of another person as an id: it is somebody else, unless --internal."""
    config = configure(tmp_path)
    assert pipe(config, "alice", b'{"text": "By alice."}').returncode == 0
    internal = json.loads(cli("users", "list", "--json", config=config).stdout)[0]["id"]
    assert pipe(config, internal, b'{"text": "By an impostor."}').returncode == 0
    assert pipe(config, internal, b'{"text": "More by alice."}', "--internal").returncode == 0
    assert events(config, internal, "--internal") == ["By alice.", "More by alice."]
    assert "Erased: 2 evidence" in cli("users", "forget", internal, "--internal", "--yes", config=config).stdout
    assert events(config, internal) == ["By an impostor."]
    wrong = cli("users", "show", "alice", "--internal", config=config)
    assert (wrong.returncode, len(wrong.stderr.splitlines())) == (2, 1)
    assert "--internal: wants an id" in wrong.stderr


def test_forgetting_a_stranger_says_so(tmp_path: Path) -> None:
    """A misspelt id is noticed, and is no error."""
    done = cli("users", "forget", "nobody", "--yes", config=configure(tmp_path))
    assert (done.returncode, done.stdout) == (0, "Nothing was known of this person.\n")


@pytest.mark.parametrize(("line", "place"), [
    (f'{{"text": "a", "time": {int(NOW * 1000)}}}', "x:1.time: .*milliseconds"),
    (f'{{"text": "a", "time": {int(NOW + 2 * 86_400)}}}', "x:1.time: .*milliseconds"),
    ('{"text": "a", "time": 1' + "0" * 400 + "}", "x:1"),
    ('{"text": "a", "time": 1e300}', "x:1.time"),
    ('{"text": "a", "time": 1e999}', "x:1"),
    ('{"text": "a", "time": -1}', "x:1.time: must be seconds"),
    ('{"text": "a", "time": true}', "x:1.time: must be seconds"),
    ('{"text": "a", "time": NaN}', "x:1: must be one JSON object"),
    ('{"text": "\\ud800"}', "x:1"),
    ("[" * 100_000, "x:1: must be one JSON object"),
])
def test_a_wrong_line_is_named(line: str, place: str) -> None:
    """Times that no clock shows, and what is no JSON, are one clear line."""
    with pytest.raises(ConfigError, match=place):
        list(parse([line], "x", NOW))


def test_a_time_of_today_is_taken() -> None:
    """A clock that is a little ahead is no reason to refuse; without a time it is now."""
    rows = [f'{{"text": "a", "time": {NOW + 3600}}}', '{"text": "b"}', '{"text": "c", "time": 5}']
    assert [row.time for row in parse(rows, "x", NOW)] == [pytest.approx(NOW + 3600), NOW, 5.0]


@pytest.mark.parametrize("way", ["file", "standard input"])
def test_lines_end_at_line_feeds(tmp_path: Path, way: str) -> None:
    """A byte order mark, line ends of Windows, and characters in a string that Python takes for line ends."""
    config = configure(tmp_path)
    raw = '\ufeff{"text": "One\u2028two\x85three."}\r\n\r\n{"text": "Four."}'.encode()
    if way == "file":
        (tmp_path / "rows").write_bytes(raw)
        assert cli("users", "import", "alice", str(tmp_path / "rows"), config=config).returncode == 0
    else:
        assert pipe(config, "alice", raw).returncode == 0
    assert events(config, "alice") == ["One\u2028two\x85three.", "Four."]


def test_bytes_that_are_not_utf8_are_refused(tmp_path: Path) -> None:
    """One line, from standard input too."""
    done = pipe(configure(tmp_path), "alice", b'{"text": "\xff"}')
    assert (done.returncode, done.stderr) == (2, "-: cannot be read: it is not UTF-8\n")


@pytest.mark.parametrize(("time", "text"), [
    (0, "-"), (1e20, "-"), (-1e20, "-"), (float("nan"), "-"), (float("inf"), "-"), (86_400, "1970-01-02 00:00"),
])
def test_any_time_can_be_shown(time: float, text: str) -> None:
    """A list of people never fails over a time in it."""
    assert when(time) == text
