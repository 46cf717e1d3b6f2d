"""`POST /v1/feedback`: what a person approved, edited or picked, and what they say of an answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from adapters.ports import Caller, Evidence, ResponseStore, User, UserStore
from adapters.ports.ledger import Ledger
from policies.history import digest
from policies.history.answers import LONGEST
from policies.identity import usable
from proxy import wire
from proxy.callers import Callers
from proxy.headers import known_place, read_headers
from proxy.info import as_json
from proxy.owners import Owners
from proxy.rated import Rated, Ratings, checked, ranked
from proxy.receipts import Receipts
from proxy.wire import HttpError


class Feedback(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is said of one answer, which `exchange` (of the header `x-rapport-exchange`) or `response` names.

    `rating` is from -1 (bad) to 1 (good); `edited` is the answer as the person changed it, from `original` where that
    is sent along; `chosen` was preferred to `rejected`; `comment` are the person's own words; `ratings` are of
    several answers to one question. `event` names the feedback, so that sending it twice is once; without it its
    content does. `context` is where it holds (`work`, `home`, "" for everywhere); without it, where the answer's
    request belonged.
    """

    exchange: str | None = None
    response: str | None = None
    user: str | None = None
    event: str | None = None
    rating: float | None = None
    edited: str | None = None
    original: str = ""
    chosen: str | None = None
    rejected: str = ""
    comment: str | None = None
    ratings: list[Rated] | None = None
    context: str | None = None


@dataclass(frozen=True, slots=True)
class FeedbackApi:
    """The handler; `limit` is the largest body in bytes. The `ledger` is told what people say of answers, and
    `ratings` hold those of one question against each other."""

    callers: Callers
    owners: Owners
    users: UserStore
    responses: ResponseStore
    receipts: Receipts
    limit: int
    ratings: Ratings
    ledger: Ledger | None = None

    async def give(self, request: Request) -> Response:
        """Record it: what it says holds from the next request on."""
        headers = read_headers(request.scope)
        caller = await self.callers.resolve(request.scope, headers)
        feedback = parse(await wire.read_body(request.receive, headers, self.limit))
        if await self._nobodys(caller, feedback):
            return as_json({"object": "rapport.feedback", "recorded": 0, "paused": False})
        user = await self._person(caller, feedback)
        user = replace(user, known=await self.users.load(user))
        paused = user.known is not None and user.known.profile.paused
        evidence = () if paused else await self._evidence(caller, feedback)
        new = await self.users.append(user, evidence) if evidence else 0
        new += await self.ratings.paired(user, evidence)
        # What is wrong is wrong, and nothing of who says so is kept.
        if not paused or approves(feedback) is False:
            await self._judged(caller, feedback, user)
        return as_json({"object": "rapport.feedback", "recorded": new, "paused": paused})

    async def _evidence(self, caller: Caller, feedback: Feedback) -> tuple[Evidence, ...]:
        """The feedback as evidence, where it belongs, a rating with what was rated, where that is known."""
        place, exchange = await self._place(caller, feedback), feedback.exchange
        found = tuple(replace(item, place=place) for item in events(feedback, time.time()))
        asked = self.receipts.asked(exchange, caller.tenant) if exchange and feedback.rating else None
        return await self.ratings.noted(asked, exchange, feedback.original, found) if asked and exchange else found

    async def _place(self, caller: Caller, feedback: Feedback) -> str:
        """Where it belongs: as it says, else as the request did that it is about, else as this one does."""
        place = feedback.context
        if place is None and feedback.exchange is not None:
            place = self.receipts.place(feedback.exchange, caller.tenant)
        elif place is None and feedback.response is not None:
            kept = await self.responses.find(caller.tenant, feedback.response)
            place = kept.place if kept else None
        return caller.place if place is None else place

    async def _judged(self, caller: Caller, feedback: Feedback, user: User | None) -> bool:
        """Let the answer of an exchange be found, or no more, where it is that person's; whether it is."""
        good = approves(feedback)
        if self.ledger is None or feedback.exchange is None or good is None:
            return False
        return await self.ledger.judge(caller.tenant, feedback.exchange, user, good)

    async def _nobodys(self, caller: Caller, feedback: Feedback) -> bool:
        """Whether a trusted backend that names nobody judged an answer to nobody known."""
        if caller.trust != "backend" or feedback.user is not None or await self._named(caller):
            return False
        return await self._judged(caller, feedback, None)

    async def _named(self, caller: Caller) -> User | None:
        return (await self.owners.of_caller(caller)).user

    async def _person(self, caller: Caller, feedback: Feedback) -> User:
        """Whose feedback it is: of whoever the answer was for, who must be the person that is named, if one is."""
        named = await self._named(caller)
        if feedback.user is not None:
            if caller.trust != "backend" and feedback.user != caller.said.get("jwt"):
                raise HttpError(403, "This key may not speak for this person.", "not_allowed", "user")
            named = await self.owners.person(caller, feedback.user)
        answered = await self._answered(caller, feedback)
        if answered and named and answered != named:
            raise _missing(feedback)
        if answered and caller.trust != "backend" and named is None:
            raise _missing(feedback)
        found = answered or named
        if found is None:
            message = "Say whose feedback this is: by exchange, response, user, a token or x-rapport-user."
            raise HttpError(400, message, None, "user")
        return found

    async def _answered(self, caller: Caller, feedback: Feedback) -> User | None:
        """The person whom the answer was for, None where none is named. Raises HttpError 404 for an unknown one."""
        if feedback.exchange is not None:
            owner = self.receipts.owner(feedback.exchange, caller.tenant)
        elif feedback.response is not None:
            kept = await self.responses.find(caller.tenant, feedback.response)
            owner = kept.owner if kept and not kept.owner.startswith("key:") else None
        else:
            return None
        if owner is None and feedback.user is None:
            raise _missing(feedback)
        return User(owner, caller.tenant) if owner else None


def parse(body: bytes) -> Feedback:
    """A feedback from its JSON. Raises HttpError 400 naming what would have been right."""
    try:
        feedback = msgspec.json.decode(body, type=Feedback)
    except msgspec.ValidationError as error:
        raise HttpError(400, f"Invalid feedback: {error}.", None, "body") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HttpError(400, "Invalid feedback: expected a JSON object.", None, "body") from error
    said = (feedback.rating, feedback.edited, feedback.chosen, feedback.comment, feedback.ratings)
    if all(value is None for value in said):
        raise HttpError(400, "Says nothing: send rating, ratings, edited, chosen or comment.", None, "body")
    if feedback.rating is not None and not -1 <= feedback.rating <= 1:
        raise HttpError(400, "Expected a number from -1 (bad) to 1 (good).", None, "rating")
    if feedback.user is not None and not usable(feedback.user):
        raise HttpError(400, "Expected a person's id: 1 to 256 characters, not blank.", None, "user")
    known_place(feedback.context)
    for name in ("edited", "chosen", "comment"):
        value = getattr(feedback, name)
        if value is not None and not value.strip():
            raise HttpError(400, "Expected a text that is not empty.", None, name)
    if feedback.ratings is not None:
        checked(feedback.ratings)
    return feedback


def approves(feedback: Feedback) -> bool | None:
    """Whether it says that the answer was right or wrong; None where neither. Whoever edits an answer does not let it
    stand."""
    if feedback.edited is not None and feedback.edited != feedback.original:
        return False
    return feedback.rating > 0 if feedback.rating else None


def events(feedback: Feedback, now: float) -> Iterator[Evidence]:
    """The feedback as evidence: an edit, picks, and a rating or an approval with the person's own words.

    The texts of a pick are the assistant's; an edit and a comment are the person's own.
    """
    about = feedback.exchange or feedback.response or ""
    if feedback.edited is not None and feedback.edited != feedback.original:
        # Where it cannot be told which words are theirs, it shows how they write, and states nothing.
        kind = "edit" if feedback.original else "artefact"
        yield _event(feedback, about, now, kind, feedback.edited, feedback.original)
    if feedback.chosen is not None:
        pick = _event(feedback, about, now, "pick", feedback.chosen, feedback.rejected)
        yield replace(pick, author="assistant")
    if feedback.rating is not None or feedback.comment is not None:
        kind = "accepted" if feedback.rating is not None and feedback.rating > 0 else "rating"
        yield _event(feedback, about, now, kind, feedback.comment or "", "")
    for item in ranked(feedback.ratings or (), about, feedback.event, now):
        # What was picked as well is one choice.
        if (item.text, item.context) != (feedback.chosen, feedback.rejected):
            yield item


def _event(feedback: Feedback, about: str, now: float, kind: str, text: str, context: str) -> Evidence:
    # About no answer in particular, the same words a minute later are said again.
    when = "" if about else str(int(now // 60))
    content = (text, context, str(feedback.rating), when, *filter(None, (feedback.context,)))
    named = feedback.event or "\0".join(content)
    event = digest("feedback", about, kind, named)
    return Evidence(event, kind, text[:LONGEST], context=context[:LONGEST], time=now)  # type: ignore[arg-type]


def _missing(feedback: Feedback) -> HttpError:
    name = "exchange" if feedback.exchange is not None else "response"
    return HttpError(404, "There is no such answer, or it is too old: name the user.", "not_found", name)
