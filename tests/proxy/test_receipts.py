"""Receipts are kept within bounds, and only those see them whom they concern."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from adapters.ports import Caller, ChatRequest, User
from policies.base import Exchange, Step
from proxy.receipts import KEPT, KEPT_BYTES, LONGEST, Receipts

REQUEST = ChatRequest.parse(b'{"model":"m","messages":[{"role":"user","content":"q"}]}')
BACKEND = Caller("t", trust="backend")


def keep(receipts: Receipts, id: str, owner: str = "", **detail: Any) -> None:
    exchange = Exchange(id, Caller("t"), REQUEST, REQUEST, User(owner, "t") if owner else None)
    exchange.receipt.steps.append(Step("retrieval", "on_reply", "idle", ("cited",), detail=detail))
    receipts.keep(exchange, 200, 1.5)


def test_what_is_kept() -> None:
    """A receipt comes back as it was, as JSON values, to the tenant it was made for."""
    receipts = Receipts()
    keep(receipts, "a", "u1", uncited=(1, 2), share=0.5, source="ä")
    found = receipts.find("a", BACKEND, None)
    assert found and found["policies"][0]["detail"] == {"uncited": [1, 2], "share": 0.5, "source": "ä"}
    assert (found["id"], found["status"], found["ms"], found["identified"]) == ("a", 200, 1.5, True)
    assert receipts.find("a", Caller("other", trust="backend"), None) is None
    assert receipts.find("a", Caller("t"), "u1") and not receipts.find("a", Caller("t"), "u2")
    assert (receipts.owner("a", "t"), receipts.owner("a", "other"), receipts.owner("b", "t")) == ("u1", None, None)
    assert (receipts.place("a", "t"), receipts.place("a", "other"), receipts.place("b", "t")) == ("", None, None)
    receipts.forget("u1")
    assert receipts.find("a", BACKEND, None) is None


def test_what_was_asked() -> None:
    """The same of two exchanges of a person that asked the same, and of nobody else's; nothing where nobody known asked
    or what they asked cannot be read."""
    receipts, other = Receipts(), replace(REQUEST, items=[msgspec.Raw(b'{"role":"user","content":"r"}')])
    for id, owner in (("a", "u1"), ("b", "u1"), ("c", "u2"), ("d", "")):
        keep(receipts, id, owner)
    receipts.keep(Exchange("e", Caller("t", "key"), other, other, User("u1", "t")), 200, 1.5)
    a, b, c, e = (receipts.asked(id, "t") for id in "abce")
    assert a and c and e and a == b and len({a.question, c.question, e.question}) == 3
    assert receipts.asked("a", "other") is receipts.asked("d", "t") is receipts.asked("none", "t") is None
    broken = replace(REQUEST, items=[msgspec.Raw(b"5")])
    receipts.keep(Exchange("f", Caller("t"), broken, broken, User("u1", "t")), 200, 1.5)
    assert receipts.asked("f", "t") is None and receipts.owner("f", "t") == "u1"
    receipts.forget("u1")
    assert receipts.asked("a", "t") is None and receipts.asked("c", "t") == c


def test_the_oldest_go() -> None:
    """There are so many at most, and the oldest go first."""
    receipts = Receipts()
    for number in range(KEPT + 2):
        keep(receipts, str(number))
    kept = [number for number in (0, 1, 2, KEPT + 1) if receipts.find(str(number), BACKEND, None)]
    assert kept == [2, KEPT + 1]


def test_bytes_are_counted() -> None:
    """Long receipts are fewer, whether some are made anew or forgotten in between."""
    receipts, detail, fit = Receipts(), "x" * (LONGEST - 1024), KEPT_BYTES // LONGEST
    for _ in range(3):
        keep(receipts, "again", text=detail)
    for number in range(fit // 2):
        keep(receipts, f"forgotten {number}", "u1", text=detail)
    receipts.forget("u1")
    for number in range(fit - 1):
        keep(receipts, str(number), text=detail)
    assert receipts.find("again", BACKEND, None)
    for number in range(fit, fit + 20):
        keep(receipts, str(number), text=detail)
    assert receipts.find("again", BACKEND, None) is None
    assert receipts.find(str(fit + 19), BACKEND, None) and receipts.find(str(fit // 2), BACKEND, None)


def test_a_receipt_that_is_too_long() -> None:
    """It keeps its reasons and what is short of it."""
    receipts, exchange = Receipts(), Exchange("a", Caller("t"), REQUEST, REQUEST)
    for detail in ({"text": "x" * LONGEST}, {"short": 1}):
        exchange.receipt.steps.append(Step("retrieval", "on_reply", "idle", ("cited",), detail=detail))
    receipts.keep(exchange, 200, 1.5)
    found = receipts.find("a", BACKEND, None)
    assert found and [step["detail"] for step in found["policies"]] == [{"left_out": "too_long"}, {"short": 1}]
    assert [step["reasons"] for step in found["policies"]] == [["cited"], ["cited"]]
