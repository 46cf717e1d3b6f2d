"""What other products export of a person is read by its shape, and what is none of it is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.ports import ConfigError, Profile
from policies.preferences.edit import Change
from proxy.imports import read

NOW = 1_800_000_000.0


def taken(value: Any) -> list[tuple[str, str, str]]:
    """Kind, text and context of what is read."""
    found = read(json.dumps(value).encode(), "x", NOW).evidence
    assert len({item.event for item in found}) == len(found) and not any(item.fresh for item in found)
    return [(item.kind, item.text, item.context) for item in found]


@pytest.mark.parametrize("name", [None, "results", "memories"])
def test_memories_of_mem0(name: str | None) -> None:
    """Each with its time where it has one."""
    rows = [{"id": "1", "memory": "User likes tea", "created_at": "2026-01-02T03:04:05Z"}, {"memory": "Is vegan"}]
    given = {name: rows} if name else rows
    assert taken(given) == [("import", "User likes tea", ""), ("import", "Is vegan", "")]
    times = [item.time for item in read(json.dumps(given).encode(), "x", NOW).evidence]
    assert times == [1767323045.0, NOW]


def node(id: str, parent: str | None, role: str, *parts: Any, at: float = 1.0) -> dict[str, Any]:
    message = {"author": {"role": role}, "content": {"parts": list(parts)}, "create_time": at} if role else None
    return {"id": id, "parent": parent, "message": message}


def test_conversations_of_chatgpt() -> None:
    """The person's turns on the way that the conversation took, oldest conversation first, with what they answer."""
    nodes = [node("root", None, ""), node("a", "root", "user", "I'm vegan.", {"image": 1}),
             node("b", "a", "assistant", "Any cuisine?"), node("c", "b", "user", "thai"),
             node("d", "b", "user", "other")]  # fmt: skip
    later = {"create_time": 9.0, "current_node": "c", "mapping": {each["id"]: each for each in nodes}}
    first = {"create_time": 2.0, "current_node": "z", "mapping": {"z": node("z", "z", "user", "hello")}}
    odd = [{"mapping": None}, {"mapping": {"y": 5}, "current_node": "y"},
           {"mapping": {"y": {"message": {"content": {"parts": 5}}}}}, {"mapping": {"y": {"message": {"author": 1}}},
                                                                          "current_node": "y"}]
    assert taken([later, *odd, first]) == [
        ("statement", "hello", ""), ("statement", "I'm vegan.", ""), ("statement", "thai", "Any cuisine?"),
    ]  # fmt: skip


def test_an_own_export() -> None:
    """Events as they were, except those without words; claims that were locked or suppressed are to be so again."""
    event = {"event": "e1", "kind": "statement", "text": "I'm vegan", "author": "self", "context": "", "digest": "d",
             "fresh": True, "time": 5.0, "profile_version": 3, "seq": 9, "created": 1.0}
    held = {"id": "c1", "aspect": "likes", "value": "jazz", "locked": True, "suppressed": False, "superseded_by": None}
    claims = [held, {**held, "value": "tea", "locked": False}, {**held, "superseded_by": "x"}]
    export = {"object": "rapport.export", "format": 1, "evidence": [event, {**event, "event": "e2", "text": ""}],
              "profile": {"version": 1, "claims": claims}, "versions": [], "responses": []}
    found = read(json.dumps(export).encode(), "x", NOW)
    assert [(item.event, item.seq, item.time, item.fresh) for item in found.evidence] == [("e1", 0, 5.0, True)]
    assert found.changes == (Change(aspect="likes", value="jazz", locked=True, suppressed=False),)
    assert found.profile is not None and found.profile.claims[0].value == "jazz"
    there = read(json.dumps({**export, "profile": {"claims": [{**held, "context": "work"}]}}).encode(), "x", NOW)
    assert there.changes == (Change(aspect="likes", value="jazz", locked=True, suppressed=False, context="work"),)
    placed = read(json.dumps({**export, "evidence": [{**event, "place": "work"}]}).encode(), "x", NOW)
    assert [(item.event, item.place) for item in placed.evidence] == [("e1", "work")]
    with pytest.raises(ConfigError, match=r"x\.evidence\[0\]\.place: must be work, home, or"):
        read(json.dumps({**export, "evidence": [{**event, "place": "the pub"}]}).encode(), "x", NOW)
    empty = read(json.dumps({**export, "profile": None, "evidence": []}).encode(), "x", NOW)
    assert (empty.changes, empty.profile) == ((), None)


def export(profile: Any) -> bytes:
    return json.dumps({"object": "rapport.export", "evidence": [], "profile": profile}).encode()


@pytest.mark.parametrize("profile", [
    {"election": {"race": {"plan": {"name": "x"}, "rivals": {}}}}, {"election": {"incumbent": {"share": -5}}},
    {"election": 5}, {"taste": {"length~": -100}}, {"taste": None},
])
def test_what_rests_on_choices_elsewhere_stays_there(profile: dict[str, Any]) -> None:
    """Election and taste of an own export are not even looked at."""
    assert read(export({**profile, "counts": {"events": 3}}), "x", NOW).profile == Profile(counts={"events": 3.0})


@pytest.mark.parametrize(("profile", "told"), [
    ({"counts": {"choice.length+": -3}}, r"counts\.choice\.length\+: must be a number from 0 to 9007199254740992"),
    ({"counts": {"events": 1e300}}, r"counts\.events: must be"), ({"counts": {"time": -1}}, r"counts\.time: must be"),
    ({"counts": {"choice.colour+": 1}}, r"counts\.choice\.colour\+: is no sum that this version keeps: leave it out"),
    ({"counts": {"events": "3"}}, r"must be the profile of an export"),
    ({"claims": [{"id": "a", "aspect": "likes", "value": "b", "confidence": 1.5}]},
     r"claims\[0\]\.confidence: must be a number from 0 to 1"),
    ({"claims": [{"id": "a", "aspect": "likes", "value": "b", "seen": 10**30}]}, r"claims\[0\]\.seen: must be"),
    ({"claims": [{"id": "a", "aspect": "likes", "value": "b", "last": -1}]}, r"claims\[0\]\.last: must be"),
])
def test_what_no_profile_holds_is_refused(profile: dict[str, Any], told: str) -> None:
    """Sums below nothing or beyond counting, names that nobody reads, and more than sure: each with its place."""
    with pytest.raises(ConfigError, match=rf"^x\.profile.*{told}"):
        read(export(profile), "x", NOW)


def test_lines() -> None:
    """Anything else is lines of outputs."""
    found = read(b'\xef\xbb\xbf{"text": "a", "input": "q", "time": 7}\n\n{"text": "b"}', "x", NOW).evidence
    assert [(item.text, item.context, item.time) for item in found] == [("a", "q", 7.0), ("b", "", NOW)]
    assert read(b"", "x", NOW).evidence == ()


@pytest.mark.parametrize(("data", "place"), [
    (b"\xff\xfe", "x"), (b"nonsense", "x:1"), (b'[{"memory": 5}]', r"x\[0\].memory"), (b"[1]", "x:1.text"),
    (b'{"object": "rapport.export"}', "x.evidence"), (b'{"object": "rapport.export", "evidence": [5]}', "x"),
    (b'{"object": "rapport.export", "evidence": [{"event": "e", "kind": "odd", "text": "a"}]}', r"x.evidence\[0\]"),
    (b'{"object": "rapport.export", "evidence": [], "profile": {"claims": null}}', "x.profile"),
    (b'{"object": "rapport.export", "evidence": [], "profile": 5}', "x.profile"),
    (b'{"text": "a", "who": "b"}', "x:1.who"),
])
def test_what_is_wrong_is_told(data: bytes, place: str) -> None:
    """With its place, before anything is taken in."""
    with pytest.raises(ConfigError, match=place):
        read(data, "x", NOW)
