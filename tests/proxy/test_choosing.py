"""Several answers are asked for at once, and one of them is sent on: over real connections to a fake provider."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from adapters.ending import begun
from adapters.litellm_model import LiteLLMModel
from adapters.ports import AdapterError, Block, Caller, ChatRequest, ConfigError, Reply
from adapters.ports.chat import MOST_SEEN
from policies.align import AlignConfig
from policies.base import Exchange, Step
from policies.choosing import Choosing, Way
from policies.identity import IdentityConfig
from policies.rewards.axes import AXES, JUDGED
from policies.sight import Sight
from proxy.choosing import asked, verify_models
from proxy.routing import Backends, warm
from proxy.settings import BackendRoute
from proxy.wire import HttpError
from tests.fakes.process import Fake, serving
from tests.fakes.scripted import Answer, scripted
from tests.fakes.styled import TEXTS

LIKES = {
    "brief": ("length", -4.0), "structured": ("lists", 4.0), "friendly": ("emoji", 4.0), "careful": ("formal", 4.0),
}  # fmt: skip
SOON = 3.0
pytestmark = [
    pytest.mark.filterwarnings("ignore:Accessing the .* attribute on the instance is deprecated"),
    pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier"),
]


def taste(style: str) -> dict[str, float]:
    """The coefficients, as a profile holds them, of somebody who wants this style and is known to."""
    found = dict.fromkeys(AXES, 0.0) | dict([LIKES[style]])
    return found | {f"{axis}~{axis}": 0.01 for axis in AXES}


@pytest.fixture(scope="module")
def fake() -> Iterator[Fake]:
    with serving("openai_api") as running:
        yield running


@asynccontextmanager
async def backends(fake: Fake) -> AsyncIterator[Backends]:
    common = {"use": "openai/{model}", "api_base": fake.base}
    own = BackendRoute(models=("own*",), api_key="client", **common)
    elsewhere = BackendRoute(models=("elsewhere*",), api_key="client", **common)
    made = Backends([BackendRoute(models=("m*",), **common), own, elsewhere])
    try:
        yield made
    finally:
        await made.close()


def exchange(model: str, *others: str, wants: str = "structured", wait: float = 10.0, stream: bool = False) -> Exchange:
    """A question to a model, planned to be asked of others, too, by somebody who wants a style."""
    body = {"model": model, "messages": [{"role": "user", "content": "hi"}], "stream": stream}
    request = ChatRequest.parse(json.dumps(body).encode())
    plan = Choosing("align", (Way(), *map(Way, others)), taste(wants), wait)
    return Exchange("ex_1", Caller(), request, request, choosing=plan)


async def read(reply: Reply) -> str:
    """All of an answer, as its client reads it; every byte is taken as it comes."""
    if reply.chunks is not None:
        assert not reply.complete
        reply.seen = [chunk async for chunk in reply.chunks]
    return reply.text(ChatRequest.parse(b'{"model":"m","messages":[{}]}').format).strip()


def send(fake: Fake, given: Exchange) -> tuple[Reply, str]:
    """The reply and its text, once all connections are let go."""
    async def run() -> tuple[Reply, str]:
        async with backends(fake) as made:
            reply = await asked(made, given)
            return reply, await read(reply)

    assert fake.wait("busy", 0)
    fake.reset()
    found = asyncio.run(run())
    assert fake.wait("busy", 0, SOON), fake.open()
    return found


def step(given: Exchange) -> Step:
    return given.receipt.steps[-1]


STYLED = [f"m;styled;{name}" for name in TEXTS]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("wants", TEXTS)
def test_the_favourite_is_chosen(fake: Fake, wants: str, stream: bool) -> None:
    """Of four, wherever it stands; what it cost is in the receipt, in codes and numbers."""
    given = exchange(*STYLED, wants=wants, stream=stream)
    reply, text = send(fake, given)
    assert text == TEXTS[wants] and reply.complete
    place, detail = [*TEXTS].index(wants), step(given).detail
    assert step(given).reasons == (f"chosen:{place}",) and step(given).policy == "align"
    assert (detail["calls"], detail["complete"], detail["failed"], detail["late"]) == (4, 4, 0, False)
    assert max(detail["worth"]) == detail["worth"][place]
    assert (detail["answer_tokens"] > 100) != stream, "this fake tells nothing of tokens in streams"
    assert len(fake.requests()) == 4 and given.request.model == STYLED[place]


def warmest(body: Any) -> str:
    """A judge to whom the careful answer is the warm one, wherever it stands."""
    prompt = body["messages"][0]["content"]
    shown = json.loads(prompt[prompt.rindex('{"question"') :])["answers"]
    scores = [dict.fromkeys(JUDGED, 0.0) | {"warmth": float(text == TEXTS["careful"])} for text in shown]
    return json.dumps({"answers": scores})


def judged(fake: Fake, said: Answer, wait: float, knows: bool = True) -> tuple[str, Step, list[Any]]:
    """What somebody gets who likes warmth, and a little that lists are there, where a model judges: the answer, the
    receipt, and what the judge was asked."""
    warm()  # else the time that was set goes to an import
    with scripted(said) as server:
        given = exchange(*STYLED)
        assert given.choosing is not None
        model, known = LiteLLMModel("openai/judge", 20.0, server.base), taste("structured") | {"lists": 1.0}
        given.choosing = replace(given.choosing, taste=known | ({"warmth": 6.0} if knows else {}), sight=Sight(model),
                                 question="How do I clean it?", judged=True, judge_wait=wait)  # fmt: skip

        async def run() -> str:
            async with backends(fake) as made:
                try:
                    return await read(await asked(made, given))
                finally:
                    await model.close()

        return asyncio.run(run()), step(given), server.asked


def test_what_a_model_makes_of_answers_chooses(fake: Fake) -> None:
    """One call over a real connection; the receipt says that they were judged. Without it their text does."""
    text, done, calls = judged(fake, Answer(make=warmest), 20.0)
    assert text == TEXTS["careful"] and done.detail["judged"] is True and done.outcome == "applied"
    assert len(calls) == 1 and "How do I clean it?" in calls[0]["messages"][0]["content"]
    text, done, _ = judged(fake, Answer(make=warmest), 20.0, knows=False)
    assert text == TEXTS["structured"] and done.detail["judged"] is True


@pytest.mark.parametrize("said", [Answer(delay=20.0), Answer(status=500), Answer("They are all fine.")])
def test_a_slow_or_broken_judge_costs_the_judged_axes_alone(fake: Fake, said: Answer) -> None:
    """After the time that was set the text axes choose, and the receipt says so."""
    start = time.monotonic()
    text, done, calls = judged(fake, said, 0.3)
    assert text == TEXTS["structured"] and done.reasons[0].startswith("chosen:") and len(calls) == 1
    assert done.detail["judged"] is False and done.outcome == "applied" and time.monotonic() - start < 2.0


def test_without_a_plan_one_call(fake: Fake) -> None:
    """Byte for byte what was asked."""
    given = exchange("m;styled;brief")
    given.choosing = None
    assert send(fake, given)[1] == TEXTS["brief"]
    assert [seen.json["messages"] for seen in fake.requests()] == [[{"role": "user", "content": "hi"}]]
    assert not given.receipt.steps


def test_the_ordinary_call_is_as_ever_and_the_others_are_bounded(fake: Fake) -> None:
    """Not one field is added to it; a limit of the client's that is lower stays in the others, too."""
    given = exchange("m;styled;brief", "m;styled;careful")
    send(fake, given)
    ordinary, other = sorted((seen.json for seen in fake.requests()), key=len)
    assert ordinary.keys() == {"model", "messages", "stream"} and other["max_completion_tokens"] == 2000
    given = exchange("m;styled;brief", "m;styled;careful", "m;styled;friendly")
    given.request = given.request.with_fields({"max_tokens": 100})
    send(fake, given)
    assert [seen.json.get("max_tokens") for seen in fake.requests()] == [100] * 3


def test_instructions_of_the_chosen_one(fake: Fake) -> None:
    """Each way to word it is a call of its own; the tokens of the one that was chosen are counted."""
    given = exchange("m;styled", wants="friendly")
    ways = tuple(Way(None, Block("style", f"Answer in the {name} style."), place)
                 for place, name in enumerate(TEXTS, 10))  # fmt: skip
    given.choosing = replace(given.choosing or Choosing("x", (), {}), ways=(Way(), *ways))
    assert send(fake, given)[1] == TEXTS["friendly"]
    assert step(given).tokens == 12 and "friendly" in given.request.turns[0].text


@pytest.mark.parametrize("stream", [False, True])
def test_what_is_there_in_time_is_chosen_among(fake: Fake, stream: bool) -> None:
    """The favourite that is late is left, and its connection closed."""
    given = exchange("m;styled;brief", "m;styled;structured;l=20000", "m;styled;careful", wait=0.5, stream=stream)
    reply, text = send(fake, given)
    assert text in (TEXTS["brief"], TEXTS["careful"]) and reply.complete
    assert step(given).detail["late"] and step(given).reasons[0].startswith("chosen:")
    assert fake.open()["abandoned"] == 1


@pytest.mark.parametrize("stream", [False, True])
def test_the_first_complete_answer_where_none_is_in_time(fake: Fake, stream: bool) -> None:
    """Whichever it is: the ordinary one hangs."""
    given = exchange("m;styled;brief;l=20000", "m;styled;careful;l=400", wait=0.1, stream=stream)
    assert send(fake, given)[1] == TEXTS["careful"]
    assert step(given).reasons == ("only:1",) and fake.open()["abandoned"] == 1


def test_a_stream_goes_on_as_it_comes_where_time_is_up(fake: Fake) -> None:
    """Nobody waits longer for its first word than the time that was set; to its end all of it comes."""
    given = exchange("m;styled;brief;c=20;d=40", "m;styled;structured;l=20000", wait=0.2, stream=True)

    async def run() -> tuple[float, str, bool]:
        async with backends(fake) as made:
            loop = asyncio.get_running_loop()
            start = loop.time()
            reply = await asked(made, given)
            took = loop.time() - start
            return took, await read(reply), reply.complete

    took, text, complete = asyncio.run(run())
    assert took < 0.6 and text == TEXTS["brief"] and complete
    assert step(given).reasons == ("as_it_comes",)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("fault", ["e=429", "e=500", "cut", "reset", "html502", "short"])
def test_others_may_fail(fake: Fake, fault: str, stream: bool) -> None:
    """They are left, whatever it was."""
    given = exchange("m;styled;brief", f"m;styled;structured;{fault}", "m;styled;careful", stream=stream)
    reply, text = send(fake, given)
    assert reply.status == 200 and text in (TEXTS["brief"], TEXTS["careful"])
    assert step(given).detail["complete"] == 2 and step(given).detail["failed"] == 1
    worth = step(given).detail["worth"]
    assert [each is None for each in worth] == [False, True, False], "each at the place of its call"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("fault", ["e=429", "cut", "reset"])
def test_the_ordinary_one_may_fail(fake: Fake, fault: str, stream: bool) -> None:
    """Then another one answers."""
    given = exchange(f"m;styled;brief;{fault}", "m;styled;careful;l=200", stream=stream)
    reply, text = send(fake, given)
    assert reply.ok and text == TEXTS["careful"] and step(given).reasons == ("only:1",)


def test_the_fault_of_the_ordinary_one_where_all_fail(fake: Fake) -> None:
    """Status, headers, body, exception, or a stream that breaks off, as it would be without any plan."""
    limited, _ = send(fake, exchange("m;e=429", "m;e=500", "m;e=401"))
    assert limited.status == 429 and dict(limited.headers)["retry-after"]
    with pytest.raises(AdapterError):
        send(fake, exchange("m;cut", "m;e=500"))
    given = exchange("m;styled;brief;cut=5", "m;e=500", stream=True)

    async def run() -> tuple[bytes, bool]:
        async with backends(fake) as made:
            reply, got = await asked(made, given), b""
            assert reply.chunks is not None
            with pytest.raises(AdapterError):
                async for chunk in reply.chunks:
                    got += chunk
            return got, reply.complete

    got, complete = asyncio.run(run())
    assert got.count(b"data: ") == 5 and not complete


@pytest.mark.parametrize(("fault", "stream"), [("e=400", False), ("e=500", True), ("errorevent", True)])
def test_a_fault_is_told_where_time_is_up(fake: Fake, fault: str, stream: bool) -> None:
    """That of the ordinary call, which may be sent again without what was added: nobody waits on for what hangs."""
    given = exchange(f"m;styled;brief;{fault}", "m;hang", wait=0.1, stream=stream)
    assert not send(fake, given)[0].complete
    assert step(given).reasons == ("as_it_comes" if fault == "errorevent" else "no_answer",)
    assert step(given).detail["late"] and fake.open()["abandoned"] == 1


@pytest.mark.parametrize(("model", "stream"), [
    ("m;styled;l=20000", False), ("m;styled;l=20000", True), ("m;hang", False), ("m;styled;d=500", True),
])
def test_whoever_leaves_takes_all_calls_along(fake: Fake, model: str, stream: bool) -> None:
    """While answers are awaited: every connection is closed at once."""
    assert fake.wait("busy", 0)
    fake.reset()
    given = exchange(model, "m;styled;l=20000", "m;hang", stream=stream)

    async def run() -> None:
        async with backends(fake) as made:
            task = asyncio.create_task(asked(made, given))
            while (await asyncio.to_thread(fake.open))["busy"] < 3:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await asyncio.to_thread(fake.wait, "abandoned", 3, SOON), fake.open()

    asyncio.run(run())


def test_whoever_leaves_in_the_middle_of_a_stream(fake: Fake) -> None:
    """One that goes on as it comes is closed with its client's."""
    assert fake.wait("busy", 0)
    fake.reset()
    given = exchange("m;styled;brief;c=100;d=50", "m;hang", wait=0.1, stream=True)

    async def run() -> None:
        async with backends(fake) as made:
            reply = await asked(made, given)
            assert reply.chunks is not None
            for _ in range(3):
                await anext(reply.chunks)
            await reply.chunks.aclose()
            assert await asyncio.to_thread(fake.wait, "abandoned", 2, SOON), fake.open()
            assert not reply.complete

    asyncio.run(run())


def test_models_that_no_backend_takes_are_named() -> None:
    """Before the start: asked for everybody, they would fail in silence."""
    made, policies = Backends([BackendRoute(models=("m*",), use="openai/{model}")]), [IdentityConfig()]
    verify_models([*policies, AlignConfig(models=("m1", "m2"))], made)
    with pytest.raises(ConfigError, match=r"Configured: m\*") as caught:
        verify_models([*policies, AlignConfig(models=("m1", "x"))], made)
    assert caught.value.place == "policies.1.models.1"


def test_an_unknown_model_stays_unknown(fake: Fake) -> None:
    """Others do not answer in its name, and are not asked."""
    fake.reset()
    with pytest.raises(HttpError) as caught:
        send(fake, exchange("x", "m;styled"))
    assert caught.value.status == 404 and not fake.requests()


def test_nobody_is_answered_with_another_key(fake: Fake) -> None:
    """Where the caller's own key asks, a model of the operator's is left out, and the other way round."""
    for ordinary, other in (("own;styled;brief", "m;styled;structured"), ("m;styled;brief", "own;styled;structured")):
        assert send(fake, exchange(ordinary, other))[1] == TEXTS["brief"]
        assert len(fake.requests()) == 1


def test_the_callers_key_goes_nowhere_else(fake: Fake) -> None:
    """Where the caller pays, only models of the backend that they asked are asked, too."""
    assert send(fake, exchange("own;styled;brief", "own;styled;structured"))[1] == TEXTS["structured"]
    assert send(fake, exchange("own;styled;brief", "elsewhere;styled;structured"))[1] == TEXTS["brief"]
    assert len(fake.requests()) == 1


def test_an_answer_with_an_error_in_it_is_none(fake: Fake) -> None:
    """A stream that says that it broke."""
    given = exchange("m;styled;brief", "m;styled;structured;errorevent", stream=True)
    assert send(fake, given)[1] == TEXTS["brief"]
    assert step(given).detail["failed"] == 1 and step(given).reasons[0] in ("only:0", "as_it_comes")


def test_a_taste_that_tells_nothing_costs_no_chat(fake: Fake) -> None:
    """Coefficients that make no distribution: the ordinary answer."""
    given = exchange(*STYLED)
    broken: Any = {"length": 1.0, "length~length": -5.0}
    given.choosing = replace(given.choosing or Choosing("x", (), {}), taste=broken)
    assert send(fake, given)[1] == TEXTS["brief"]
    assert step(given).reasons == ("first:0",)
    given = exchange(*STYLED)
    given.choosing = replace(given.choosing or Choosing("x", (), {}), taste={"length~length": "x"})  # type: ignore[dict-item]
    assert send(fake, given)[1] == TEXTS["brief"]
    assert step(given).outcome == "failed" and step(given).reasons[0] == "first:0"


def test_a_stream_too_long_to_be_held_goes_on(fake: Fake) -> None:
    """The ordinary one as it comes; another one is left."""
    given = exchange("m;echo", "m;styled;careful;l=300", stream=True)
    given.request = given.request.with_fields({"metadata": {"x": "y" * MOST_SEEN}})
    reply, text = send(fake, given)
    assert len(text) > MOST_SEEN and reply.complete and step(given).reasons == ("as_it_comes",)
    given = exchange("m;styled;brief", "m;echo", stream=True)
    given.request = given.request.with_fields({"metadata": {"x": "y" * MOST_SEEN}})
    assert send(fake, given)[1] == TEXTS["brief"] and step(given).detail["failed"] == 1


class Closing:
    """A backend whose answers do not end, and whose too long ones break when they are closed, which takes its time."""

    def __init__(self) -> None:
        self.closing, self.gate = asyncio.Event(), asyncio.Event()
        self.closed: list[str] = []

    def find(self, model: str) -> object:
        return self

    def own_key(self, model: str) -> bool:
        return False

    async def complete(self, request: ChatRequest) -> Reply:
        return Reply(200, chunks=await begun(self._chunks(request.model)))

    async def _chunks(self, model: str) -> AsyncGenerator[bytes]:
        try:
            yield b""
            yield b"x" * (MOST_SEEN + 1 if model == "long" else 1)
            await asyncio.Event().wait()
        finally:
            if model == "long":
                self.closing.set()
                await self.gate.wait()
            self.closed.append(model)
            if model == "long":
                raise RuntimeError


def test_whoever_leaves_while_the_others_are_closed() -> None:
    """Leaves nothing open: neither those, nor the answer that goes on."""
    async def run() -> list[str]:
        backend = Closing()
        task = asyncio.create_task(asked(backend, exchange("m", "long", "c", wait=0.01, stream=True)))
        await backend.closing.wait()
        task.cancel()
        await asyncio.sleep(0)
        backend.gate.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        return sorted(backend.closed)

    assert asyncio.run(run()) == ["c", "long", "m"]


def test_one_that_breaks_while_it_is_closed_costs_nothing() -> None:
    """It was given up already."""
    async def run() -> bytes:
        backend = Closing()
        backend.gate.set()
        reply = await asked(backend, exchange("m", "long", wait=0.01, stream=True))
        assert reply.chunks is not None and backend.closed == ["long"]
        first = await anext(reply.chunks)
        await reply.close()
        return first

    assert asyncio.run(run()) == b"x"
