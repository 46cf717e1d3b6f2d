"""What people may do with what is known of them: over HTTP and on the command line, with a running server."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.process import Fake
from tests.rapport import Running, cli, configure, openai_backend, started
from tests.raw import Answer, send


@pytest.fixture(scope="module")
def server(openai_fake: Fake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with started(configure(tmp_path_factory.mktemp("control"), backends=[openai_backend(openai_fake.base)])) as server:
        yield server


def say(server: Running, user: str, text: str) -> str:
    """What the model was sent when a person said something, in a new conversation."""
    body = {"model": "prompt", "user": user, "messages": [{"role": "user", "content": text}]}
    return str(send(server.url, "POST", "/v1/chat/completions", body).json["choices"][0]["message"]["content"])


def known(server: Running, user: str) -> dict[str, str]:
    """Ids of claims by what they say."""
    profile = send(server.url, "GET", f"/v1/users/{user}/profile").json
    return {claim["value"]: claim["id"] for claim in profile["claims"]}


def patch(server: Running, user: str, **edit: Any) -> Answer:
    return send(server.url, "PATCH", f"/v1/users/{user}/profile", edit)


def test_a_correction_holds_in_the_next_request(server: Running) -> None:
    """Also within a conversation that goes on, of which the summary was pinned."""
    say(server, "ann", "I'm vegan. I love jazz.")
    talk = [{"role": "user", "content": "Hi."}, {"role": "assistant", "content": "Hello."}]

    def asks() -> str:
        body = {"model": "prompt", "user": "ann", "messages": [*talk, {"role": "user", "content": "And now?"}]}
        return send(server.url, "POST", "/v1/chat/completions", body).body.decode()

    assert "vegan" in asks() and "jazz" in asks()
    ids = known(server, "ann")
    answer = patch(server, "ann", claims=[{"id": ids["vegan"], "value": "pescatarian"},
                                          {"id": ids["jazz"], "suppressed": True}, {"aspect": "name", "value": "Ann"}])
    assert (answer.status, set(known(server, "ann"))) == (200, {"pescatarian", "jazz", "Ann"})
    sent = asks()
    assert "pescatarian" in sent and "Ann" in sent and "vegan" not in sent and "jazz" not in sent
    assert patch(server, "ann", say="I'm not pescatarian any more").status == 200
    say(server, "ann", "I'm vegan.")
    assert "pescatarian" in known(server, "ann"), "what was written by hand is locked"


def test_one_thing_is_forgotten(server: Running) -> None:
    """With the words it came from; a client that sends them again does not bring it back."""
    text = "I love jazz. I'm allergic to nuts."
    say(server, "ben", text)
    id = known(server, "ben")["jazz"]
    assert send(server.url, "DELETE", f"/v1/users/ben/claims/{id}").json["deleted"] is True
    assert send(server.url, "DELETE", f"/v1/users/ben/claims/{id}").status == 404
    assert set(known(server, "ben")) == {"nuts"}
    talk = [("user", text), ("assistant", "Noted."), ("user", "Thanks!")]
    messages = [{"role": role, "content": words} for role, words in talk]
    body = {"model": "prompt", "user": "ben", "messages": messages}
    assert send(server.url, "POST", "/v1/chat/completions", body).status == 200
    export = send(server.url, "GET", "/v1/users/ben/export")
    assert "jazz" not in export.body.decode() and set(known(server, "ben")) == {"nuts"}


def test_a_forgotten_claim_is_in_no_answer_either(server: Running) -> None:
    """What was picked and edited of what assistants said of it is blanked; what does not name it stays."""
    say(server, "cora", "I'm vegan.")
    picks = {"chosen": "As you are vegan, use tofu and oats.", "rejected": "Use any cheese."}
    edits = {"edited": "Dear all, tofu is fine for me.", "original": "Since you are VEGAN, tofu is fine."}
    for feedback in (picks, edits):
        assert send(server.url, "POST", "/v1/feedback", {"user": "cora", **feedback}).json["recorded"] == 1
    id = known(server, "cora")["vegan"]
    assert send(server.url, "DELETE", f"/v1/users/cora/claims/{id}").json["deleted"] is True
    export = send(server.url, "GET", "/v1/users/cora/export")
    assert "vegan" not in export.body.decode().lower()
    rows = {row["kind"]: (row["text"], row["context"]) for row in export.json["evidence"]}
    assert rows == {"statement": ("", ""), "pick": ("", "Use any cheese."), "edit": (edits["edited"], "")}


def test_a_pause(server: Running) -> None:
    """Nothing is recorded, nothing is mentioned, nothing is lost."""
    say(server, "cleo", "I'm vegan.")
    assert patch(server, "cleo", paused=True).json["paused"] is True
    assert "vegan" not in say(server, "cleo", "I love opera. What shall I cook?").replace("I'm vegan.", "")
    assert set(known(server, "cleo")) == {"vegan"}
    assert patch(server, "cleo", paused=False).json["paused"] is False
    assert "vegan" in say(server, "cleo", "What shall I cook?")


def test_what_was_said_in_a_pause_stays_unsaid(server: Running) -> None:
    """Also where the client sends it along when the pause is over."""
    patch(server, "pia", paused=True)
    say(server, "pia", "I'm allergic to peanuts.")
    patch(server, "pia", paused=False)
    talk = [("user", "I'm allergic to peanuts."), ("assistant", "Noted."), ("user", "Thanks!")]
    messages = [{"role": role, "content": words} for role, words in talk]
    send(server.url, "POST", "/v1/chat/completions", {"model": "prompt", "user": "pia", "messages": messages})
    assert known(server, "pia") == {} and "peanuts" not in send(server.url, "GET", "/v1/users/pia/export").body.decode()


def test_a_correction_keeps_what_is_hidden_hidden(server: Running) -> None:
    """Until it is said that it may be mentioned."""
    say(server, "quin", "I'm vegan.")
    patch(server, "quin", claims=[{"id": known(server, "quin")["vegan"], "suppressed": True}])
    patch(server, "quin", claims=[{"id": known(server, "quin")["vegan"], "value": "vegetarian"}])
    assert set(known(server, "quin")) == {"vegetarian"} and "vegetarian" not in say(server, "quin", "What now?")


def test_an_erasure_ends_an_import(server: Running) -> None:
    """What was on its way when a person was erased comes to nothing."""
    texts = [f"I went to place {number}." for number in range(4000)]
    evidence = [{"event": text, "kind": "statement", "text": text} for text in texts]
    held = {"id": "c", "aspect": "allergies", "value": "peanuts", "locked": True}
    export = {"object": "rapport.export", "evidence": evidence, "profile": {"claims": [held]}}
    with ThreadPoolExecutor(1) as pool:
        taking = pool.submit(send, server.url, "POST", "/v1/users/rae/import", export)
        time.sleep(0.15)
        assert send(server.url, "DELETE", "/v1/users/rae").status == 200
        taking.result()
    assert known(server, "rae") == {} and send(server.url, "GET", "/v1/users/rae/export").json["evidence"] == []


def test_an_edit_is_done_whole_or_not_at_all(server: Running) -> None:
    """Words beside a change that cannot be made are not recorded."""
    assert patch(server, "sid", say="I love chess.", claims=[{"id": "nope", "locked": True}]).status == 400
    assert known(server, "sid") == {}


def test_an_export_moves_a_person(server: Running) -> None:
    """To another name, or another deployment: what was said, and what was changed by hand; once and not twice."""
    say(server, "dora", "I'm vegan. I love tea.")
    ids = known(server, "dora")
    patch(server, "dora", claims=[{"id": ids["tea"], "suppressed": True}, {"aspect": "length", "value": "brief"}])
    export = send(server.url, "GET", "/v1/users/dora/export").json
    assert (export["object"], export["format"]) == ("rapport.export", 1)
    for new in (1, 0):
        told = send(server.url, "POST", "/v1/users/dora2/import", export)
        assert (told.status, told.json["new"]) == (200, new)
        assert set(known(server, "dora2")) == {"vegan", "tea", "brief"}
    both = [send(server.url, "GET", f"/v1/users/{user}/export").json["profile"] for user in ("dora", "dora2")]
    assert [claim["value"] for claim in both[0]["claims"]] == [claim["value"] for claim in both[1]["claims"]]
    assert "tea" not in say(server, "dora2", "What now?")


def test_claims_know_of_themselves(server: Running) -> None:
    """Where they hold, when and in how many sessions they were seen: shown, corrected, and moved with an export."""
    say(server, "ida", "At work I prefer formal answers. I love jazz.")
    patch(server, "ida", claims=[{"aspect": "tone", "value": "very formal", "context": "home"}])
    assert patch(server, "ida", claims=[{"aspect": "tone", "value": "x", "context": "sea"}]).status == 400
    export = send(server.url, "GET", "/v1/users/ida/export").json
    assert send(server.url, "POST", "/v1/users/ida2/import", export).status == 200
    both = [send(server.url, "GET", f"/v1/users/{user}/profile").json["claims"] for user in ("ida", "ida2")]
    assert both[0] == both[1]
    claims = both[1]
    where = {claim["value"]: claim["context"] for claim in claims}
    assert where == {"formal": "work", "jazz": "", "very formal": "home"}
    assert all(claim["sessions"] == 1 and claim["last"] == claim["valid_from"] > 1e9 for claim in claims)
    assert "formal (at work)" in say(server, "ida2", "Hello.")


def test_an_import_brings_nothing_that_may_not_be_known(server: Running) -> None:
    """Sensitive values that nobody wrote by hand, contexts that there are none of; and no time to come."""
    claims = [{"id": "a", "aspect": "likes", "value": "gay bars"}, {"id": "b", "aspect": "likes", "value": "jazz"},
              {"id": "c", "aspect": "likes", "value": "tea", "context": "</x>"},
              {"id": "d", "aspect": "likes", "value": "gay clubs", "locked": True},
              {"id": "e", "aspect": "allergies", "value": "nuts", "kind": "inferred"}]  # fmt: skip
    profile = {"claims": claims, "counts": {"time": 9e12}}
    given = {"object": "rapport.export", "evidence": [], "profile": profile}
    assert send(server.url, "POST", "/v1/users/jon/import", given).status == 200
    assert set(known(server, "jon")) == {"jazz", "gay clubs"}
    counts = send(server.url, "GET", "/v1/users/jon/export").json["profile"]["counts"]
    assert counts["time"] <= time.time()
    hidden = [{**claims[0], "suppressed": True}, {**claims[1], "suppressed": True}]
    say(server, "jon", "I love chess.")
    again = {**given, "profile": {"claims": hidden}}
    assert send(server.url, "POST", "/v1/users/jon/import", again).status == 200
    assert set(known(server, "jon")) == {"jazz", "gay clubs", "chess"}


@pytest.mark.parametrize(("user", "profile", "status"), [
    ("una", {"election": {"race": {"plan": {"name": "x"}, "rivals": {}}}}, 200),
    ("uma", {"election": {"incumbent": {"share": -5}}}, 200), ("uli", {"taste": {"length~": -100}}, 200),
    ("udo", {"counts": {"choice.length+": -3}}, 400), ("ugo", {"counts": {"style.outputs": 3, "style.lists": 90}}, 200),
])
def test_no_import_breaks_a_person(server: Running, user: str, profile: dict[str, Any], status: int) -> None:
    """What is taken in goes on being learnt from and shown; what cannot be is refused with its place."""
    given = {"object": "rapport.export", "evidence": [], "profile": {"version": 3, **profile}}
    answer = send(server.url, "POST", f"/v1/users/{user}/import", given)
    assert answer.status == status
    if status == 400:
        assert answer.json["error"]["param"] == "body.profile.counts.choice.length+"
    assert "vegan" in say(server, user, "I'm vegan. I love jazz.")
    longer = "Take the sieve that hangs beside the door and shake it gently until nothing comes out"
    for number in range(3):
        picked = {"user": user, "chosen": "Use a sieve.", "rejected": f"{longer} {number}."}
        assert send(server.url, "POST", "/v1/feedback", picked).status == 200
    assert set(known(server, user)) >= {"vegan", "jazz"}
    assert "jazz" in say(server, user, "What now?")
    shown = send(server.url, "GET", f"/v1/users/{user}/profile").json
    assert (shown["election"]["choices"], shown["events"]) == (3, 5)


def test_a_profile_that_is_damaged_costs_no_chat(openai_fake: Fake, tmp_path: Path) -> None:
    """One that cannot be read, and ones with numbers that nothing can be made of: the chat goes on, and whoever asks
    for such a profile gets it, or an error as clients know them."""
    with started(configure(tmp_path, backends=[openai_backend(openai_fake.base)])) as server:
        bodies = {"a": "{", "b": {"counts": {"choice.length+": -2.0, "choice.length-": 5.0}},
                  "c": {"election": {"race": {"plan": {"name": "x"}, "rivals": {}}}},
                  "d": {"election": {"incumbent": {"share": -5}}}}  # fmt: skip
        for name in bodies:
            say(server, name, f"I'm vegan. I love jazz{name}.")
            assert f"jazz{name}" in known(server, name)
        store = sqlite3.connect(tmp_path / "data" / "rapport.db")
        for row, body in store.execute("SELECT rowid, body FROM versions").fetchall():
            name = next(each for each in bodies if f"jazz{each}" in body)
            made = bodies[name]
            broken = made if isinstance(made, str) else json.dumps({**json.loads(body), **made})
            store.execute("UPDATE versions SET body = ? WHERE rowid = ?", (broken, row))
        store.commit()
        store.close()
    with started(tmp_path / "config.yaml") as server:
        for name in bodies:
            picked = {"user": name, "chosen": "Use a sieve.", "rejected": "Take the sieve, and shake it."}
            assert send(server.url, "POST", "/v1/feedback", picked).status == (503 if name == "a" else 200)
            assert "What now?" in say(server, name, "What now?")
            shown = send(server.url, "GET", f"/v1/users/{name}/profile", seconds=15)
            assert shown.status == 200 or {"message", "type", "code", "param"} == set(shown.json["error"])
            assert (shown.status == 503) == (name == "a")


def test_aspects_of_the_operator(openai_fake: Fake, tmp_path: Path) -> None:
    """An own one is written by hand, a strict list takes only its values, and what fades is shown less sure."""
    plan = {"name": "plan", "label": "Plan", "keep": 1, "values": ["Free", "Paid"], "strict": True}
    chain = [{"kind": "identity"}, {"kind": "preferences", "aspects": [plan, {"name": "likes", "half_life": 10}]},
             {"kind": "history"}]  # fmt: skip
    config = configure(tmp_path, backends=[openai_backend(openai_fake.base)], policies=chain)
    with started(config) as server:
        for value, status in (("paid", 200), ("gold", 400)):
            assert patch(server, "kim", claims=[{"aspect": "plan", "value": value}]).status == status
        assert "Plan: Paid." in say(server, "kim", "Hello.")
        now = time.time()
        lines = [json.dumps({"text": text, "time": now - age}) for text, age in (("I love jazz.", 864_000), ("Hi.", 0))]
        assert send(server.url, "POST", "/v1/users/kim/import", "\n".join(lines).encode()).status == 200
        claims = send(server.url, "GET", "/v1/users/kim/profile").json["claims"]
        assert {claim["value"]: claim["confidence"] for claim in claims} == {"Paid": 1.0, "jazz": 0.5}


def test_other_products_exports(server: Running) -> None:
    """Memories and lines; what cannot be read names its place."""
    memories = [{"memory": "User likes sushi", "created_at": "2026-01-01T00:00:00Z"}]
    assert send(server.url, "POST", "/v1/users/eve/import", memories).json["read"] == 1
    assert "sushi" in known(server, "eve")
    wrong = send(server.url, "POST", "/v1/users/eve/import", b'{"text": "a"}\nnonsense')
    error = wrong.json["error"]
    assert (wrong.status, error["code"], error["param"]) == (400, "invalid_import", "body:2")


def test_what_may_not_be(server: Running) -> None:
    """Edits that make no sense are told by their place, and change nothing."""
    say(server, "fay", "I'm vegan.")
    for edit, place in (({"claims": [{"id": "x", "locked": True}]}, "claims[0].id"), ({"unknown": 1}, "body"),
                        ({"claims": [{"aspect": "mood", "value": "x"}]}, "claims[0].aspect")):
        answer = patch(server, "fay", **edit)
        assert (answer.status, answer.json["error"]["param"]) == (400, place), answer.body
    assert set(known(server, "fay")) == {"vegan"}


def test_history_shows_what_came_and_went(server: Running) -> None:
    """Version by version, whoever changed it."""
    say(server, "gil", "I'm vegan.")
    id = known(server, "gil")["vegan"]
    patch(server, "gil", claims=[{"id": id, "locked": True}])
    patch(server, "gil", claims=[{"id": id, "value": "vegetarian"}])
    versions = send(server.url, "GET", "/v1/users/gil/history").json["data"]
    names = ("added", "changed", "ended")
    shown = [{name: [claim["value"] for claim in row[name]] for name in names} for row in versions]
    assert shown == [
        {"added": ["vegan"], "changed": [], "ended": []}, {"added": [], "changed": ["vegan"], "ended": []},
        {"added": ["vegetarian"], "changed": [], "ended": ["vegan"]},
    ]  # fmt: skip


def test_the_command_line_does_the_same(tmp_path: Path) -> None:
    """Import, correct, lock, suppress, pause, history, forget one: without a server."""
    config = configure(tmp_path)
    (tmp_path / "said.jsonl").write_text('{"text": "I love jazz and I am vegan."}\n')

    def users(*arguments: str) -> Any:
        done = cli("users", *arguments, "--json", config=config)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    assert users("import", "hal", str(tmp_path / "said.jsonl")) == {"read": 1, "new": 1}
    ids = {claim["value"]: claim["id"] for claim in users("show", "hal")["claims"]}
    named = ("--lock", ids["vegan"], "--suppress", ids["jazz"])
    changed = users("change", "hal", *named, "--pause", "--say", "Call me Hal.")
    marks = {claim["value"]: (claim["locked"], claim["suppressed"]) for claim in changed["claims"]}
    assert changed["paused"] and marks == {
        "vegan": (True, False), "jazz": (False, True), "Hal": (False, False),
    }  # fmt: skip
    assert users("forget", "hal", "--claim", ids["jazz"]) == {"deleted": True}
    assert [claim["value"] for row in users("history", "hal") for claim in row["added"]] == ["vegan", "Hal"]
    assert "vegan" in cli("users", "history", "hal", config=config).stdout
    assert changed["share"] is False and users("change", "hal", "--resume", "--share")["share"] is True
    assert users("export", "hal")["profile"]["share"] is True
    users("change", "hal", "--say", "At work I prefer formal answers.")
    table = cli("users", "show", "hal", config=config).stdout
    assert "among those who share" in table and users("change", "hal", "--no-share")["share"] is False
    assert "formal (at work)" in table and "1, 1" in table and ids["vegan"] in table
    assert "formal (at work)" in cli("users", "history", "hal", config=config).stdout
    nothing = cli("users", "change", "hal", config=config)
    assert nothing.returncode == 2 and "--say" in nothing.stderr
    odd = cli("users", "change", "hal", "--lock", "nothing", config=config)
    assert odd.returncode == 2 and "claims[0].id" in odd.stderr and "Traceback" not in odd.stderr
