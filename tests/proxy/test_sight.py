"""What a deployment sees of answers: checked at the start, learnt from choices, and of use where axes have no name."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.ports import (
    Caller,
    ChatRequest,
    ConfigError,
    Election,
    Evidence,
    EvidenceKind,
    Job,
    Person,
    Profile,
    User,
)
from policies.base import Exchange
from policies.choosing import Choosing, worths
from policies.rewards.axes import AXES, JUDGED, features
from policies.rewards.directions import OVER, SEEN
from policies.rewards.factor_file import Learnt, written
from policies.rewards.prior import LEAST
from policies.sight import FACTORED
from proxy.app import Rapport, assemble
from proxy.config import from_dict
from proxy.routing import warm
from tests.assembled import within
from tests.fakes.scripted import Answer, Scripted, scripted
from tests.rapport import cli, configure

pytestmark = [
    pytest.mark.filterwarnings("ignore:Accessing the .* attribute on the instance is deprecated"),
    pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier"),
]
ANN = User("u_" + "a" * 32)
WARM = ["I am so glad that you ask. You can do it, and it will be fine.", "Do it. It takes an hour. Then it is done."]
SCORES = [dict.fromkeys(JUDGED, 0.0) | {"warmth": warmth} for warmth in (0.9, -0.6)]
SUBJECTS = {
    "sea": ("harbour", "sailor", "island", "anchor", "beach", "lighthouse", "tide", "shore", "captain", "seagull"),
    "kitchen": ("butter", "recipe", "oven", "onion", "flour", "kettle", "saucepan", "pepper", "dough", "garlic"),
}


def judge(server: Scripted, **more: Any) -> dict[str, Any]:
    warm()  # else the time of the first answer goes to an import
    return {"model": "openai/judge", "api_base": server.base, "timeout": 5, **more}


def rated(body: Any) -> str:
    """Scores of the two texts, in the order in which they are shown."""
    prompt = body["messages"][0]["content"]
    shown = json.loads(prompt[prompt.rindex('{"question"') :])["answers"]
    return json.dumps({"answers": [SCORES[WARM.index(text)] for text in shown]})


async def learn(rapport: Rapport, events: Sequence[Evidence], user: User = ANN) -> Profile:
    """Let the learner take events in as a job of the outbox, with nobody waiting for it."""
    await rapport.adapters.users.append(user, events)
    await rapport.chain.learn(Job(1, user, 0))
    return (await rapport.adapters.users.load(user)).profile


def picks(number: int, kind: EvidenceKind = "pick") -> list[Evidence]:
    return [Evidence(f"e{at}", kind, WARM[0], "assistant", WARM[1]) for at in range(number)]


@pytest.mark.parametrize("kind", ["pick", "regenerate", "edit"])
def test_judged_axes_are_learnt(tmp_path: Path, kind: EvidenceKind) -> None:
    """Who prefers the warm answer likes warmth: what a model says of the two is learnt, within the calls of a day."""
    with scripted(Answer(make=rated)) as model:
        async def work(rapport: Rapport) -> None:
            profile = await learn(rapport, picks(4, kind))
            assert profile.taste["warmth"] > 0.2 and abs(profile.taste.get("depth", 0.0)) < 0.01
            assert len(model.asked) == 3 and profile.counts["model.calls"] == 3.0
            shown = {row["axis"] for row in (await rapport.asking().taste(ANN))["axes"]}
            assert shown == {*SEEN}

        within(tmp_path, work, taste={"judged": True}, learning=judge(model, calls_per_day=3))


@pytest.mark.parametrize(("answer", "calls"), [
    (Answer(status=500), 1), (Answer("no"), 3), (Answer('{"answers": [{"warmth": 1}]}'), 3),
])
def test_a_broken_judge_costs_its_axes_alone(tmp_path: Path, answer: Answer, calls: int) -> None:
    """What can be read off the texts is learnt all the same; a model that fails is left alone for a while."""
    with scripted(answer) as model:
        async def work(rapport: Rapport) -> None:
            profile = await learn(rapport, picks(3))
            assert "warmth" not in profile.taste and profile.taste["length"] > 0.0
            assert len(model.asked) == profile.counts["model.calls"] == calls

        within(tmp_path, work, taste={"judged": True}, learning=judge(model))


def test_calls_for_a_version_that_came_too_late_count(tmp_path: Path) -> None:
    """Whoever looks at their profile meanwhile makes one by rules alone, and what was judged is thrown away: it was
    asked all the same."""
    meanwhile: list[Callable[[], None]] = []
    with scripted(Answer(make=rated, during=lambda: meanwhile[0]())) as model:
        async def work(rapport: Rapport) -> None:
            loop = asyncio.get_running_loop()
            meanwhile.append(lambda: asyncio.run_coroutine_threadsafe(rapport.persons().profile(ANN), loop).result(5))
            for number in range(3):
                await learn(rapport, [replace(each, event=f"{number}{each.event}") for each in picks(2)])
            profile = (await rapport.adapters.users.load(ANN)).profile
            assert profile.election.choices == 6 and len(model.asked) == 3

        within(tmp_path, work, taste={"judged": True}, learning=judge(model, calls_per_day=3))


def test_no_model_is_asked_unless_it_is_wanted(tmp_path: Path) -> None:
    """Nor while somebody waits for their profile."""
    with scripted(Answer(make=rated)) as model:
        async def work(rapport: Rapport) -> None:
            await learn(rapport, picks(2))

        async def waiting(rapport: Rapport) -> None:
            await rapport.adapters.users.append(ANN, picks(4))
            assert (await rapport.persons().profile(ANN)).election.choices == 4

        within(tmp_path, work, learning=judge(model))
        within(tmp_path, waiting, learning=judge(model), taste={"judged": True})
        assert not model.asked


def test_answers_to_questions_take_the_scores_of_the_bank(tmp_path: Path) -> None:
    """Without any model, and without a call of one that is there; the next question knows it."""
    answers = [{"style": name, "text": text, "scores": scores}
               for name, text, scores in zip("ab", WARM, SCORES, strict=True)]
    (tmp_path / "bank.jsonl").write_text(json.dumps({"id": "q1", "prompt": "Shall I?", "answers": answers}) + "\n")
    with scripted(Answer(make=rated)) as model:
        async def work(rapport: Rapport) -> None:
            told = await rapport.asking().answer(ANN, "q1.0.1", "q1.0")
            assert "warmth" in {row["axis"] for row in told["axes"]} and not model.asked
            assert (await learn(rapport, [])).taste["warmth"] > 0.2

        async def background(rapport: Rapport) -> None:
            events = [Evidence("question-q1.0.1", "pick", WARM[1], "assistant", WARM[0])]
            assert (await learn(rapport, events, User("u_" + "b" * 32))).taste["warmth"] < -0.2
            assert not model.asked

        within(tmp_path, work, taste={"bank": "bank.jsonl"})
        within(tmp_path, background, taste={"bank": "bank.jsonl", "judged": True}, learning=judge(model))


def answer(rng: random.Random, subject: str) -> str:
    """A text about a subject, alike in every other way."""
    a, b, c, d = rng.sample(SUBJECTS[subject], 4)
    return f"You could think of the {a} and the {b}. After that, look at the {c} beside the {d}, and go on."


def chosen(rng: random.Random, likes: str, number: int) -> list[Evidence]:
    """Picks of somebody who likes one subject, nine times of ten."""
    found = []
    for at in range(number):
        texts = [answer(rng, subject) for subject in sorted(SUBJECTS, key=lambda name: name != likes)]
        first, second = texts if rng.random() < 0.9 else texts[::-1]
        found.append(Evidence(f"e{at}", "pick", first, "assistant", second))
    return found


def test_learnt_axes_foresee_what_no_named_one_does(tmp_path: Path) -> None:
    """Made by `rapport taste fit` of people who like one subject or the other, read by a deployment: somebody new is
    foreseen far better than without, their favourite is worth more, and nothing stays of axes that are no more."""
    rng, factors = random.Random(4), {"taste": {"factors": "factors.json"}}

    async def share(rapport: Rapport) -> None:
        for number in range(LEAST + 4):
            user, users = User(f"u_{number:032x}"), rapport.adapters.users
            assert await users.publish(user, Profile(version=1, share=True))
            await users.append(user, chosen(rng, [*SUBJECTS][number % 2], 12))

    async def foreseen(rapport: Rapport, letters: str) -> float:
        """By how many nats a choice of theirs is foreseen better than by a coin, each before it is learnt."""
        total = 0.0
        for letter, events in zip(letters, newcomers, strict=True):
            tastes = (await learn(rapport, events, User("u_" + letter * 32))).election.tastes
            total += (tastes["own"] - tastes["none"]) / len(events)
        return total / len(letters)

    async def without(rapport: Rapport) -> None:
        assert await foreseen(rapport, "def") < 0.02

    async def with_it(rapport: Rapport) -> None:
        assert rapport.adapters.sight is not None
        assert await foreseen(rapport, "b12") > 0.15
        profile = (await rapport.adapters.users.load(ben)).profile
        assert profile.counts[FACTORED] == rapport.adapters.sight.mark
        texts = [answer(rng, subject) for subject in SUBJECTS]
        (sea, kitchen), judged = await worths(Choosing("align", (), profile.taste, sight=rapport.adapters.sight), texts)
        assert sea > kitchen + 0.5 and not judged
        assert "factor1" in {row["axis"] for row in (await rapport.asking().taste(ben))["axes"]}
        assert "factor1" not in {row["axis"] for row in (await rapport.asking().taste(User("u_" + "c" * 32)))["axes"]}

    async def gone(rapport: Rapport) -> None:
        assert "factor1" not in {row["axis"] for row in (await rapport.asking().taste(ben))["axes"]}
        profile = await learn(rapport, chosen(rng, "sea", 13)[12:], ben)
        assert not [name for name in profile.taste if "factor" in name] and FACTORED not in profile.counts

    config, ben = configure(tmp_path, server={}), User("u_" + "b" * 32)
    newcomers = [chosen(rng, likes, 12) for likes in ("sea", "kitchen", "sea")]
    within(tmp_path, share)
    fitted = cli("taste", "fit", "--json", "--number", "2", "--out", str(tmp_path / "factors.json"), config=config)
    told = json.loads(fitted.stdout)
    assert told["written"] and told["low"] > 0 and told["factors"] > told["named"] + 0.1, fitted.stderr
    within(tmp_path, without)
    within(tmp_path, with_it, **factors)
    within(tmp_path, gone)


def test_a_judge_of_answers_is_the_one_of_the_deployment(tmp_path: Path) -> None:
    """What plans several answers sees them as learning does; it asks the model also where learning does not."""
    taste = {"warmth": 1.0, "warmth~warmth": 0.1}
    election = Election(choices=3, tastes={"own": 0.0, "none": 0.0})
    known = Profile(1, taste=taste, counts={"answers": 3.0}, election=election)
    request = ChatRequest.parse(b'{"model":"m","messages":[{"role":"user","content":"Shall I?"}]}')

    async def work(rapport: Rapport) -> None:
        exchange = Exchange("ex_1", Caller(), request, request, User(ANN.id, known=Person(known)))
        await rapport.chain.on_request(exchange)
        plan = exchange.choosing
        assert plan is not None and plan.judged and len(plan.ways) == 3 and plan.question == "Shall I?"
        assert plan.sight is rapport.adapters.sight and plan.sight.model is rapport.adapters.model is not None

    with scripted(Answer("{}")) as model:
        within(tmp_path, work, learning=judge(model), policies=[{"kind": "align", "judged": True}])


GOOD = Learnt(OVER, "x", 2, ((0.0,) * (len(OVER) + 2),))


@pytest.mark.parametrize(
    ("text", "embedder", "says"),
    [
        ("{", {}, "is no file of `rapport taste fit`"),
        (written(GOOD), {}, "needs embedder x with 2 dimensions"),
        (written(GOOD), {"kind": "full_text_only"}, "the configuration has none"),
        (written(Learnt(AXES, None, 0, ((0.0,) * len(AXES),))), {}, "other axes than these"),
    ],
)
def test_factors_that_do_not_fit_stop_the_start(
    tmp_path: Path, text: str, embedder: dict[str, str], says: str
) -> None:
    """Named, with what would be right."""
    (tmp_path / "factors.json").write_text(text)
    with pytest.raises(ConfigError, match=says) as caught:
        assemble(from_dict({"taste": {"factors": "factors.json"}, "embedder": embedder}, tmp_path))
    assert caught.value.place == "taste.factors"


def test_a_judge_needs_a_model(tmp_path: Path) -> None:
    """As a file must be there."""
    for taste, place in (({"judged": True}, "taste.judged"), ({"factors": "absent"}, "taste.factors")):
        with pytest.raises(ConfigError) as caught:
            assemble(from_dict({"taste": taste}, tmp_path))
        assert caught.value.place == place


def test_factors_need_no_embedder_where_they_are_of_axes_alone(tmp_path: Path) -> None:
    """They are seen in the text alone."""
    row = tuple(float(axis == "lists") for axis in OVER)
    (tmp_path / "factors.json").write_text(written(Learnt(OVER, None, 0, (row,))))

    async def work(rapport: Rapport) -> None:
        assert rapport.adapters.sight is not None
        texts = ["- a\n- b\n- c", "It is so."]
        phi = await rapport.adapters.sight.features("", texts)
        assert phi[0, AXES.index("factor1")] == features(texts)[0, AXES.index("lists")] > 0

    within(tmp_path, work, taste={"factors": "factors.json"}, embedder={"kind": "full_text_only"})
