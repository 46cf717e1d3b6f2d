"""The claims of one person while evidence goes in: what confirms, replaces, contradicts or ends what."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from adapters.ports import Claim, Evidence
from policies.preferences.aspects import DEFAULT, OPPOSITES, Aspect, Said
from policies.preferences.values import key

RETRACTED = "retracted"
"""`superseded_by` of a claim that ended without another in its place."""
MOST_EVIDENCE = 5
_DENIABLE = frozenset(("allergies", "diet", "avoid", "dislikes", "needs"))


@dataclass(slots=True)
class Book:
    """Live claims in the order of their last confirmation, ended ones in the order of their end."""

    aspects: Mapping[str, Aspect]
    live: list[Claim]
    ended: list[Claim]
    changed: bool = False
    corrected: bool = False

    @classmethod
    def of(cls, claims: Sequence[Claim], aspects: Mapping[str, Aspect]) -> Book:
        """The book of a profile's claims."""
        live = [claim for claim in claims if claim.superseded_by is None]
        return cls(aspects, live, [claim for claim in claims if claim.superseded_by is not None])

    def add(self, said: Said, item: Evidence, confidence: float = 1.0) -> None:
        """Take a statement in: confirm what is known, or put it in the place of what it contradicts. Newest wins."""
        known = self._known(said)
        if known is not None:
            self._confirm(known, item)
        elif not self._locked_against(said) and not self._outweighed(said):
            new = claim_of(said, item, confidence)
            self.end(lambda claim: _contradicts(said, claim, item.event), new.id)
            self.put(new)
            self._crowd_out(said.aspect, new.id)

    def put(self, claim: Claim) -> None:
        """Add a claim as the newest; what was not to be mentioned is not, though it went and came again."""
        hidden = any(each.suppressed and each.aspect == claim.aspect and key(each.value) == key(claim.value)
                     for each in (*self.live, *self.ended))  # fmt: skip
        self.live.append(replace(claim, suppressed=True) if hidden else claim)
        self.changed = True

    def mention(self, said: Said, item: Evidence, confidence: float) -> None:
        """Take in what was only mentioned, unless something known says it, or denies it."""
        words = set(key(said.value).split())
        known = [(claim.aspect in _DENIABLE, set(key(claim.value).split())) for claim in self.live]
        if not any(words <= told or (denied and told <= words) for denied, told in known):
            new = replace(claim_of(said, item, confidence), kind="inferred")
            self.put(new)
            self._crowd_out(said.aspect, new.id)

    def support(self, known: Claim, item: Evidence, confidence: float) -> None:
        """Let one more text bear an inferred claim, in its place."""
        if item.event not in known.evidence and not known.locked:
            at = self.live.index(known)
            evidence = _with(known.evidence, item.event)
            self.live[at] = replace(known, seen=known.seen + 1, evidence=evidence, confidence=confidence)
            self.changed = True

    def end(self, ended: Callable[[Claim], bool], by: str, correcting: bool = True) -> None:
        """End the live claims that are meant, except those that the person locked."""
        gone = [claim for claim in self.live if not claim.locked and ended(claim)]
        if gone:
            self.live = [claim for claim in self.live if claim not in gone]
            self.ended += [replace(claim, superseded_by=by) for claim in gone]
            self.changed = True
            self.corrected = self.corrected or correcting

    def take_back(self, said: Said) -> None:
        """End what a statement takes back; the aspect "*" means any, an empty value all of an aspect."""
        self.end(lambda claim: said.aspect in ("*", claim.aspect) and _covers(said.value, claim.value), RETRACTED)

    def take_back_last(self) -> None:
        """End what the newest claims' event said."""
        last = self.live[-1].evidence[-1:] if self.live else ()
        self.end(lambda claim: bool(last) and claim.evidence[-1:] == last, RETRACTED)

    def _known(self, said: Said) -> Claim | None:
        """The claim that already says this, or that the person locked in its place."""
        spot = slot(said.aspect, said.value)
        for claim in self.live:
            if claim.aspect == said.aspect and slot(claim.aspect, claim.value) == spot:
                alike = key(claim.value) == key(said.value) and nothing(claim.value) == nothing(said.value)
                same = claim.kind == "explicit" and alike
                if claim.locked or same:
                    return claim
        return None

    def _confirm(self, known: Claim, item: Evidence) -> None:
        if known.locked or item.event in known.evidence:
            return
        self.live.remove(known)
        self.put(replace(known, seen=known.seen + 1, evidence=_with(known.evidence, item.event)))

    def _locked_against(self, said: Said) -> bool:
        against = OPPOSITES.get(said.aspect, ())
        return any(
            claim.locked and claim.aspect in against and key(claim.value) == key(said.value) for claim in self.live
        )

    def _outweighed(self, said: Said) -> bool:
        """Whether "none" meets something known: a plain no to a question does not take back an allergy."""
        return (
            nothing(said.value)
            and said.aspect in _DENIABLE
            and any(claim.aspect == said.aspect and not nothing(claim.value) for claim in self.live)
        )

    def _crowd_out(self, aspect: str, by: str) -> None:
        of_aspect = [claim for claim in self.live if claim.aspect == aspect and not claim.locked]
        surplus = {claim.id for claim in of_aspect[: max(0, len(of_aspect) - self.aspects[aspect].keep)]}
        self.end(lambda claim: claim.id in surplus, by, correcting=False)


def slot(aspect: str, value: str) -> str:
    """What a newer claim of an aspect must share with an older one to take its place."""
    if aspect not in DEFAULT or DEFAULT[aspect].keep == 1:
        return ""
    if aspect == "format":
        return key(value.removeprefix("no "))
    if aspect == "favourites" and ": " in value:
        return key(value.split(": ")[0]) + ":"
    return key(value)


def claim_of(said: Said, item: Evidence, confidence: float) -> Claim:
    """A new claim; its id is a short hash of aspect, value and first event."""
    text = "\0".join((said.aspect, said.value, item.event))
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return Claim(digest[:12], said.aspect, said.value, "explicit", confidence, (item.event,), item.time)


def _with(evidence: tuple[str, ...], event: str) -> tuple[str, ...]:
    """The first and the newest events of a claim."""
    return (*evidence[:1], *evidence[1:][-(MOST_EVIDENCE - 2) :], event)


def nothing(value: str) -> bool:
    """Whether a value says that there is none: "none", "no dietary requirements"."""
    return value == "none" or value.startswith("no ")


def _contradicts(said: Said, claim: Claim, event: str) -> bool:
    """Whether a new statement ends a claim: the same slot, the opposite aspect, or something where there was none."""
    if claim.aspect != said.aspect:
        return claim.aspect in OPPOSITES.get(said.aspect, ()) and key(claim.value) == key(said.value)
    if said.aspect in _DENIABLE and nothing(claim.value):
        return True
    if slot(claim.aspect, claim.value) != slot(said.aspect, said.value):
        return False
    # "My favourite bands are A and B" are two of one kind, said at once.
    return said.aspect != "favourites" or event not in claim.evidence


def _covers(taken: str, value: str) -> bool:
    if not taken or key(taken) == key(value):
        return True
    words = set(key(taken).split())
    return bool(words) and words <= set(key(value).split())
