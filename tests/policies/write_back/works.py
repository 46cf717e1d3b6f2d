"""A whole world for answers that may join: real SQLite and LanceDB, a corpus of two files, and a small verifier."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from adapters.lancedb import LanceKnowledge, within
from adapters.memory import MemoryCache, MemoryKeys
from adapters.ports import Passage, User
from adapters.ports.ledger import Entry, Shown, State, Waiting
from adapters.sql import Database, SqlCandidates, SqlLedger, SqlPeople, SqlUsers
from adapters.sql.outbox import SqlOutbox
from policies.approval import approval, disapproval
from policies.base import Adapters
from policies.write_back import Verifies, WriteBackConfig
from proxy.write_back import WriteBacks
from tests.policies.write_back.rule import Stands

ANN, BEN, EVE = (User(f"u_{letter * 32}", "acme") for letter in "abe")
LEAVE, PAY = "Leave is sixteen weeks.", "It is paid in full."
TEXTS = {"/srv/leave.md": LEAVE + " Ask before you go.", "/srv/pay.md": PAY + " Money comes late."}
RULE = Stands()
QUESTION, ANSWER = "How long is leave?", f"{LEAVE} [1]"


def passage(source: str, text: str, tenant: str = "acme") -> Passage:
    return Passage(f"p of {text}", tenant, source, source[5:-3].title(), text, digest=f"d of {text}")


@dataclass
class Works:
    """The ports, and what works on answers."""

    knowledge: LanceKnowledge
    written: LanceKnowledge
    database: Database
    verifier: Verifies | None
    config: WriteBackConfig
    backs: WriteBacks = field(init=False)
    people: SqlPeople = field(init=False)
    users: SqlUsers = field(init=False)
    ledger: SqlLedger = field(init=False)
    candidates: SqlCandidates = field(init=False)
    asked: int = 0

    def __post_init__(self) -> None:
        database, cache = self.database, MemoryCache()
        self.people, self.users = SqlPeople(database), SqlUsers(database)
        self.ledger, self.candidates = SqlLedger(database), SqlCandidates(database)
        adapters = Adapters(self.users, self.people, self.people, SqlOutbox(database), MemoryKeys(), cache, cache,
                            self.knowledge, candidates=self.candidates, ledger=self.ledger, written=self.written)
        working = self.config.working(adapters, self.verifier)
        self.backs = WriteBacks(working, self.knowledge, self.written, None, self.config.verify_seconds, 0.0)

    async def put(self, tenant: str = "acme", **texts: str) -> None:
        """Put in files, or take them out where they have no text."""
        named = {f"/srv/{name}.md": text for name, text in texts.items()} if texts else TEXTS
        await self.knowledge.replace(tenant, {source: [passage(source, text, tenant)] if text else []
                                              for source, text in named.items()}, {})  # fmt: skip

    async def note(self, user: User | None = ANN, answer: str = ANSWER, question: str = QUESTION, talk: str = "",
                   tenant: str = "acme", cites: Sequence[str] = ("/srv/leave.md",)) -> str:  # fmt: skip
        """An answer comes that cites these files by their places; returns the id of its exchange."""
        self.asked += 1
        id = f"ex_{self.asked}"
        found = {source: passage(source, TEXTS.get(source, source), tenant) for source in cites}
        shown = tuple(Shown(number, source, each.id, each.digest)
                      for number, (source, each) in enumerate(found.items(), 1))  # fmt: skip
        waiting = Waiting(id, tenant, question, answer, shown, talk or id, 1.0, user, approval(id),
                          disapproval=disapproval(id))  # fmt: skip
        assert await self.candidates.note(waiting, 99)
        return id

    async def steered(self, user: User, answer: str = ANSWER, text: str = TEXTS["/srv/pay.md"]) -> None:
        """An answer comes that cites /srv/leave.md, to whom /srv/pay.md was shown beside it with this text."""
        self.asked += 1
        id = f"ex_{self.asked}"
        found = [passage("/srv/leave.md", TEXTS["/srv/leave.md"]), passage("/srv/pay.md", text)]
        shown = tuple(Shown(number, each.source, each.id, each.digest, number == 1)
                      for number, each in enumerate(found, 1))  # fmt: skip
        assert await self.candidates.note(Waiting(id, "acme", QUESTION, answer, shown, id, 1.0, user), 99)

    async def work(self) -> None:
        """Check what waits, look after the rest, and bring the index in line."""
        await self.backs.work()
        await self.backs.look()
        await self.backs.align()

    async def active(self, *, approve: bool = True) -> Entry:
        """An entry that is found."""
        exchange = await self.note()
        if approve:
            await self.ledger.judge("acme", exchange, ANN, True)
        await self.work()
        (found,) = await self.ledger.entries("acme", ("active",))
        return found

    async def states(self, tenant: str | None = "acme") -> list[tuple[State, str]]:
        return [(each.state, each.reason) for each in await self.ledger.entries(tenant)]

    async def found(self, tenant: str = "acme") -> list[str]:
        """The texts of models that a search finds."""
        assert not [each for each in await self.knowledge.sources(tenant) if not each.startswith("/")]
        return [hit.passage.text for hit in await self.written.search(tenant, "leave sixteen weeks paid", None, 20)]


@asynccontextmanager
async def opened(
    folder: Path, verifier: Verifies | None, config: WriteBackConfig | None = None
) -> AsyncIterator[Works]:
    """As a process opens it: what was there before is there."""
    made = Works(LanceKnowledge(str(folder / "index")), LanceKnowledge(within(str(folder / "index"), "written")),
                 Database(f"sqlite:///{folder / 'people.db'}"), verifier, config or WriteBackConfig(promote="both"))
    yield made
    await made.knowledge.close()
    await made.written.close()
    await made.database.close()


def play(folder: Path, story: Callable[[Works], Awaitable[None]], verifier: Verifies | None = RULE,
         config: WriteBackConfig | None = None) -> None:  # fmt: skip
    """Run a story in a world of its own, with the small rule where no other verifier is given."""
    async def run() -> None:
        async with opened(folder, verifier, config) as works:
            await works.put()
            await story(works)

    asyncio.run(run())
