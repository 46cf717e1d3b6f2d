"""`rapport write-back` as an operator types it, beside sources that are ingested, changed, removed and indexed anew."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from adapters.ports import ConfigError, Profile, User
from adapters.ports.ledger import Ledger, Shown, Waiting
from policies.write_back import WriteBackConfig
from proxy.__main__ import _find, _parser
from proxy.app import Rapport, assemble
from proxy.commands.write_back import moment
from proxy.config import load
from proxy.write_back import WriteBacks
from tests.policies.write_back.rule import Stands
from tests.rapport import cli

TEXTS = {"leave.md": "Leave is sixteen weeks.", "pay.md": "It is paid in full.", "travel.md": "Trains come first."}


@dataclass
class Shop:
    """A folder with a configuration and three documents in the index."""

    config: Path
    docs: Path
    capture: pytest.CaptureFixture[str]

    def run(self, *arguments: str) -> tuple[int, str]:
        """Status and output of a command in this process: a new one for each takes a second. Raises ConfigError."""
        options = _parser().parse_args([*arguments, "--config", str(self.config)])
        self.capture.readouterr()
        return _find(options.run)(options), self.capture.readouterr().out

    def json(self, *arguments: str) -> Any:
        status, said = self.run(*arguments, "--json")
        assert status == 0
        return json.loads(said)

    def inside(self, work: Callable[[Rapport, Ledger], Awaitable[Any]]) -> Any:
        """Do something in this process."""

        async def main() -> Any:
            rapport = assemble(load(self.config, secrets=False))
            assert rapport.adapters.ledger is not None
            try:
                return await work(rapport, rapport.adapters.ledger)
            finally:
                await rapport.close()

        return asyncio.run(main())

    def answered(self, name: str, approve: bool = True) -> str:
        """Somebody is told what a document says, and approves of it; returns the id of the entry."""

        async def work(rapport: Rapport, ledger: Ledger) -> str:
            source = str(self.docs / name)
            corpus = await rapport.adapters.knowledge.corpus("default", 10_000)
            assert corpus is not None and rapport.adapters.candidates is not None
            each = next(each for each in corpus.passages if each.source == source)
            text = TEXTS[name]
            waiting = Waiting(f"ex of {name}", "default", f"{text[:-1]}?", f"{text} [1]",
                              (Shown(1, source, each.id, each.digest),), user=User("u_1"))  # fmt: skip
            assert await rapport.adapters.candidates.note(waiting, 9)
            working = WriteBackConfig().working(rapport.adapters, Stands())
            backs = WriteBacks(working, rapport.library, rapport.written, None, 9)
            await backs.work()
            if approve:
                await ledger.judge("default", waiting.id, waiting.user, True)
            await backs.look()
            await backs.align()
            return next(each.id for each in await ledger.entries() if each.exchange == waiting.id)

        found: str = self.inside(work)
        return found

    def found(self) -> list[str]:
        """The entries that a search could find."""
        async def work(rapport: Rapport, ledger: Ledger) -> list[str]:
            return sorted(await rapport.written.sources("default"))

        assert all(source.startswith("/") for source in self.json("knowledge", "sources"))
        found: list[str] = self.inside(work)
        return found

    def states(self) -> dict[str, str]:
        return {each["id"]: each["state"] for each in self.json("write-back", "list")}


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    config, docs = tmp_path / "config.yaml", tmp_path / "docs"
    config.write_text("embedder: {kind: full_text_only}\npolicies: [{kind: write_back}]\n")
    docs.mkdir()
    for name, text in TEXTS.items():
        (docs / name).write_text(text)
    made = Shop(config, docs, capsys)
    assert made.run("ingest", str(docs))[0] == 0
    return made


def now() -> str:
    return datetime.now(UTC).isoformat()


def test_as_it_is_typed(shop: Shop) -> None:
    """The commands themselves, beside each other's processes; wrong use is told as such."""
    id = shop.answered("leave.md", approve=False)
    assert cli("write-back", "approve", id, config=shop.config).stdout == f"{id} is active.\n"
    assert shop.found() == [f"write-back/{id}"]
    done = cli("write-back", "rollback", "1d", "--json", config=shop.config)
    assert json.loads(done.stdout) == {"left": 1, "came_back": 0, "lost": 0}
    wrong = cli("write-back", "reject", "wb_0", config=shop.config)
    assert (wrong.returncode, "there is no such entry" in wrong.stderr) == (2, True)


def test_by_hand(shop: Shop) -> None:
    """An operator sees what was decided, lets an answer be found, and takes it out again; twice is once."""
    assert shop.json("write-back", "list") == []
    id = shop.answered("leave.md", approve=False)
    (entry,) = shop.json("write-back", "list")
    assert (entry["state"], entry["answer"]) == ("quarantine", "Leave is sixteen weeks.")
    assert not {"question", "person", "conversation"} & set(entry)
    assert shop.found() == []
    assert shop.json("write-back", "approve", id) == {"id": id, "state": "active", "changed": True}
    assert shop.run("write-back", "approve", id)[1] == f"{id} is active already.\n"
    assert shop.found() == [f"write-back/{id}"]
    assert shop.json("write-back", "list", "--state", "quarantine") == []
    assert "Leave is sixteen" in shop.run("write-back", "list")[1]
    assert shop.json("write-back", "reject", id)["changed"] is True
    assert (shop.found(), shop.states()) == ([], {id: "rejected"})
    assert shop.json("write-back", "list", "--tenant", "other") == []


def test_as_much_of_an_id_as_is_needed(shop: Shop) -> None:
    """Is enough; what several begin with is told, and the whole id is what is answered."""
    first, second = shop.answered("leave.md", approve=False), shop.answered("pay.md", approve=False)
    same = next(place for place, (one, other) in enumerate(zip(first, second, strict=True)) if one != other)
    assert shop.json("write-back", "approve", first[: same + 1]) == {"id": first, "state": "active", "changed": True}
    assert shop.found() == [f"write-back/{first}"]
    for short, said in ((first[:same], "2 entries begin so|no such entry"), ("", "no such entry")):
        with pytest.raises(ConfigError, match=said):
            shop.run("write-back", "reject", short)


def test_what_cannot_be_approved(shop: Shop) -> None:
    """Of who paused nothing is promoted, not by hand either; nor what has served its time."""
    id = shop.answered("leave.md", approve=False)

    async def pause(rapport: Rapport, ledger: Ledger) -> None:
        assert await rapport.adapters.users.publish(User("u_1"), Profile(version=1, paused=True))

    shop.inside(pause)
    with pytest.raises(ConfigError, match="paused"):
        shop.run("write-back", "approve", id)
    shop.config.write_text(shop.config.read_text().replace("{kind: write_back}", "{kind: write_back, keep_days: 1e-9}"))
    with pytest.raises(ConfigError, match="its time is over"):
        shop.run("write-back", "approve", id)


def test_a_rollback_tells_what_came_back(shop: Shop) -> None:
    """What has served its time meanwhile is told as lost, instead of leaving again at once."""
    id = shop.answered("leave.md")
    then = now()
    shop.run("write-back", "reject", id)
    shop.config.write_text(shop.config.read_text().replace("{kind: write_back}", "{kind: write_back, keep_days: 1e-9}"))
    assert shop.json("write-back", "rollback", then) == {"left": 0, "came_back": 0, "lost": 1}
    assert (shop.found(), shop.states()) == ([], {id: "rejected"})


def test_wrong_use(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be is told, with what would have been right."""
    id = shop.answered("leave.md", approve=False)
    for arguments, said in (
        (["approve", "wb_0"], "there is no such entry"), (["reject", id, "--tenant", "other"], "no such entry"),
        (["rollback", "yesterday"], "must be like 2026-05-31T12:00"), (["rollback", "2999-01-01"], "is to come"),
    ):  # fmt: skip
        with pytest.raises(ConfigError, match=said):
            shop.run("write-back", *arguments)
    assert shop.run("write-back", "reject", id)[0] == 0
    assert shop.json("write-back", "approve", id)["changed"] is True  # whoever rejected it may think better of it
    with pytest.raises(SystemExit):
        shop.run("write-back", "list", "--state", "gone")
    assert "invalid choice" in capsys.readouterr().err


def test_rollback(shop: Shop) -> None:
    """To several times: what was promoted later leaves, what was rejected later comes back; twice is once."""
    start = now()
    first = shop.answered("leave.md")
    one = now()
    second = shop.answered("pay.md")
    two = now()
    shop.run("write-back", "reject", first)
    assert shop.found() == [f"write-back/{second}"]
    assert shop.json("write-back", "rollback", two) == {"left": 0, "came_back": 1, "lost": 0}
    assert shop.found() == sorted([f"write-back/{first}", f"write-back/{second}"])
    assert shop.json("write-back", "rollback", two) == {"left": 0, "came_back": 0, "lost": 0}
    assert shop.run("write-back", "rollback", one)[1] == "1 left, 0 came back.\n"
    assert (shop.found(), shop.states()[second]) == ([f"write-back/{first}"], "rolled_back")
    assert shop.json("write-back", "rollback", start) == {"left": 1, "came_back": 0, "lost": 0}
    assert shop.found() == []
    assert shop.json("write-back", "rollback", two) == {"left": 0, "came_back": 2, "lost": 0}
    (shop.docs / "pay.md").write_text("It is not paid.")
    assert shop.run("ingest", str(shop.docs))[0] == 0
    assert shop.states() == {first: "active", second: "withdrawn"}
    assert "1 cannot come back" in shop.run("write-back", "rollback", two)[1]
    assert shop.found() == [f"write-back/{first}"]


def test_sources(shop: Shop) -> None:
    """What is ingested anew withdraws what rested on it, and so does what is taken out; a rebuild keeps the rest."""
    ids = {name: shop.answered(name) for name in TEXTS}
    assert shop.run("ingest", str(shop.docs))[0] == 0
    assert len(shop.found()) == 3
    (shop.docs / "leave.md").write_text("Leave is six weeks.")
    assert shop.run("ingest", str(shop.docs))[0] == 0
    assert shop.found() == sorted(f"write-back/{ids[name]}" for name in ("pay.md", "travel.md"))
    assert shop.run("knowledge", "remove", str(shop.docs / "pay.md"))[0] == 0
    assert shop.states() == {ids["leave.md"]: "withdrawn", ids["pay.md"]: "withdrawn", ids["travel.md"]: "active"}
    with pytest.raises(ConfigError, match="has changed or is gone"):
        shop.run("write-back", "approve", ids["pay.md"])
    assert shop.run("knowledge", "rebuild")[0] == 0
    assert shop.found() == [f"write-back/{ids['travel.md']}"]
    with pytest.raises(ConfigError, match="nothing in the index is of this name"):
        shop.run("knowledge", "remove", shop.found()[0])


def test_an_index_that_is_lost(shop: Shop) -> None:
    """What is active is made anew from the ledger, with the index."""
    id = shop.answered("leave.md")
    for path in sorted((shop.config.parent / "data" / "knowledge").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assert shop.found() == []
    assert shop.run("knowledge", "rebuild")[0] == 0
    assert shop.found() == [f"write-back/{id}"]


@pytest.mark.parametrize(
    ("text", "seconds"), [("90m", 5400), ("2h", 7200), (" 3d ", 259_200), ("1w", 604_800), ("30s", 30)]
)
def test_so_long_ago(text: str, seconds: int) -> None:
    """A number and a unit."""
    assert moment(text, 1e9) == 1e9 - seconds


def test_moments() -> None:
    """ISO 8601, with a zone or that of this machine."""
    at = datetime(2026, 5, 31, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    assert moment("2026-05-31T12:00+02:00", time.time() + 1e9) == at.timestamp()
    assert moment("2026-05-31T10:00:00Z", time.time() + 1e9) == at.timestamp()
    assert moment("2026-05-31", time.time() + 1e9) == datetime(2026, 5, 31).astimezone().timestamp()
    for wrong in ("", "h", "2 hours", "-1h", "31.5.2026", "9" * 400):
        with pytest.raises(ConfigError, match="must be like"):
            moment(wrong, time.time())
