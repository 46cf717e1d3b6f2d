"""What the person wrote last is quoted beside the summary: by recency, once read, the same for a conversation."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from adapters.memory import MemoryPeople
from adapters.ports import Evidence, EvidenceKind, Unavailable, User, count_tokens, strip_blocks
from policies.base import Exchange
from policies.preferences import PreferencesConfig
from policies.preferences.episodes import HEAD, rendered
from tests.policies.preferences.test_scope import FACT, OTHER, talk
from tests.policies.test_preferences import ALICE, World


@dataclass
class Counting(MemoryPeople):
    """A store that tells how often it was read for texts, and may fail at it."""

    reads: list[EvidenceKind] = field(default_factory=list)
    broken: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    async def latest(self, user: User, kinds: tuple[EvidenceKind, ...], limit: int) -> list[Evidence]:  # type: ignore[override]
        self.reads += kinds
        if self.broken:
            raise Unavailable("not now")
        return list(await super().latest(user, kinds, limit))


def note(about: str) -> str:
    return f"Dear all, the {about} opens on Monday and we bring our boots."


def writer(most: int = 2, **settings: int) -> World:
    """A person who wrote three things, the last one in the chat."""
    world = World(PreferencesConfig(episodes=most, **settings), people=Counting())  # type: ignore[arg-type]
    world.says(note("bridge"), kind="artefact").says(note("pier"), kind="import").says("What now?", "I love jazz")
    draft = "Here is my draft:\n" + note("harbour") + " It was closed for a very long time, as all of us remember well."
    return world.says(draft).learns()


def shown(exchange: Exchange) -> list[str]:
    """The quoted lines, [] where there is no block."""
    text = next((turn.text for turn in exchange.request.turns if "<rapport-episodes" in turn.text), "")
    return text.split("\n")[2:-1]


def test_the_last_texts_are_quoted_newest_last() -> None:
    """As many as the setting says, behind the summary, which they leave as it is."""
    exchange = writer().asks(*talk(OTHER))
    assert [line[:22] for line in shown(exchange)] == ['"Dear all, the pier op', '"Dear all, the harbour']
    assert [turn.role for turn in exchange.request.turns] == ["system", "system", "system", "user"]
    assert exchange.receipt.reasons == ["injected", "episodes"]
    assert exchange.receipt.tokens == sum(count_tokens(turn.text) for turn in exchange.request.turns[1:3])
    assert len(shown(writer(3).asks(*talk(OTHER)))) == 3
    assert all("harbour" not in str(value) for value in exchange.receipt.detail.values())


def test_off_is_off() -> None:
    """By default the store is not read for them, and nothing is shown."""
    world = writer(0)
    assert shown(world.asks(*talk(OTHER))) == [] and isinstance(world.people, Counting) and world.people.reads == []


def test_the_question_is_not_read() -> None:
    """Other questions get the same texts."""
    about = [shown(writer().asks(*talk(text))) for text in (OTHER, "Plan a visit to the bridge for me.", "Hello")]
    assert about[0] == about[1] == about[2] != []


def test_they_are_read_once_and_pinned() -> None:
    """What is written meanwhile waits for the next conversation."""
    world = writer()
    first = world.asks(*talk(OTHER))
    assert isinstance(world.people, Counting)
    reads = len(world.people.reads)
    world.says(note("station"), kind="artefact").learns()
    later = world.asks(*talk(OTHER, OTHER))
    assert later.request.items[:4] == first.request.items[:4] and later.receipt.detail["pinned"] is True
    assert len(world.people.reads) == reads
    assert "station" in shown(world.asks(*talk("Hello")))[-1]


def test_a_question_of_fact_gets_none() -> None:
    """Nor does the conversation later, which keeps its bytes; another one does."""
    world = writer()
    assert shown(world.asks(*talk(FACT))) == []
    assert isinstance(world.people, Counting) and world.people.reads == []
    turned = world.asks(*talk(FACT, OTHER))
    assert shown(turned) == [] and "widened" in turned.receipt.reasons
    assert len(shown(world.asks(*talk(OTHER)))) == 2


def test_what_is_erased_is_gone_at_once() -> None:
    """Also from a conversation that goes on; and a pause shows nothing."""
    world = writer()
    assert len(shown(world.asks(*talk(OTHER)))) == 2
    profile = world.profile()
    asyncio.run(world.people.publish(ALICE, replace(profile, version=profile.version + 1, paused=True)))
    assert shown(world.asks(*talk(OTHER, OTHER))) == []
    asyncio.run(world.people.forget(ALICE))
    assert shown(world.asks(*talk(OTHER, OTHER))) == shown(world.asks(*talk("Hello"))) == []


def test_a_forgotten_claim_takes_its_words_along() -> None:
    """The text that it came from is not shown any more, and was copied nowhere."""
    world = World(PreferencesConfig(episodes=1))
    world.says("Dear all, I love jazz, and the bridge opens on Monday at noon.", kind="import").learns()
    assert "jazz" in shown(world.asks(*talk(OTHER)))[0]
    (claim,) = (claim for claim in world.profile().claims if claim.value == "jazz")
    asyncio.run(world.people.forget_claim(ALICE, claim.id, claim.evidence))
    assert shown(world.asks(*talk(OTHER, OTHER))) == []


def test_what_shall_not_be_mentioned_is_not_quoted() -> None:
    """A text that holds it is passed over for an older one."""
    world = World(PreferencesConfig(episodes=1)).says("I love jazz").says(note("pier"), kind="artefact")
    world.says("Dear all, the jazz evening is on Monday, so please bring boots.", kind="artefact").learns()
    assert "jazz" in shown(world.asks(*talk(OTHER)))[0]
    profile = world.profile()
    hidden = tuple(replace(claim, suppressed=claim.value == "jazz") for claim in profile.claims)
    counts = {**profile.counts, "edits": 1.0}
    edited = replace(profile, version=profile.version + 1, claims=hidden, counts=counts)
    asyncio.run(world.people.publish(ALICE, edited))
    assert shown(world.asks(*talk(OTHER, OTHER)))[0].startswith('"Dear all, the pier')


def test_a_store_that_fails_costs_the_texts_only() -> None:
    """The summary is there all the same, and the receipt says so."""
    world = writer()
    assert isinstance(world.people, Counting)
    world.people.broken = True
    assert world.asks(*talk(OTHER)).receipt.reasons == ["episodes_unavailable", "injected"]


def test_the_budget_is_shared() -> None:
    """The newest that fit are shown; none where the summary leaves no room, then or later."""
    assert len(shown(writer().asks(*talk(OTHER), budget=112))) == 1
    assert shown(writer().asks(*talk(OTHER), budget=60)) == []
    world = writer()
    world.asks(*talk(OTHER))
    assert shown(world.asks(*talk(OTHER, OTHER), budget=60)) == []
    texts = [f'"{note(str(n))}"' for n in range(3)]
    for room in range(120):
        text = rendered(texts, room)
        assert not text or (text.startswith(HEAD) and text.endswith(texts[-1]))


def test_nothing_is_learnt_from_the_block() -> None:
    """It is a block like any other: stripped where it comes back in a turn."""
    block = writer().asks(*talk(OTHER)).request.turns[2].text
    assert strip_blocks(f"{block}\nHello").strip() == "Hello"
    assert "harbour" not in strip_blocks(block)
