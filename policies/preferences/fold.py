"""Merging evidence into a profile: pure, deterministic, bounded, and the same in one batch as in many."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from adapters.ports import Claim, Evidence, Profile
from policies.preferences.aspects import DEFAULT, OPPOSITES, Aspect, Said
from policies.preferences.extract import extract
from policies.preferences.corrections import EVERYTHING
from policies.preferences.style import infer, measure, output
from policies.preferences.values import key

MOST_LIVE = 200
MOST_ENDED = 100
MOST_EVIDENCE = 5
RETRACTED = "retracted"
"""`superseded_by` of a claim that the person took back without putting another in its place."""
MIN_OUTPUTS = 3
_TENTATIVE = 0.6


@dataclass(slots=True)
class _Book:
    """The claims while they are changed: live ones in the order of their last confirmation, ended ones by their end."""

    aspects: Mapping[str, Aspect]
    live: list[Claim]
    ended: list[Claim]
    changed: bool = False
    corrected: bool = False

    def end(self, ended: Callable[[Claim], bool], by: str, correcting: bool = True) -> None:
        """End the live claims that are meant, except those that the person locked."""
        gone = [claim for claim in self.live if not claim.locked and ended(claim)]
        if gone:
            self.live = [claim for claim in self.live if claim not in gone]
            self.ended += [replace(claim, superseded_by=by) for claim in gone]
            self.changed = True
            self.corrected = self.corrected or correcting

    def add(self, said: Said, item: Evidence, confidence: float = 1.0) -> None:
        """Take a statement in: confirm what is known, or put it in the place of what it contradicts."""
        spot = slot(said.aspect, said.value)
        same = next((claim for claim in self.live if claim.aspect == said.aspect and slot(claim.aspect, claim.value) == spot
                     and (_alike(claim.value, said.value) or claim.locked)), None)
        if same is not None and (same.locked or same.kind == "explicit"):
            self._confirm(same, item)
            return
        if self._locked_against(said):
            return
        new = _claim(said, item, confidence)
        self.end(lambda claim: _contradicts(said, spot, claim, item.event), new.id)
        self.live.append(new)
        self.changed = True
        self._crowd_out(said.aspect, new.id)

    def _confirm(self, known: Claim, item: Evidence) -> None:
        if known.locked or item.event in known.evidence:
            return
        evidence = (*known.evidence[:1], *known.evidence[1:][-(MOST_EVIDENCE - 2):], item.event)
        self.live.remove(known)
        self.live.append(replace(known, seen=known.seen + 1, evidence=evidence))
        self.changed = True

    def _locked_against(self, said: Said) -> bool:
        against = OPPOSITES.get(said.aspect, ())
        return any(claim.locked and claim.aspect in against and key(claim.value) == key(said.value) for claim in self.live)

    def _crowd_out(self, aspect: str, by: str) -> None:
        of_aspect = [claim for claim in self.live if claim.aspect == aspect and not claim.locked]
        surplus = {claim.id for claim in of_aspect[: max(0, len(of_aspect) - self.aspects[aspect].keep)]}
        self.end(lambda claim: claim.id in surplus, by, correcting=False)

    def take_back(self, said: Said) -> None:
        """End what a statement takes back."""
        if said == EVERYTHING:
            last = self.live[-1].evidence[-1:] if self.live else ()
            self.end(lambda claim: bool(last) and claim.evidence[-1:] == last, RETRACTED)
            return
        self.end(lambda claim: said.aspect in ("*", claim.aspect) and _covers(said.value, claim.value), RETRACTED)


def fold(
    profile: Profile,
    evidence: Sequence[Evidence],
    aspects: Mapping[str, Aspect] = DEFAULT,
    min_outputs: int = MIN_OUTPUTS,
) -> Profile:
    """The profile with the evidence beyond its watermark applied in `seq` order.

    The version rises by one if a claim changed; `revision` is then this version if something was corrected, replaced
    or taken back by the person. Folding what is already in changes nothing.
    """
    new = sorted((item for item in evidence if item.seq > profile.watermark), key=lambda item: item.seq)
    if not new:
        return profile
    counts = dict(profile.counts)
    book = _Book(
        aspects,
        [claim for claim in profile.claims if claim.superseded_by is None],
        [claim for claim in profile.claims if claim.superseded_by is not None],
    )
    corrected = 0.0
    for item in new:
        book.corrected = False
        _take_in(book, item, counts, min_outputs)
        corrected = float(item.seq) if book.corrected else corrected
    if corrected:
        counts["corrected"] = corrected
    version = profile.version + (1 if book.changed else 0)
    return replace(
        profile,
        version=version,
        revision=version if corrected else profile.revision,
        watermark=new[-1].seq,
        claims=(*book.ended[-MOST_ENDED:], *_bounded(book.live, aspects)),
        counts=counts,
    )


def slot(aspect: str, value: str) -> str:
    """What a newer claim of an aspect must share with an older one to take its place."""
    if DEFAULT[aspect].keep == 1:
        return ""
    if aspect == "format":
        return key(value.removeprefix("no "))
    if aspect == "favourites" and ": " in value:
        return key(value.split(": ")[0]) + ":"
    return key(value)


def _take_in(book: _Book, item: Evidence, counts: dict[str, float], min_outputs: int) -> None:
    events = counts["events"] = counts.get("events", 0.0) + 1
    for said in extract(item):
        if said == EVERYTHING and events - counts.get("said", 0.0) > 1:
            continue
        if said.undo:
            book.take_back(said)
        elif said.aspect in book.aspects:
            book.add(said, item, _TENTATIVE if said.aspect == "wants" else 1.0)
            counts["said"] = events
    if text := output(item):
        measure(text, counts)
        _restyle(book, item, counts, min_outputs)


def _restyle(book: _Book, item: Evidence, counts: Mapping[str, float], min_outputs: int) -> None:
    """Bring the inferred claims in line with the statistics; what the person said or locked stands in their way."""
    known = {(claim.aspect, claim.value) for claim in book.live if claim.kind == "inferred"}
    inferred = infer(counts, known, min_outputs)
    said = {(claim.aspect, slot(claim.aspect, claim.value)) for claim in book.live if claim.kind == "explicit"}
    book.end(
        lambda claim: claim.kind == "inferred" and (claim.aspect, claim.value) not in inferred, RETRACTED, correcting=False
    )
    for (aspect, value), confidence in inferred.items():
        if (aspect, value) in known or aspect not in book.aspects or (aspect, slot(aspect, value)) in said:
            continue
        book.live.append(replace(_claim(Said(aspect, value), item, confidence), kind="inferred"))
        book.changed = True


def _claim(said: Said, item: Evidence, confidence: float) -> Claim:
    digest = hashlib.sha256("\0".join((said.aspect, said.value, item.event)).encode("utf-8", "replace")).hexdigest()
    return Claim(digest[:12], said.aspect, said.value, "explicit", confidence, (item.event,), item.time)


def _alike(one: str, other: str) -> bool:
    return one == other or key(one) == key(other)


def _contradicts(said: Said, spot: str, claim: Claim, event: str) -> bool:
    """Whether a new statement ends a claim: the same slot, the opposite aspect, or "none" against something."""
    if claim.aspect == said.aspect:
        if claim.value == "none" or claim.kind == "inferred":
            return DEFAULT[said.aspect].keep == 1 or claim.value == "none" or slot(claim.aspect, claim.value) == spot
        return slot(claim.aspect, claim.value) == spot and (DEFAULT[said.aspect].keep == 1 or event not in claim.evidence)
    return claim.aspect in OPPOSITES.get(said.aspect, ()) and key(claim.value) == key(said.value)


def _covers(taken: str, value: str) -> bool:
    if not taken or key(taken) == key(value):
        return True
    words, others = set(key(taken).split()), set(key(value).split())
    return bool(words) and words <= others


def _bounded(live: list[Claim], aspects: Mapping[str, Aspect]) -> list[Claim]:
    """At most MOST_LIVE claims: inferred ones go first, then the weakest and least recent; locked ones stay."""
    surplus = len(live) - MOST_LIVE
    if surplus <= 0:
        return live
    order = sorted(
        (claim for claim in live if not claim.locked),
        key=lambda claim: (claim.kind == "explicit", -aspects[claim.aspect].tier if claim.aspect in aspects else -9),
    )
    gone = {claim.id for claim in order[:surplus]}
    return [claim for claim in live if claim.id not in gone]
