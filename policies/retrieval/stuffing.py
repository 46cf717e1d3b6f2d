"""All of a small corpus instead of a search, and for the length of a conversation: nothing in it can be missed.

On questions that look something up a model that reads the whole corpus does as well as one that is shown what was found
(LOFT, arXiv 2406.13121). It stands before what is known of the person, so that all people of a tenant share one cached
prefix. What it costs is bounded three times: by `stuff_max_tokens`, by the budgets that all policies share, and by
`stuff_share` of what the model reads at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from adapters.ports import AdapterError, ChatRequest
from adapters.ports.formats.base import INSTRUCTING
from policies.base import Exchange
from policies.replay import Given
from policies.retrieval.corpora import Corpora, Whole
from policies.retrieval.pins import Pin, Pins

WINDOW = 8192
"""What a model reads of which nobody knows it, in tokens."""
ANSWER = 1000
"""Tokens that an answer may take where the request does not say how many."""
MARGIN = 200
BYTES = 4
"""Of a request for each of its tokens, roughly."""
REPLAYED = 0.75
"""Of the budget for what comes back in later requests: the rest is for what turns were given."""
UNAVAILABLE, EMPTY = "unavailable", "empty"
_LIMITS = ("max_completion_tokens", "max_output_tokens", "max_tokens")


class Held(NamedTuple):
    """What a request brings along of a corpus, if it does, and the first number that no passage of its conversation
    ever had. `refused`: the backend did not take a corpus."""

    given: Given | None
    first: int
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Stuffing:
    """Decides whether a conversation gets the corpus, and remembers which one it got: at most `most` tokens (0: never)
    and `share` of the model's window. In a conversation that goes on without one, it comes in only while less than
    `late` tokens were said before: it goes in front of these, which no cache holds any more then."""

    most: int
    share: float
    late: int
    corpora: Corpora
    pins: Pins
    window: Callable[[str], int | None]
    seconds: float

    async def again(self, exchange: Exchange, free: int) -> Held:
        """Put in what the conversation was given before: the same bytes as long as all of it is still in the index,
        else the newest, if that fits. `free` is the first number that no passage of a turn has."""
        if not self.most or exchange.received.opens:
            return Held(None, free)
        pin = await self.pins.find(exchange)
        held = Held(None, max(free, pin.last + 1), pin.refused)
        if not pin.digest:
            return held
        new = await self._newest(exchange, pin.first)
        same = isinstance(new, Whole) and new.digest == pin.digest
        old = new if same else self.corpora.kept(exchange.caller.tenant, pin.digest)
        if isinstance(old, Whole) and _holds(old, new):
            return self._put(exchange, old, held, "stuffed_before") if self._stays(exchange, old) else held
        if isinstance(new, Whole):
            # Its numbers stand for what is gone: the newest begins behind them.
            new = await self._newest(exchange, held.first)
        if isinstance(new, str) or self._misfit(exchange, new):
            return held
        await self._pin(exchange, new)
        return self._put(exchange, new, held, "stuffed")

    async def begin(self, exchange: Exchange, held: Held, searched: bool, why: Mapping[str, Any]) -> Held:
        """Put in the newest corpus for a request that needs knowledge, if it fits; else the receipt's detail tells what
        speaks against it, beside `why`. `searched`: earlier turns were given passages, and the conversation stays so.
        """
        if not self.most or held.refused:
            return held
        new = self._late(exchange, searched) or await self._newest(exchange, held.first)
        misfit = self._misfit(exchange, new) if isinstance(new, Whole) else new
        if misfit is not None or isinstance(new, str):
            exchange.receipt.detail.update({"corpus": misfit} if misfit != EMPTY else {})
            return held
        await self._pin(exchange, new)
        return self._put(exchange, new, held, "stuffed", why)

    async def refuse(self, exchange: Exchange) -> None:
        """The backend did not take what was added: put no corpus into this conversation any more."""
        pin = await self.pins.find(exchange) if self.most else Pin()
        if pin.digest:
            await self.pins.keep(exchange, Pin(last=pin.last, refused=True))

    async def _newest(self, exchange: Exchange, first: int) -> Whole | str:
        """The corpus as it is now, numbered from `first` on, or why there is none."""
        try:
            return await self.corpora.newest(exchange.caller.tenant, self.seconds, first) or "too_large"
        except (AdapterError, TimeoutError):
            return UNAVAILABLE

    async def _pin(self, exchange: Exchange, corpus: Whole) -> None:
        numbers = [source.number for source in corpus.given.sources]
        await self.pins.keep(exchange, Pin(corpus.digest, numbers[0], numbers[-1]))

    def _put(self, exchange: Exchange, corpus: Whole, held: Held, reason: str,
             why: Mapping[str, Any] = MappingProxyType({})) -> Held:  # fmt: skip
        tokens = corpus.given.tokens
        new, before = (tokens, 0) if reason == "stuffed" else (0, tokens)
        exchange.receipt.note(reason, new, before, **{**why, "corpus": self._told(exchange, corpus)})
        exchange.request = exchange.request.with_context(corpus.block)
        return Held(corpus.given, max(held.first, corpus.given.sources[-1].number + 1))

    def _late(self, exchange: Exchange, searched: bool) -> str | None:
        received = exchange.received
        # What only the backend keeps has a length that nobody knows here.
        late = received.continued.marks or said_before(received) > self.late
        return "late" if searched or (late and not received.opens) else None

    def _misfit(self, exchange: Exchange, corpus: Whole) -> str | None:
        """What speaks against a corpus that is new to the conversation."""
        receipt, tokens = exchange.receipt, corpus.given.tokens
        if not corpus.given.ids:
            return EMPTY
        if tokens > self.most:
            return "too_large"
        if tokens > min(receipt.budget - receipt.tokens, receipt.replay_budget * REPLAYED):
            return "no_budget"
        window = self.window(exchange.received.model) or WINDOW
        return "window" if _total(exchange, corpus) + MARGIN > self.share * window else None

    def _stays(self, exchange: Exchange, corpus: Whole) -> bool:
        """Whether there is room for one that the conversation has: the model reads it, as far as that is known."""
        window = self.window(exchange.received.model)
        room = exchange.receipt.replay_budget
        return corpus.given.tokens <= room and (window is None or _total(exchange, corpus) <= window)

    def _told(self, exchange: Exchange, corpus: Whole) -> dict[str, Any]:
        window = self.window(exchange.received.model)
        return {"passages": len(corpus.given.ids), "tokens": corpus.given.tokens, "window": window}


def _holds(old: Whole, new: Whole | str) -> bool:
    """Whether all of the old one is still there, as far as the index tells now: while it is away nothing leaves it."""
    return new == UNAVAILABLE if isinstance(new, str) else old.rows <= new.rows


def _total(exchange: Exchange, corpus: Whole) -> int:
    """Tokens, rather too many, of the request with the corpus and of its answer."""
    tokens = max(corpus.given.tokens, len(corpus.given.text) // BYTES)
    return tokens + exchange.request.size // BYTES + answer(exchange.received)


def said_before(request: ChatRequest) -> int:
    """Tokens, roughly, of what was said before the person's last turn, the client's own instructions apart."""
    last = request.last_user.index if request.last_user else 0
    before = (turn.index for turn in request.turns if 0 <= turn.index < last and turn.role not in INSTRUCTING)
    return sum(len(request.items[place]) for place in before) // BYTES


def answer(request: ChatRequest) -> int:
    """Tokens that the answer may take."""
    asked = (request.get(name) for name in _LIMITS if name in request.fields)
    return next((limit for limit in asked if isinstance(limit, int)), ANSWER)
