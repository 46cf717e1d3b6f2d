"""How a fake answers, said by the model's name: it is the one field that every proxy passes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

FAULTS = ("hang", "cut", "short", "reset", "stall", "nodone", "errorevent", "split", "html502", "page")
"""What can go wrong with an answer; `cut=3` lets three events through first, a large number all of them.

hang        the request is taken and nothing is ever answered
cut         the connection ends without the end of the HTTP body, in good order for TCP
short       the HTTP body ends in good order, but the last events are missing
reset       the connection is reset
stall       nothing comes any more, and the connection stays
nodone      the stream ends in good order and lacks only its closing event
errorevent  an error event stands among the others, and the stream ends
split       packets cut characters, events and the closing event; comments and line separators stand in between
html502     a gateway's HTML page that quotes the credentials it was sent
page        the same page with another status, `page=429`, and a hint when to try again
"""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One way to answer: `latency` and `delay` in seconds (before the answer, between events), `chunks` of text in a
    stream, `error` an HTTP status or 0, `fault` one of FAULTS that sets in after `after` events, further `words`."""

    latency: float = 0.0
    chunks: int = 32
    delay: float = 0.0
    error: int = 0
    fault: str = ""
    after: int = 2
    words: frozenset[str] = frozenset()

    @property
    def ordinary(self) -> bool:
        """Whether nothing but the pace differs from the default."""
        return not (self.words or self.fault or self.error)


_SETTINGS: dict[str, Callable[[Behaviour, str], Behaviour]] = {
    "l": lambda plan, value: replace(plan, latency=float(value) / 1000),
    "d": lambda plan, value: replace(plan, delay=float(value) / 1000),
    "c": lambda plan, value: replace(plan, chunks=int(value)),
    "e": lambda plan, value: replace(plan, error=int(value)),
}


@lru_cache(maxsize=4096)
def behaviour(model: str, default: Behaviour) -> Behaviour:
    """Read `name;l=20;c=64;d=5;e=429;word`: milliseconds before, chunks, milliseconds between, an error, words.

    The name may be a word too (`echo`), or carry a provider before it (`openai/echo`).
    """
    plan = default
    for part in model.rpartition("/")[2].split(";"):
        key, _, value = part.partition("=")
        plan = _with(plan, key, value)
    return plan


def _with(plan: Behaviour, key: str, value: str) -> Behaviour:
    if key in ("", "bench"):
        return plan
    if key in _SETTINGS:
        return _SETTINGS[key](plan, value)
    if key in FAULTS:
        return replace(plan, fault=key, after=int(value or (1 if key == "stall" else plan.after)))
    return replace(plan, words=plan.words | {key})
