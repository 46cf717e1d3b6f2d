"""Ratings through the door of an application in this process: which picks they tell of, and which none."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from adapters.ports import Evidence
from policies.preferences.choices import choices
from proxy.rated import MOST, Rated, checked, pairs, ranked, told
from proxy.wire import HttpError
from tests.fakes.scripted import Answer, scripted
from tests.inside import Inside, whole
from tests.rapport import openai_backend

QUESTION = "How do I clean a sieve?"
SHORT, MIDDLE = "Rinse it.", "Rinse it at once, and brush it where something sticks."
LONG = "Hold the sieve under the tap and let the water run through it until all of it is gone, then brush it gently."
CHAIN = [{"kind": "identity"}, {"kind": "preferences"}, {"kind": "history"}]


class Desk:
    """What an application does that shows answers and lets people rate them."""

    def __init__(self, inside: Inside, headers: dict[str, str]) -> None:
        self.inside, self.headers = inside, headers

    async def ask(self, user: str = "ann", *before: str, question: str = QUESTION, **headers: str) -> str:
        """Ask, after these turns; returns the id of the exchange."""
        talk = [{"role": "user" if place % 2 == 0 else "assistant", "content": text}
                for place, text in enumerate((*before, question))]  # fmt: skip
        found = await self.inside.send("POST", "/v1/chat/completions", json={"model": "m", "messages": talk},
                                       headers={**self.headers, "x-rapport-user": user, **headers})  # fmt: skip
        assert found.status_code == 200, found.text
        return found.headers["x-rapport-exchange"]

    async def give(self, status: int = 200, **feedback: Any) -> dict[str, Any]:
        found = await self.inside.send("POST", "/v1/feedback", json=feedback, headers=self.headers)
        assert found.status_code == status, found.text
        return dict(found.json())

    async def rate(self, exchange: str, rating: float, original: str = "", **more: Any) -> int:
        """Rate the answer of an exchange; returns how many events were new."""
        return int((await self.give(exchange=exchange, rating=rating, original=original, **more))["recorded"])

    async def picks(self, user: str = "ann") -> list[tuple[str, str]]:
        """What the person picked, and over what."""
        rows = (await self.of(user, "export"))["evidence"]
        return [(row["text"], row["context"]) for row in rows if row["kind"] == "pick"]

    async def of(self, user: str, what: str, method: str = "GET", **more: Any) -> Any:
        path = f"/v1/users/{user}/{what}".rstrip("/")
        return (await self.inside.send(method, path, headers=self.headers, **more)).json()


def play(folder: Path, story: Callable[[Desk], Awaitable[None]], **sections: Any) -> None:
    """Run a story in an application of its own, asked by a trusted backend."""

    async def run() -> None:
        async with whole(folder, policies=CHAIN, embedder={"kind": "full_text_only"}, **sections) as inside:
            await story(Desk(inside, {"authorization": f"Bearer {await inside.make_key('acme', 'backend')}"}))

    asyncio.run(run())


def test_two_ratings_of_one_question_are_a_pick(tmp_path: Path) -> None:
    """Of the better one over the worse one, whichever comes first; once, also where they are sent again; it teaches a
    taste, and neither answer is taken for the person's words."""

    async def story(desk: Desk) -> None:
        for user, ratings in (("ann", (0.4, -1)), ("ben", (-1, 0.4))):
            texts = {0.4: f"{SHORT} I love opera.", -1: LONG}
            exchanges = [await desk.ask(user), await desk.ask(user)]
            sent = list(zip(exchanges, ratings, strict=True))
            assert [await desk.rate(at, rating, texts[rating]) for at, rating in sent] == [1, 2]
            assert [await desk.rate(at, rating, texts[rating]) for at, rating in sent] == [0, 0]
            assert await desk.picks(user) == [(texts[0.4], LONG)]
            profile = await desk.of(user, "profile")
            assert profile["election"]["choices"] == 1 and "opera" not in str(profile["claims"])
        both = [await desk.ask("cleo"), await desk.ask("cleo")]
        at_once = await asyncio.gather(desk.rate(both[0], 1, SHORT), desk.rate(both[1], -1, LONG))
        assert sum(at_once) == 3 and await desk.picks("cleo") == [(SHORT, LONG)]

    play(tmp_path, story)


def test_an_answer_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a while, so that the rating need not bring it along; a comment stays the person's own."""

    async def story(desk: Desk) -> None:
        first, second = await desk.ask(), await desk.ask()
        assert await desk.rate(first, -0.5, comment="Please keep your answers short.") == 1
        assert await desk.rate(second, 1) == 2
        assert await desk.picks() == [(SHORT, LONG)]
        rows = [row for row in (await desk.of("ann", "export"))["evidence"] if row["kind"] in ("rating", "accepted")]
        assert [(row["text"], row["context"], row["author"]) for row in rows] == [
            ("Please keep your answers short.", LONG, "self"), (SHORT, "", "assistant")]  # fmt: skip
        assert len({row["digest"].partition(".")[0] for row in rows}) == 1 and QUESTION not in str(rows)
        assert ("length", "short") in [(each["aspect"], each["value"])
                                       for each in (await desk.of("ann", "profile"))["claims"]]  # fmt: skip

    monkeypatch.setenv("FAKE_KEY", "sk-fake")
    with scripted(Answer(LONG), Answer(SHORT)) as server:
        play(tmp_path, story, backends=[openai_backend(server.base)])


def test_what_is_no_pick(tmp_path: Path) -> None:
    """Another question, the same words after other turns, another person, the same sign, none, or the same answer."""

    async def story(desk: Desk) -> None:
        good = await desk.ask()
        assert await desk.rate(good, 1, SHORT) == 1
        others = [await desk.ask(question="And a pan?"), await desk.ask("ann", "Hello.", "Hi."), await desk.ask("ben")]
        assert [await desk.rate(each, -1, LONG) for each in others] == [1, 1, 1]
        again = [await desk.ask() for _ in range(3)]
        assert [await desk.rate(again[0], 0.2, LONG), await desk.rate(again[1], 0, LONG)] == [1, 1]
        assert await desk.rate(again[2], -1, SHORT) == 2  # who changes their mind holds it against the other one
        assert await desk.picks() == [(LONG, SHORT)] and await desk.picks("ben") == []
        one = await desk.ask("cleo")
        assert await desk.rate(one, 1, f"{SHORT} Sources: none") == 1
        assert await desk.rate(one, -1, SHORT) == 1 and await desk.picks("cleo") == [], "one answer, cut elsewhere"

    play(tmp_path, story)


def test_answers_rated_at_once(tmp_path: Path) -> None:
    """As many picks as put them in order, once; equals tell nothing; a client's own name for it is taken."""

    async def story(desk: Desk) -> None:
        sent = [{"text": MIDDLE, "rating": 0.1}, {"text": LONG, "rating": -0.2}, {"text": SHORT, "rating": 0.8}]
        assert (await desk.give(user="ann", ratings=sent))["recorded"] == 2
        assert (await desk.give(user="ann", ratings=sent))["recorded"] == 0
        assert await desk.picks() == [(SHORT, MIDDLE), (MIDDLE, LONG)]
        assert (await desk.give(user="ann", ratings=[{**each, "rating": 0.5} for each in sent]))["recorded"] == 0
        both = {"chosen": SHORT, "rejected": MIDDLE, "ratings": sent}
        assert (await desk.give(user="cleo", **both))["recorded"] == 2, "a pick of its own, and the other pair"
        exchange = await desk.ask("ben")
        assert (await desk.give(exchange=exchange, event="e", ratings=sent, rating=1))["recorded"] == 3
        assert (await desk.give(exchange=exchange, event="e", ratings=[*reversed(sent)]))["recorded"] == 0
        assert (await desk.of("ben", "profile"))["election"]["choices"] == 2

    play(tmp_path, story)


def test_whoever_paused_or_was_erased(tmp_path: Path) -> None:
    """Nothing is recorded while somebody is paused; what was said before an erasure meets nothing that is said later;
    another tenant's exchange is not known."""

    async def story(desk: Desk) -> None:
        first, second = await desk.ask(), await desk.ask()
        await desk.rate(first, 1, SHORT)
        await desk.of("ann", "profile", "PATCH", json={"paused": True})
        rated = [{"text": SHORT, "rating": 1}, {"text": LONG, "rating": -1}]
        assert await desk.rate(second, -1, LONG, ratings=rated) == 0
        await desk.of("ann", "profile", "PATCH", json={"paused": False})
        assert await desk.picks() == []
        await desk.of("ann", "", "DELETE")
        await desk.give(404, exchange=second, rating=-1)
        third = await desk.ask()
        assert await desk.rate(third, -1, LONG) == 1 and await desk.picks() == []
        other = Desk(desk.inside, {"authorization": f"Bearer {await desk.inside.make_key('other', 'backend')}"})
        await other.give(404, exchange=third, ratings=rated)

    play(tmp_path, story)


def test_one_pick_a_rating() -> None:
    """Over the answer that was rated last the other way; what was said of an answer earlier does not count."""

    def rating(event: str, good: bool, text: str, question: str = "q") -> Evidence:
        return Evidence(event, "accepted" if good else "rating", text, "assistant", digest=question)

    rows = [rating("a", False, "A"), rating("b", False, "B"), rating("x", True, "X", "other"), rating("b2", True, "B"),
            rating("c", True, "C"), rating("d", False, "D")]  # fmt: skip
    pick = told(rows, "c")
    assert pick and (pick.text, pick.context, pick.author) == ("C", "A", "assistant")
    last = told(rows, "d")
    assert last and (last.text, last.context) == ("C", "D")
    marked = [rating("a", True, "An answer."), rating("again", False, "<think>Hm.</think>**An** answer.")]
    assert told(marked, "again") is None
    assert told(rows, "a") is told(rows, "x") is told(rows, "gone") is told([], "a") is None
    assert 0 < next(choices([pick])).weight < next(choices([Evidence("p", "pick", "C", "assistant", "A")])).weight


@pytest.mark.parametrize(("ratings", "expected"), [
    ([1, 1], []), ([0.2, 0.9], [(1, 0)]), ([3, 2, 1], [(0, 1), (1, 2)]),
    ([1, -1, -1, -1], [(0, 1), (0, 2), (0, 3)]), ([1, 1, 1, -1], [(0, 3), (1, 3), (2, 3)]),
    ([1, 0, 1, 0, -1], [(0, 1), (2, 1), (2, 3), (3, 4)]),
])
def test_as_many_pairs_as_put_them_in_order(ratings: list[float], expected: list[tuple[int, int]]) -> None:
    """One fewer than answers, each answer in some, and a better one always first."""
    assert pairs(ratings) == expected
    texts = [Rated(str(place), rating) for place, rating in enumerate(ratings)]
    assert [(item.text, item.context) for item in ranked(texts, "", None, 1.0)] == [
        (str(better), str(worse)) for better, worse in expected]  # fmt: skip


@pytest.mark.parametrize(("ratings", "place"), [
    ([], "ratings"), ([Rated("a", 1)], "ratings"), ([Rated(str(at), 0) for at in range(MOST + 1)], "ratings"),
    ([Rated("a", 1), Rated(" ", 0)], "ratings[1].text"), ([Rated("a", 1), Rated("b", -1.1)], "ratings[1].rating"),
    ([Rated("a", 1), Rated("b", 0), Rated("a", -1)], "ratings[2].text"),
    ([Rated("a", 1), Rated(" a\n", 0)], "ratings[1].text"),
    ([Rated("a" * 20_000, 1), Rated("a" * 20_001, 0)], "ratings[1].text"),
])
def test_ratings_that_make_no_sense(ratings: list[Rated], place: str) -> None:
    """Are told with the place."""
    with pytest.raises(HttpError) as error:
        checked(ratings)
    assert (error.value.status, error.value.error["param"]) == (400, place)


def test_ratings_at_two_places_tell_of_neither() -> None:
    """Of one place they are a pick that tells of the person there."""
    def rated(event: str, kind: str, text: str, place: str) -> Evidence:
        return Evidence(event, kind, text, "assistant", digest="q", place=place)  # type: ignore[arg-type]

    apart = [rated("a", "accepted", SHORT, "work"), rated("b", "rating", LONG, "home")]
    assert told(apart, "b") is None
    pick = told([*apart, rated("c", "rating", MIDDLE, "work")], "c")
    assert pick and (pick.text, pick.context, pick.place) == (SHORT, MIDDLE, "work")
