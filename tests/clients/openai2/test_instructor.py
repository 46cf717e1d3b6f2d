"""instructor: answers in the client's own classes, by tools and by JSON schemas, whole and bit by bit."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import instructor
import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel, field_validator

from tests.clients.ways import Servers, Way, tell

CLIENT = "instructor"
TRIED = "tools and json_schema modes, parallel tools, partial streams, another try; sync, async"
ASKED: Any = [{"role": "user", "content": "Who?"}]


class Person(BaseModel):
    """A person."""

    name: str
    age: int


class Town(BaseModel):
    """A town."""

    name: str


class Echo(BaseModel):
    """What the fakes' model `echo` answers with: the request that arrived."""

    model: str


def client(way: Way, mode: instructor.Mode) -> Any:
    plain = OpenAI(base_url=way.base, api_key="sk-fake", max_retries=0, default_headers=way.headers)
    return instructor.from_openai(plain, mode=mode)


def test_tools(chat: Way) -> None:
    """A class is filled in by a tool call, and the raw answer is there as well."""
    found, raw = client(chat, instructor.Mode.TOOLS).chat.completions.create_with_completion(
        model=chat.model("tools"), messages=ASKED, response_model=Person)
    assert (found.name, found.age) == ('Zürich, 1 "quoted" word', 3)
    assert raw.usage.completion_tokens > 0


def test_parallel_tools(chat: Way) -> None:
    """Two classes are filled in by parallel calls."""
    wanted: Any = Iterable[Person | Town]
    found = list(client(chat, instructor.Mode.PARALLEL_TOOLS).chat.completions.create(
        model=chat.model("tools"), messages=ASKED, response_model=wanted))
    assert [type(one).__name__ for one in found] == ["Person", "Town"]


def test_json_schema(chat: Way) -> None:
    """A class is filled in after a JSON schema."""
    found = client(chat, instructor.Mode.JSON_SCHEMA).chat.completions.create(
        model=chat.model("echo"), messages=ASKED, response_model=Echo)
    assert found.model == chat.fake.last().json["model"]
    if chat.name != "claude":  # where litellm makes a tool of it
        assert "json_schema" in chat.fake.last().body


def test_json_object(chat: Way) -> None:
    """A class is filled in after no more than a request for JSON."""
    found = client(chat, instructor.Mode.JSON).chat.completions.create(
        model=chat.model("echo"), messages=ASKED, response_model=Echo)
    assert found.model == chat.fake.last().json["model"]


@pytest.mark.parametrize("mode", ["TOOLS", "JSON_SCHEMA"])
def test_a_partial_stream(chat: Way, mode: str) -> None:
    """A class fills up while its answer comes in."""
    words, wanted = ("tools", Person) if mode == "TOOLS" else ("echo", Echo)
    seen = list(client(chat, instructor.Mode[mode]).chat.completions.create_partial(
        model=chat.model(words), messages=ASKED, response_model=wanted))
    assert len(seen) > 2
    last = seen[-1].model_dump()
    assert last == {"name": 'Zürich, 1 "quoted" word', "age": 3} if mode == "TOOLS" else last["model"]


def test_another_try(chat: Way) -> None:
    """An answer that its class refuses goes back with what is wrong with it, as often as the client wants."""
    class Grown(BaseModel):
        age: int

        @field_validator("age")
        @classmethod
        def old(cls, value: int) -> int:
            if value < 18:
                raise ValueError("too young")
            return value

    chat.fake.reset()
    with pytest.raises(Exception, match="too young"):
        client(chat, instructor.Mode.TOOLS).chat.completions.create(
            model=chat.model("tools"), messages=ASKED, response_model=Grown, max_retries=2)
    assert len(chat.fake.requests()) >= 2
    assert "too young" in chat.fake.last().body


def test_errors(chat: Way) -> None:
    """They are those of the official client, or tell of them."""
    with pytest.raises(Exception) as caught:
        client(chat, instructor.Mode.TOOLS).chat.completions.create(
            model=chat.model("e=429"), messages=ASKED, response_model=Person, max_retries=1)
    assert isinstance(caught.value, openai.RateLimitError) or "429" in str(caught.value)


async def test_async(chat: Way) -> None:
    """The asynchronous client, whole and partial."""
    plain = AsyncOpenAI(base_url=chat.base, api_key="sk-fake", max_retries=0, default_headers=chat.headers)
    ask: Any = instructor.from_openai(plain, mode=instructor.Mode.TOOLS)
    asked = {"model": chat.model("tools"), "messages": ASKED, "response_model": Person}
    assert (await ask.chat.completions.create(**asked)).age == 3
    seen = [one async for one in ask.chat.completions.create_partial(**asked)]
    assert seen[-1].age == 3
    await plain.close()


def test_responses(responses: Way) -> None:
    """A class is filled in over the Responses API."""
    found = client(responses, instructor.Mode.RESPONSES_TOOLS).responses.create(
        model=responses.model("tools"), input="Who?", response_model=Person)
    assert found.age == 3


def test_a_person_is_known_by_their_user_field(servers: Servers) -> None:
    """The summary is there for whom the field names."""
    tell(servers.rapport, "instructor", "I'm vegan.")
    ask = instructor.from_openai(OpenAI(base_url=servers.rapport.base, api_key="x"))
    ask.chat.completions.create(model="gpt-4o;tools", messages=ASKED, response_model=Person, user="instructor")
    *before, question = servers.openai.last().json["messages"]
    assert "vegan" in json.dumps(before)
    assert question == ASKED[0]
