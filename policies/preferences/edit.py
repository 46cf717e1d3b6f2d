"""What a person changes of their own profile by hand: values, locks, what shall not be mentioned, and a pause."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace

import msgspec

from adapters.ports import Claim, Evidence, Names, Profile
from policies.preferences.admit import permitted, spelt
from policies.preferences.aspects import DEFAULT, OPPOSITES, Aspect, Said
from policies.preferences.book import RETRACTED, Book, same_thing
from policies.preferences.contexts import placed
from policies.preferences.guard import MAX_VALUE, fit, tidy
from policies.preferences.lexicon import EMPTY
from policies.preferences.values import key
from policies.rewards.places import KNOWN_PLACES, PLACES

MOST_CHANGES = 100
MOST_LOCKED = 100
"""Of the 200 claims that a profile holds, so that something can still be learnt."""


_LONG = 5
"""Letters of a word that, at the beginning of another, mean the same thing mostly."""
_BETWEEN = rf"[\W_]+(?:(?:{'|'.join(sorted(map(re.escape, EMPTY)))})[\W_]+){{0,3}}"
_NO_SPACES = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Scripts without spaces, in which a word begins anywhere."""


class BadEdit(Exception):
    """A change that cannot be made: the place in the request, and what would have been right."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}")
        self.place = place
        self.message = message


class Change(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One change of a claim by its `id`, or without one a new claim. What is None stays as it is; a new claim without
    a `context` holds everywhere."""

    id: str | None = None
    aspect: str | None = None
    value: str | None = None
    locked: bool | None = None
    suppressed: bool | None = None
    context: str | None = None


class Edit(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """All that a person changes at once; `say` is a correction in words, read like any statement of theirs, `share`
    whether they let what they speak of be counted among others."""

    claims: list[Change] = []
    paused: bool | None = None
    say: str | None = None
    share: bool | None = None


def parse(body: bytes) -> Edit:
    """An edit from its JSON. Raises BadEdit."""
    try:
        edit = msgspec.json.decode(body, type=Edit)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        what = str(error) if isinstance(error, msgspec.ValidationError) else "expected a JSON object"
        raise BadEdit("body", f"{what}; known are claims, paused, say, share") from error
    if len(edit.claims) > MOST_CHANGES:
        raise BadEdit("claims", f"at most {MOST_CHANGES} changes at once")
    return edit


def edited(
    profile: Profile, edit: Edit, event: str, now: float, aspects: Mapping[str, Aspect] = DEFAULT
) -> Profile:
    """The next version of a profile with the changes made, or itself where nothing changes. Raises BadEdit.

    What a person writes by hand is explicit and locked: no evidence changes it, only they do. `event` names the edit
    in the claims that it makes.
    """
    book = Book.of(profile.claims, aspects)
    book.by_hand = True
    for place, change in enumerate(edit.claims):
        _apply(book, change, f"claims[{place}]", Evidence(event, "edit", "", time=now))
    paused = profile.paused if edit.paused is None else edit.paused
    if sum(claim.locked for claim in book.live) > MOST_LOCKED:
        raise BadEdit("claims", f"at most {MOST_LOCKED} claims may be locked")
    shared = replace(profile, share=profile.share if edit.share is None else edit.share)
    if not book.changed and paused == profile.paused:
        # To be counted or not corrects nothing: running conversations keep what they were told.
        return profile if shared.share == profile.share else replace(shared, version=profile.version + 1)
    counts = {**profile.counts, "edits": profile.counts.get("edits", 0.0) + 1.0}
    version = profile.version + 1
    claims = (*book.ended, *book.live)
    return replace(shared, version=version, revision=version, claims=claims, counts=counts, paused=paused)


def telling(evidence: Iterable[Evidence], claim: Claim) -> list[str]:
    """The ids of the events that state a claim, or name it."""
    said = key(claim.value)
    return [
        item.event
        for item in evidence
        if item.event in claim.evidence
        or any(each.aspect == claim.aspect and key(each.value) == said for each in placed(item, DEFAULT))
    ]


def naming(claim: Claim) -> Names:
    """Whether a text names the value of a claim: the words of it that say something, one behind the other, in whatever
    case, singular or plural; of long ones as the beginning of a word ("vegan" in "veganism")."""
    value = _folded(claim.value)
    words = [] if _NO_SPACES.search(value) else [_inflected(word) for word in key(value).split()]
    pattern = rf"(?<!\w)(?:{_BETWEEN.join(words)}|{re.escape(value)}(?!\w))" if words else re.escape(value)
    found = re.compile(pattern).search
    return lambda text: found(_folded(text)) is not None


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _inflected(word: str) -> str:
    """A word in the singular ("potatoe" too) as a pattern of all its forms."""
    stem = re.escape(re.sub(r"(?<=[osxh])e$|y$", "", word))
    ending = r"(?:y|ies)" if word.endswith("y") else ""
    return stem + ending + (r"\w*" if len(word) >= _LONG else r"(?:e|s|es|'s)?(?!\w)")


def _apply(book: Book, change: Change, place: str, item: Evidence) -> None:
    if change.id is None:
        _add(book, change, place, item)
        return
    at = next((at for at, claim in enumerate(book.live) if claim.id == change.id), None)
    if at is None:
        raise BadEdit(f"{place}.id", "there is no such claim now")
    claim = book.live[at]
    if change.aspect not in (None, claim.aspect):
        raise BadEdit(f"{place}.aspect", f"this claim is about {claim.aspect}: forget it, and add another")
    if change.context not in (None, claim.context):
        where = f"at {claim.context}" if claim.context else "everywhere"
        raise BadEdit(f"{place}.context", f"this claim holds {where}: forget it, and add another")
    if change.value is not None and tidy(change.value) != claim.value:
        if claim.aspect not in book.aspects:
            raise BadEdit(f"{place}.value", f"{claim.aspect} may not be known here any more: forget this claim")
        said = _said(book, claim.aspect, change, place, claim.context)
        book.live[at] = replace(claim, locked=False)
        book.end(lambda each: each.id == claim.id, RETRACTED)
        hidden = claim.suppressed if change.suppressed is None else change.suppressed
        _put(book, said, item, Change(locked=change.locked, suppressed=hidden))
        return
    locked = claim.locked if change.locked is None else change.locked
    if not locked and claim.locked and claim.aspect in book.aspects:
        _not_loose(book, claim.aspect, claim.value, place)
    suppressed = claim.suppressed if change.suppressed is None else change.suppressed
    if (locked, suppressed) != (claim.locked, claim.suppressed):
        book.live[at] = replace(claim, locked=locked, suppressed=suppressed)
        book.changed = True


def _add(book: Book, change: Change, place: str, item: Evidence) -> None:
    if change.aspect is None or change.value is None:
        raise BadEdit(place, "a change names a claim by its id; a new claim has an aspect and a value")
    if change.aspect not in book.aspects:
        raise BadEdit(f"{place}.aspect", f"unknown aspect; known: {', '.join(book.aspects)}")
    if change.context not in (None, *PLACES):
        raise BadEdit(f"{place}.context", f"expected {KNOWN_PLACES}")
    _put(book, _said(book, change.aspect, change, place, change.context or ""), item, change)


def _put(book: Book, said: Said, item: Evidence, change: Change) -> None:
    """Add what the person wrote, in the place of whatever it contradicts: a lock stands against evidence, not them."""
    before, changed = {claim.id: claim for claim in book.live}, book.changed
    book.live = [replace(claim, locked=False) if _in_the_way(book, said, claim) else claim for claim in book.live]
    book.add(said, item)
    book.changed = changed or {claim.id for claim in book.live} != set(before)
    for at, claim in enumerate(book.live):
        if claim.aspect == said.aspect and same_thing(said, claim):
            locked = change.locked is not False
            suppressed = claim.suppressed if change.suppressed is None else change.suppressed
            made = replace(claim, kind="explicit", confidence=1.0, locked=locked, suppressed=suppressed)
            book.changed = book.changed or made != before.get(claim.id)
            book.live[at] = made


def _in_the_way(book: Book, said: Said, claim: Claim) -> bool:
    if claim.aspect == said.aspect:
        return book.slot(claim) == book.slot(said)
    return claim.aspect in OPPOSITES.get(said.aspect, ()) and same_thing(said, claim)


def _said(book: Book, name: str, change: Change, place: str, context: str) -> Said:
    """What a change states, its value spelt as the aspect's list has it."""
    aspect, value = book.aspects[name], tidy(change.value or "")
    if not fit(value):
        right = f"one line of 1 to {MAX_VALUE} characters without markup or links, and no order to agree"
        raise BadEdit(f"{place}.value", f"expected {right}")
    kept = spelt(aspect, value)
    if kept is None:
        raise BadEdit(f"{place}.value", f"expected one of: {', '.join(aspect.values)}")
    if change.locked is False:
        _not_loose(book, name, kept, place)
    return Said(name, kept, context=context)


def _not_loose(book: Book, name: str, value: str, place: str) -> None:
    """What is only known because the person wrote it by hand stays locked."""
    if not permitted(book.aspects[name], value, explicit=True):
        raise BadEdit(f"{place}.locked", "this value is sensitive: it is kept only while it is locked")
