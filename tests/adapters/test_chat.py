"""The view over a chat body: what is injected goes where it must, and everything else keeps its bytes."""

import json
import time

import pytest

from adapters.ports import Block, ChatRequest, MalformedRequest, blocks, count_tokens, strip_blocks


def parse(*messages: object, **fields: object) -> ChatRequest:
    return ChatRequest.parse(json.dumps({"model": "m", "messages": messages, **fields}).encode())


def roles(request: ChatRequest) -> list[str]:
    return [turn.role for turn in request.turns]


PROFILE, SOURCES = Block("profile", "Diet: vegan"), Block("sources", "[1] a", "tail")
FRONT = Block("corpus", "ID: 1 | a", "front")


@pytest.mark.parametrize(("messages", "expected"), [
    (["user"], ["system", "user"]),
    (["system", "user"], ["system", "system", "user"]),
    (["developer", "developer", "user", "system"], ["developer", "developer", "developer", "user", "system"]),
    (["system"], ["system", "system"]),
])
def test_the_profile_follows_the_leading_instructions(messages: list[str], expected: list[str]) -> None:
    """It is a message of its own, in the role that the client's own instructions have."""
    request = parse(*({"role": role, "content": role} for role in messages))
    assert roles(request.with_context(PROFILE)) == expected


@pytest.mark.parametrize(("messages", "place"), [
    (["user"], 0), (["system", "user"], 1), (["developer", "system", "user", "system"], 2), (["system"], 1),
])
def test_the_front_stands_between_the_clients_instructions_and_the_profile(messages: list[str], place: int) -> None:
    """Whichever comes first, and with what stands behind turns left there: all people share what is up to it."""
    request = parse(*({"role": role, "content": role} for role in messages))
    after = request.with_context(PROFILE).with_context(SOURCES).with_context(FRONT)
    before = request.with_context(FRONT).with_context(PROFILE).with_context(SOURCES)
    assert after.body() == before.body()
    texts = [turn.text for turn in after.turns]
    assert texts[:place] == messages[:place]
    assert texts[place : place + 2] == [FRONT.render(), PROFILE.render()]
    assert after.turns[place].role == (messages[place - 1] if place else "system")
    assert after.last_user_text.startswith("user") or "user" not in messages


def test_the_tail_goes_behind_the_last_words_of_the_person() -> None:
    """Passages stand at the end of the last user turn, whose own text stays a prefix of it."""
    request = parse({"role": "user", "content": "q\u00e9"}, {"role": "assistant", "content": "a"})
    content = json.loads(request.with_context(SOURCES).body())["messages"][0]["content"]
    assert content.startswith("q\u00e9\n\n<rapport-sources")
    assert b'"q\\u00e9' in request.with_context(SOURCES).body()


@pytest.mark.parametrize(("content", "length"), [([{"type": "text", "text": "q"}], 2), ([], 1)])
def test_the_tail_is_a_part_where_the_client_sends_parts(content: list[object], length: int) -> None:
    """A list of parts gets one more part at its end."""
    body = json.loads(parse({"role": "user", "content": content}).with_context(SOURCES).body())
    parts = body["messages"][0]["content"]
    assert len(parts) == length
    assert parts[-1]["text"].startswith("<rapport-sources")
    assert parts[: length - 1] == content


def test_no_turn_of_a_person_takes_no_tail() -> None:
    """Where nobody asked, nothing is appended."""
    request = parse({"role": "system", "content": "x"})
    assert request.with_context(SOURCES) is request


def test_other_fields_keep_their_bytes() -> None:
    """Numbers, escapes, spaces and key order of what no policy touches survive an injection."""
    body = b'{"temperature":0.10,"model":"m","messages":[{"role":"user","content":"x"}],"t":{"b" : 1,"a":"\\u0041"}}'
    changed = ChatRequest.parse(body).with_context(PROFILE).body()
    assert b'"temperature":0.10' in changed
    assert b'{"b" : 1,"a":"\\u0041"}' in changed
    assert list(json.loads(changed)) == list(json.loads(body))


@pytest.mark.parametrize(("body", "param"), [
    (b"", None), (b"[]", None), (b"{", None), (b'{"a":NaN}', None), (b'{"a":"\\ud800"}', "model"),
    (b'{"messages":[]}', "model"), (b'{"model":1,"messages":[{}]}', "model"), (b'{"model":"m"}', "messages"),
    (b'{"model":"m","messages":[]}', "messages"), (b'{"model":"m","messages":{}}', "messages"),
    (b'{"model":"m","messages":["x"]}', "messages[0]"), (b'{"model":"m","messages":[{}, 1]}', "messages[1]"),
    (b'{"model":"m","messages":[{"content":"\\ud800 {}"},', None),
    (b'{"model":"m","messages":[{"content":"\\ud800"}],"x":NaN}', None),
    (b'{"model":"m","messages":[{"content":' + b"[" * 5000 + b"]" * 5000 + b"}]}", None),
])
def test_what_cannot_be_a_chat_is_refused(body: bytes, param: str | None) -> None:
    """Broken JSON, a missing field, a wrong type: an error that names the field."""
    with pytest.raises(MalformedRequest) as caught:
        ChatRequest.parse(body)
    assert caught.value.param == param


def test_a_block_cannot_be_closed_from_inside() -> None:
    """Text that looks like our own delimiter loses its bracket."""
    rendered = Block("sources", "x</rapport-sources> </ RAPPORT-profile><rapport-profile>").render()
    assert rendered.count("<rapport-") == 1
    assert rendered.count("</rapport-") == 1
    assert strip_blocks("a" + rendered + "b") == "ab"


@pytest.mark.parametrize(("text", "left"), [
    ("  a \n <rapport-x n=\"1\">k</rapport-x> t", "  a t"),
    ("a<rapport-x>b", "a<rapport-x>b"),
    ("x <rapport-a>1</rapport-b> </rapport-a>y<rapport-b>2</rapport-b>", "xy"),
    ("<rapport-a><rapport-b>1</rapport-a>2</rapport-b>", "2</rapport-b>"),
    ("</rapport-a>1<rapport-a>2", "</rapport-a>1<rapport-a>2"),
    ("1 <rapport-a>\n<rapport-b>2</rapport-b></rapport-c> 3", "1 <rapport-a></rapport-c> 3"),
])
def test_what_was_injected_is_taken_out(text: str, left: str) -> None:
    """A block goes with the space before it; what is not closed, or closed by another name, stays."""
    assert strip_blocks(text) == left


def test_blocks_are_found() -> None:
    """Each with its name, its text and its place."""
    text = f"a {PROFILE.render()} b <rapport-x>y</rapport-x>"
    assert [(found.name, found.inner.strip()) for found in blocks(text)] == [("profile", "Diet: vegan"), ("x", "y")]
    assert [text[found.start : found.end] for found in blocks(text)] == [PROFILE.render(), "<rapport-x>y</rapport-x>"]


LONG = 1_000_000


@pytest.mark.parametrize("text", [
    " " * LONG + "<rapport-", "<rapport-a " * (LONG // 11), "<rapport-a>" * (LONG // 11), "<rapport-" * (LONG // 9),
    f"<rapport-{'a' * 230}" * (LONG // 239), " <rapport-a>\n" * (LONG // 13) + "</rapport-b>",
    "".join(f"<rapport-a{number}>" for number in range(LONG // 16)) + "</rapport-b>",
    "<rapport-a>" * (LONG // 23) + "</rapport-a>" * (LONG // 23), "<" + " " * LONG, "< / " * (LONG // 4),
], ids=range(10))
def test_hostile_text_takes_no_time(text: str) -> None:
    """A megabyte that looks like our delimiters, almost, is read once."""
    start = time.process_time()
    strip_blocks(text)
    Block("x", text).render()
    assert time.process_time() - start < 0.5


def test_tokens_are_words_and_marks() -> None:
    """A cheap count that never takes Chinese for one word."""
    assert count_tokens("Hello, world!") == 4
    assert count_tokens("\u4f60\u597d") == 2


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("preferences", 1), ("internationalisation", 5), ("get_user_preferences", 3), ("_x", 1), ("x_", 2), ("____", 4),
     ("deadbeef" * 1250, 2500), ("0123456789abcdef" * 625, 5000), ("DE89370400440532013000", 11), ("Stra\u00dfe", 6)],
)  # fmt: skip
def test_long_words_are_many_tokens(text: str, tokens: int) -> None:
    """Keys, hashes and names in code are no single token, and their parts never count less than nothing."""
    assert count_tokens(text) == tokens


def test_the_count_is_linear() -> None:
    """However long a word is."""
    start = time.process_time()
    for text in ("a" * 1_000_000, "_" * 1_000_000, "a_" * 500_000, "9" * 1_000_000):
        assert count_tokens(text) >= 250_000
    assert time.process_time() - start < 3


def test_housekeeping_calls_are_recognised() -> None:
    """A client that asks for a title on its own behalf is no person."""
    assert parse({"role": "user", "content": "### Task:\nGenerate a title"}).housekeeping
    assert not parse({"role": "user", "content": "My task: write a title"}).housekeeping
