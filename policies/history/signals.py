"""What a person did with the answer before: changed it, kept one made anew, thanked for it, or corrected it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from adapters.ports import Evidence, Turn
from policies.approval import approval, disapproval
from policies.history.answers import LONGEST, Answer, Answers, digest_of
from policies.history.changes import changed, masked, shared, visible, words
from policies.history.statements import digest
from policies.history.verdict import takes_back, verdict


class Reaction(NamedTuple):
    """What the person said to an answer, that answer as the client sends it back, and the place among the person's
    turns, from the end, of the one it answers. `elsewhere`: a server keeps it, and what is here is its end."""

    said: str
    answer: str
    place: int
    elsewhere: bool


def reaction(turns: Sequence[Turn]) -> Reaction | None:
    """The person's reaction to the latest answer; None where they did not speak last, or nothing was answered."""
    said, answers, behind = "", list[Turn](), 0
    for turn in reversed(turns):
        if turn.role == "user" and not answers:
            said, behind = turn.text, behind + 1
        elif turn.role == "assistant" and behind:
            answers.insert(0, turn)
        elif turn.role in ("user", "tool", "assistant"):
            break
    text = "\n".join(turn.text for turn in answers if turn.text)
    return Reaction(said, text, -1 - behind, answers[-1].index < -1) if text and behind else None


def settled(found: Reaction, known: Answers) -> tuple[Answer | None, bool]:
    """The answer that the person reacts to, and whether it comes back changed by them; None where it is not known."""
    if not known.newest:
        return None, False
    text = visible(found.answer)[:LONGEST]
    for answer in reversed(known.newest):
        if answer.text == text:
            return answer, False
    now, texts = words(text), [words(answer.text) for answer in known.newest]
    if found.elsewhere:
        # Its beginning may be cut in the middle of a word.
        ends = [" ".join(said).endswith(" ".join(now)) for said in texts] if now else []
        return next((answer for answer, ending in zip(known.newest, ends, strict=False) if ending), None), False
    if now in texts:
        return known.newest[texts.index(now)], False
    if digest_of(now) in known.older:
        return None, False
    nearest = max(range(len(texts)), key=lambda place: (shared(texts[place], now), place))
    edited = changed(texts[nearest], now) and not masked(texts[nearest], text)
    return (known.newest[nearest], True) if edited else (None, False)


def signals(found: Reaction, known: Answers, answer: Answer, edited: bool, now: float) -> Iterator[Evidence]:
    """The reaction as evidence. It is named after the exchange that gave the answer, so that the same request again
    tells nothing new. A turn that takes back what was said just before must directly follow it in the evidence. A
    correction is a `rating`, an approval `accepted`: the kind alone says which, and there are no words."""
    if takes_back(found.said):
        return
    if edited:
        text = visible(found.answer)[:LONGEST]
        event = digest("implicit", answer.about, "edit", text)
        yield Evidence(event, "edit", text, context=answer.text, time=now)
    elif answer.again and not edited and (rejected := _before(answer, known)):
        event = digest("implicit", answer.about, "regenerate")
        yield Evidence(event, "regenerate", answer.text, "assistant", rejected.text, time=now)
    if kind := verdict(found.said):
        # The words themselves are a statement, which is read like any other.
        event = approval(answer.about) if kind == "accepted" else disapproval(answer.about)
        yield Evidence(event, kind, "", time=now)


def _before(answer: Answer, known: Answers) -> Answer | None:
    place = known.newest.index(answer)
    return known.newest[place - 1] if place else None
