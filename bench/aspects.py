"""What aspects bring to people without a history, and what they cost: through the real policy, over the real index.

`aspects/gain@N`: by how much nDCG@5 of a person's questions rises over that of the plain search, with N pieces of
history, mean over people; `_low` and `_high` are a 95 % interval (bootstrap over people). At `grown` it must be exactly
0. `aspects/alone@0` is the gain where nobody shares, so that passages are only told apart. The reviews are made up
(`reviews`): the figures show that the way from claims and counts to an order works, against noise and people who are
not like most, and that it ends; not how large the gain is for real people and documents. Settings were chosen on worlds
of two other seeds.

`squad2/aspects_R@K_lost` and `_gained`: of the answerable questions, asked by somebody new, how many have their
paragraph among the first K only without, or only with aspects, where 60 people share a taste (Zipf) in the commonest
aspects of the corpus, which has nothing to do with the questions; `_p` is McNemar's exact test. What keeps
the order there (`choice.AHEAD`, `aspects.COVERS`) was chosen on these questions.

`cuisine_ratings/aspect_hit@2` is of real people: of 8 cuisines the two that most of the other people like (rated 4 or
5), chosen as for somebody of whom nothing is known; the share that this person likes, and `_random` that of any two.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
import secrets
import statistics
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.memory import MemoryCache, MemoryKeys, MemoryPeople
from adapters.ports import Caller, ChatRequest, Claim, Embedder, Knowledge, Passage, Person, Profile, User
from bench.reviews import Guest, World, world
from policies.aspects.choice import Candidate, Cares, choose, telling
from policies.aspects.mining import aspects_of
from policies.aspects.population import LEAST, Enough, counts_of
from policies.base import Adapters, Exchange, Policy
from policies.retrieval import Retrieval, RetrievalConfig

TENANT = "bench"
SEED = 20260
SECRET = b"the thresholds of the bench"
SHARING, GUESTS, ASKS = 60, 120, 3
HISTORIES = (0, 1, 3)
ROUNDS = 2000
TOP = 5
CUISINES = "cuisine_ratings/users.jsonl"
WITH = RetrievalConfig(when=(), timeout=60.0)
PLAIN = WITH.model_copy(update={"aspect_weight": 0.0})


@dataclass(frozen=True, slots=True)
class Desk:
    """An index, and the people of a tenant who share."""

    knowledge: Knowledge
    embedder: Embedder | None
    people: MemoryPeople = field(default_factory=MemoryPeople)

    async def share(self, said: Sequence[Sequence[Claim]]) -> None:
        """Let these people share, by what they said."""
        for place, claims in enumerate(said):
            profile = Profile(version=1, claims=tuple(claims), share=True, counts={"turns": 9.0})
            await self.people.publish(User(f"u_s{place}", TENANT), profile)

    async def policy(self, config: RetrievalConfig) -> Policy:
        """The policy, once it has counted those who share."""
        people = self.people
        policy = config.build(Adapters(people, people, people, people, MemoryKeys(SECRET), MemoryCache(),
                                       MemoryCache(), self.knowledge, self.embedder))  # fmt: skip
        assert isinstance(policy, Retrieval)
        others = asyncio.all_tasks()
        await policy.finding.aspects.population.known(TENANT)
        await asyncio.gather(*(asyncio.all_tasks() - others))
        return policy


async def asked(policy: Policy, text: str, profile: Profile) -> list[str]:
    """The ids of the passages that somebody is given, best first; somebody else each time, to whom nothing was given
    before."""
    body = {"model": "m", "messages": [{"role": "user", "content": text}]}
    received = ChatRequest.parse(json.dumps(body).encode())
    user = User(f"u_{secrets.token_hex(16)}", TENANT, Person(profile))
    exchange = Exchange("ex", Caller(TENANT), received, received, user)
    work = policy.on_request(exchange)
    assert work is not None
    await work
    return [each["id"] for each in exchange.receipt.detail.get("passages", ())]


def sample() -> World:
    """The reviews and people of the bench."""
    return world(SEED, SHARING, GUESTS, ASKS)


async def measured(knowledge: Knowledge, embedder: Embedder | None, made: World) -> dict[str, float]:
    """The gains over an index that holds the reviews of `made` for `TENANT`."""
    desk = Desk(knowledge, embedder)
    plain = await _scores(desk, PLAIN, made, 0)
    metrics = {"aspects/plain": statistics.fmean(map(statistics.fmean, plain))}
    metrics |= _gain("alone@0", plain, await _scores(desk, WITH, made, 0))
    await desk.share([guest.said for guest in made.sharing])
    grown = WITH.low_history_events
    for known in (*HISTORIES, grown):
        name = "grown" if known == grown else str(known)
        before = await _scores(desk, PLAIN, made, known) if known == grown else plain
        metrics |= _gain(f"gain@{name}", before, await _scores(desk, WITH, made, known))
    return metrics


async def _scores(desk: Desk, config: RetrievalConfig, made: World, known: int) -> list[list[float]]:
    """nDCG@5 of each question of each person, of whom so many pieces are known."""
    policy = await desk.policy(config)
    scores = []
    for guest in made.guests:
        own = []
        for hotel in guest.hotels:
            found = await asked(policy, guest.question.format(f"Hotel {hotel}"), _profile(guest, known))
            own.append(ndcg(found, _wanted(made, guest, hotel)))
        scores.append(own)
    return scores


def _wanted(made: World, guest: Guest, hotel: str) -> set[str]:
    """The reviews of a hotel that are about what somebody cares for."""
    cares = set(guest.cares)
    return {id for id, about in made.subjects.items() if id.startswith(f"{hotel}-") and about & cares}


def _profile(guest: Guest, known: int) -> Profile:
    counts = {"turns": float(known), "events": float(known)}
    return Profile(version=1, claims=guest.said[:known], counts=counts)


def ndcg(found: Sequence[str], wanted: Collection[str], top: int = TOP) -> float:
    """Normalised discounted cumulative gain of a ranking with two grades (Järvelin and Kekäläinen, 2002); 1 where
    nothing is wanted."""
    ideal = sum(1 / math.log2(2 + place) for place in range(min(top, len(wanted))))
    got = sum(1 / math.log2(2 + place) for place, id in enumerate(found[:top]) if id in wanted)
    return got / ideal if ideal else 1.0


def _gain(name: str, before: Sequence[Sequence[float]], after: Sequence[Sequence[float]]) -> dict[str, float]:
    """The mean gain by person, with its interval."""
    gains = [statistics.fmean(b - a for a, b in zip(one, two, strict=True))
             for one, two in zip(before, after, strict=True)]  # fmt: skip
    return interval(f"aspects/{name}", gains)


def interval(name: str, values: Sequence[float]) -> dict[str, float]:
    """A mean and its 95 % interval, by a bootstrap of the values (Efron 1979)."""
    draw = random.Random(SEED)
    means = sorted(statistics.fmean(draw.choices(values, k=len(values))) for _ in range(ROUNDS))
    low, high = means[int(0.025 * ROUNDS)], means[int(0.975 * ROUNDS) - 1]
    return {name: statistics.fmean(values), f"{name}_low": low, f"{name}_high": high}


async def lookups(
    knowledge: Knowledge, embedder: Embedder | None, passages: Sequence[Passage], questions: Sequence[tuple[str, str]]
) -> dict[str, float]:
    """What aspects change where something is looked up: `questions` with the id of the passage that answers each."""
    desk, draw = Desk(knowledge, embedder), random.Random(SEED)
    often = Counter(word for each in passages for word in aspects_of(each.title, each.text))
    words = sorted(often, key=lambda word: (-often[word], word))
    weights = [1 / (1 + place) for place in range(len(words))]
    await desk.share([[Claim(word, "likes", word) for word in draw.choices(words, weights, k=20)]
                      for _ in range(SHARING)])  # fmt: skip
    plain, other = await desk.policy(PLAIN), await desk.policy(WITH)
    ranks = [(await asked(plain, text, Profile()), await asked(other, text, Profile()), id) for text, id in questions]
    metrics = {}
    for top in (1, 5):
        hits = [(id in before[:top], id in after[:top]) for before, after, id in ranks]
        lost, gained = hits.count((True, False)), hits.count((False, True))
        name = f"squad2/aspects_R@{top}"
        metrics |= {f"{name}_lost": lost, f"{name}_gained": gained, f"{name}_p": mcnemar(lost, gained)}
    return metrics


def mcnemar(lost: int, gained: int) -> float:
    """How likely luck gives so uneven a split (McNemar 1947, exact, two-sided)."""
    number = lost + gained
    tail = sum(math.comb(number, few) for few in range(min(lost, gained) + 1)) / 2**number
    return min(1.0, 2 * tail)


def cuisines(data: Path) -> dict[str, float]:
    """The figures on real people; none where the set is absent."""
    path = data / CUISINES
    if not path.is_file():
        return {}
    rows = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    sharing = [Profile(claims=tuple(_liked(row["ratings"])), share=True) for row in rows if row["fold"] == "fit"]
    people = counts_of(sharing, Enough(LEAST, SECRET))
    tested = [row for row in rows if row["fold"] == "test"]
    chosen = interval("cuisine_ratings/aspect_hit@2", [_hits(row, people) for row in tested])
    chance = statistics.fmean(_share_liked(row, row["eval_items"]) for row in tested)
    return {**chosen, "cuisine_ratings/aspect_hit@2_random": chance}


def _liked(ratings: Mapping[str, int]) -> list[Claim]:
    return [Claim(name, "likes", _word(name)) for name, stars in ratings.items() if stars >= 4]


def _hits(row: Mapping[str, Any], people: Mapping[str, int]) -> float:
    names = {_word(name): name for name in row["eval_items"]}
    chosen = choose([Candidate(1.0, telling([word], (), None)) for word in names], Cares({}, people))
    return _share_liked(row, [names[each.name] for each in chosen])


def _word(name: str) -> str:
    """A country as one word."""
    return name.lower().replace(" ", "")


def _share_liked(row: Mapping[str, Any], names: Sequence[str]) -> float:
    return statistics.fmean(row["ratings"].get(name, 0) >= 4 for name in names)
