"""What models wrote and may join a corpus: answers that wait to be checked, entries, and all that ever happened to
them. It is the source of truth; the index has copies of the active ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal, NamedTuple, Protocol

from adapters.ports.knowledge import Passage, Root
from adapters.ports.people import User

State = Literal["quarantine", "active", "rejected", "withdrawn", "expired", "rolled_back"]
"""Only what is `active` can be found. `withdrawn`: what it rests on has changed or is gone."""
LIVING: tuple[State, ...] = ("quarantine", "active")
BY_HAND, DISAPPROVED = "by_hand", "disapproved"
"""Codes of what an operator rejected, and of what the person said to be wrong."""
PREFIX = "write-back/"
"""How the sources of passages begin that a model wrote. Those of files are absolute paths, and never do."""


def named(tenant: str, exchange: str) -> str:
    """The id of what becomes of the answer of an exchange: the same however often it is decided."""
    digest = blake2b(f"{tenant}\0{exchange}".encode("utf-8", "replace"), digest_size=12).hexdigest()
    return f"wb_{digest}"


class Shown(NamedTuple):
    """A passage that the model was shown: by which number, its source, its id, the digest of its source, and whether
    the answer cites it."""

    number: int
    source: str
    id: str
    digest: str
    cited: bool = True


class Mixing(NamedTuple):
    """How retrieval treats what models wrote: of the passages of one turn at most this share is, and this part is
    taken off its scores. Share 0: none of it is ever shown."""

    share: float = 0.0
    penalty: float = 0.2


@dataclass(frozen=True, slots=True)
class Waiting:
    """An answer that waits to be checked. `id` is that of its exchange, `time` when it was given (since 1970), `user`
    whom to, `approval` and `disapproval` the ids of the events by which they approve of it in the chat, or correct
    it."""

    id: str
    tenant: str
    question: str
    answer: str
    shown: tuple[Shown, ...]
    conversation: str = ""
    time: float = 0.0
    user: User | None = None
    approval: str = ""
    tries: int = 0
    disapproval: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of an answer. `reason` is a code: of the check that decided, or of the last change. `person` is the
    internal id of whom it was given to; `created` when it was decided, `changed` when its state was (since 1970). Texts
    are empty where it was not accepted or is expired. What was rejected by hand (`BY_HAND`) keeps them, so that the
    same is not accepted again."""

    id: str
    tenant: str
    state: State
    reason: str
    question: str = ""
    answer: str = ""
    title: str = ""
    roots: tuple[Root, ...] = ()
    exchange: str = ""
    conversation: str = ""
    person: str | None = None
    approval: str = ""
    created: float = 0.0
    changed: float = 0.0
    disapproval: str = ""

    @property
    def source(self) -> str:
        """What its passage is called in the index."""
        return f"{PREFIX}{self.id}"

    def holds(self, digests: Mapping[str, str]) -> bool:
        """Whether all that it rests on is as it was, by the digests of the sources in the index."""
        return bool(self.roots) and standing(self.roots, digests)

    def passage(self) -> Passage:
        """Its passage in the index."""
        return Passage(self.id, self.tenant, self.source, self.title, self.answer, digest=self.id, origin="model",
                       roots=self.roots)


def standing(roots: Sequence[Root], digests: Mapping[str, str]) -> bool:
    """Whether all of them have these digests."""
    return all(digests.get(source) == digest for source, digest in roots)


class Move(NamedTuple):
    """A change of an entry's state, made only where it is in the state `before`."""

    id: str
    before: State
    after: State
    code: str


class Event(NamedTuple):
    """What happened to an entry, and when (since 1970). The first one of an entry has no `before`."""

    entry: str
    time: float
    code: str
    before: State | None
    after: State


class Candidates(Protocol):
    """Answers that wait: kept at once, handed out under a lease at least once, and settled once."""

    async def note(self, waiting: Waiting, most: int) -> bool:
        """Keep it, for good once this returns. False, and nothing is kept, where `most` of the tenant wait already, or
        the person was erased since the request began. Raises AdapterError."""

    async def claim(self, limit: int, lease: float) -> Sequence[Waiting]:
        """Up to `limit` that are due, leased for `lease` seconds. Raises AdapterError."""

    async def settle(self, waiting: Waiting, entry: Entry | None, moves: Sequence[Move] = ()) -> bool:
        """In one transaction: forget the answer, keep the entry that it became, if any, and move others. False, and
        nothing is done, where it is settled, or leased anew, or gone with its person. Raises AdapterError."""

    async def retry(self, waiting: Waiting, delay: float, tried: bool = True) -> None:
        """Give it back, due after `delay` seconds, `tried` once more or as often as before. Raises AdapterError."""

    async def wait(self, timeout: float) -> None:
        """Return when this process noted one, or after `timeout` seconds."""


class Owing(Protocol):
    """Tenants of whom passages may be in the index that must leave it, since their rows were erased: noted in the
    transaction that erased them, until somebody took them out."""

    async def owed(self) -> Mapping[str, str]:
        """These tenants, each with a token that a later erasure changes. Raises AdapterError."""

    async def paid(self, tenant: str, token: str) -> None:
        """Of this tenant nothing is owed any more, unless more was erased since the token. Raises AdapterError."""


class Judging(Protocol):
    """What people say of the answers that they were given. Nobody (`user` None) is of answers to nobody."""

    async def judge(self, tenant: str, exchange: str, user: User | None, good: bool) -> bool:
        """The person approves of the answer of an exchange, or says that it is wrong: then what waits, is in
        quarantine or is active of it is rejected. False where nothing of it is known as theirs. Raises AdapterError.
        """

    async def approved(self) -> Sequence[str]:
        """The ids of entries in quarantine that their person approved of. Raises AdapterError."""

    async def disapproved(self) -> Sequence[str]:
        """The ids of entries in quarantine or active that their person corrected in the chat. Raises AdapterError."""


class Ledger(Judging, Owing, Protocol):
    """Entries and what happened to them. Every change of a state is an event; none is ever rewritten."""

    async def entries(self, tenant: str | None = None, states: Sequence[State] = (),
                      reasons: Sequence[str] = ()) -> Sequence[Entry]:  # fmt: skip
        """The entries of a tenant (None: of all) in these states and with these reasons (none named: any), oldest
        first. Raises AdapterError."""

    async def tenants(self, states: Sequence[State] = ()) -> Sequence[str]:
        """Who has entries in these states (none named: in any). Raises AdapterError."""

    async def accepted(self, tenant: str, since: float) -> int:
        """How many answers of a tenant were accepted from then on (since 1970). Raises AdapterError."""

    async def move(self, moves: Sequence[Move]) -> int:
        """Make the changes that can be made, in one transaction; how many. What expires loses its texts, and so does
        what is rejected out of quarantine, unless by hand. Raises AdapterError."""

    async def events(self, tenant: str, since: float = 0.0, of: Sequence[str] = ()) -> Sequence[Event]:
        """What happened to the tenant's entries (or to these alone) from then on, oldest first. Raises AdapterError."""

    async def purge(self, rejected: float, ended: float) -> int:
        """Forget what was rejected before the one time, unless by hand, and what was that, expired, withdrawn or
        rolled back before the other; some thousands at a time; how many. Raises AdapterError."""
