"""The claims of one person while evidence goes in: what confirms, replaces, contradicts or ends what."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from adapters.ports import Claim, Evidence
from policies.preferences.admit import admitted, alike, nothing
from policies.preferences.ages import met
from policies.preferences.aspects import DEFAULT, MENTIONED, OPPOSITES, Aspect, Said
from policies.preferences.echoes import echoes
from policies.preferences.values import key

RETRACTED = "retracted"
"""`superseded_by` of a claim that was taken back, without another in its place."""
OUTGROWN = "outgrown"
"""The same of a guess that is borne no more, and of what there was no room for: nobody took it back."""
MOST_EVIDENCE = 5
_DENIABLE = frozenset(("allergies", "diet", "avoid", "dislikes", "needs"))


@dataclass(slots=True)
class Book:
    """Live claims in the order of their last confirmation, ended ones in the order of their end.

    `by_hand` while the person writes in it themselves, `began` the time at which the session of the events began.
    """

    aspects: Mapping[str, Aspect]
    live: list[Claim]
    ended: list[Claim]
    changed: bool = False
    corrected: bool = False
    by_hand: bool = False
    began: float = 0.0

    @classmethod
    def of(cls, claims: Sequence[Claim], aspects: Mapping[str, Aspect]) -> Book:
        """The book of a profile's claims."""
        live = [claim for claim in claims if claim.superseded_by is None]
        return cls(aspects, live, [claim for claim in claims if claim.superseded_by is not None])

    def add(self, given: Said, item: Evidence, confidence: float = 1.0) -> bool:
        """Take a statement in: confirm what is known, or put it in the place of what it contradicts. Newest wins.

        False where nothing of the kind may be known.
        """
        said = self.admit(given)
        if said is None:
            return False
        known = self._known(said)
        if known is not None:
            self._confirm(known, item)
        elif not self._locked_against(said) and not self._outweighed(said):
            new = claim_of(said, item, confidence)
            self.end(lambda claim: self._contradicts(said, claim, item.event), new.id)
            self.put(new)
            self._crowd_out(new)
        return True

    def admit(self, said: Said, explicit: bool = True) -> Said | None:
        """The candidate as it may become a claim, or None."""
        return admitted(said, self.aspects, explicit, self.by_hand)

    def slot(self, said: Said | Claim) -> tuple[str, str]:
        """What a newer claim of an aspect must share with an older one to take its place: context, and most often the
        value."""
        aspect = self.aspects.get(said.aspect) or DEFAULT.get(said.aspect)
        value = key(said.value)
        if aspect is None or aspect.keep == 1:
            value = ""
        elif said.aspect == "format":
            value = key(said.value.removeprefix("no "))
        elif said.aspect == "favourites" and ": " in said.value:
            value = key(said.value.split(": ")[0]) + ":"
        return said.context, value

    def put(self, claim: Claim) -> None:
        """Add a claim as the newest; what was not to be mentioned is not, though it went and came again."""
        hidden = any(each.suppressed and each.aspect == claim.aspect and key(each.value) == key(claim.value)
                     for each in (*self.live, *self.ended))  # fmt: skip
        self.live.append(replace(claim, suppressed=True) if hidden else claim)
        self.changed = True

    def mention(self, given: Said, item: Evidence, confidence: float) -> None:
        """Take in what was only mentioned, unless something known says it, or denies it; again, it is confirmed."""
        said = self.admit(given, explicit=False)
        if said is None:
            return
        words = set(key(said.value).split())
        known = [(claim.aspect in _DENIABLE, set(key(claim.value).split())) for claim in self.live]
        if not any(words <= told or (denied and told <= words) for denied, told in known):
            new = replace(claim_of(said, item, confidence), kind="inferred")
            self.put(new)
            self._crowd_out(new)
        known_too = [each for each in self.live if each.aspect == MENTIONED and alike(each.value, said.value)]
        for claim in known_too if not echoes(said.value, item.context) else ():
            self.support(claim, item, claim.confidence)

    def support(self, known: Claim, item: Evidence, confidence: float, counts: bool = True) -> None:
        """Let one more text bear an inferred claim, in its place; one that `counts` not is no evidence of it."""
        if item.event not in known.evidence and not known.locked:
            at = self.live.index(known)
            if not counts:
                self.changed = self.changed or known.confidence != confidence
                self.live[at] = replace(known, confidence=confidence)
                return
            evidence = _with(known.evidence, item.event)
            more = replace(known, seen=known.seen + 1, evidence=evidence, confidence=confidence)
            self.live[at] = met(more, item.time, self.began)
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
        self.end(lambda claim: said.aspect in ("*", claim.aspect) and said.context in ("", claim.context)
                 and _covers(said.value, claim.value), RETRACTED)  # fmt: skip

    def take_back_last(self) -> None:
        """End what the newest claims' event said."""
        last = self.live[-1].evidence[-1:] if self.live else ()
        self.end(lambda claim: bool(last) and claim.evidence[-1:] == last, RETRACTED)

    def _known(self, said: Said) -> Claim | None:
        """The claim that already says this, or that the person locked in its place."""
        spot = self.slot(said)
        for claim in self.live:
            if claim.aspect == said.aspect and self.slot(claim) == spot:
                same = claim.kind == "explicit" and alike(claim.value, said.value)
                if claim.locked or same:
                    return claim
        return None

    def _confirm(self, known: Claim, item: Evidence) -> None:
        if known.locked or item.event in known.evidence:
            return
        self.live.remove(known)
        more = replace(known, seen=known.seen + 1, evidence=_with(known.evidence, item.event))
        self.put(met(more, item.time, self.began))

    def _locked_against(self, said: Said) -> bool:
        against = OPPOSITES.get(said.aspect, ())
        return any(claim.locked and claim.aspect in against and same_thing(said, claim) for claim in self.live)

    def _outweighed(self, said: Said) -> bool:
        """Whether "none" meets something known: a plain no to a question does not take back an allergy."""
        return (
            nothing(said.value)
            and said.aspect in _DENIABLE
            and any(claim.aspect == said.aspect and not nothing(claim.value) for claim in self.live)
        )

    def _crowd_out(self, new: Claim) -> None:
        of_aspect = [claim for claim in self.live
                     if (claim.aspect, claim.context) == (new.aspect, new.context) and not claim.locked]  # fmt: skip
        surplus = {claim.id for claim in of_aspect[: max(0, len(of_aspect) - self.aspects[new.aspect].keep)]}
        self.end(lambda claim: claim.id in surplus, new.id, correcting=False)

    def _contradicts(self, said: Said, claim: Claim, event: str) -> bool:
        """Whether a new statement ends a claim: the same slot, the opposite aspect, or something where there was none.
        What holds in different contexts does not contradict."""
        if claim.context != said.context:
            return False
        if claim.aspect != said.aspect:
            return claim.aspect in OPPOSITES.get(said.aspect, ()) and same_thing(said, claim)
        if said.aspect in _DENIABLE and nothing(claim.value):
            return True
        if self.slot(claim) != self.slot(said):
            return False
        # "My favourite bands are A and B" are two of one kind, said at once.
        return said.aspect != "favourites" or event not in claim.evidence


def same_thing(said: Said, claim: Claim) -> bool:
    """Whether a statement and a claim speak of the same thing in the same context, liked or not."""
    return said.context == claim.context and key(said.value) == key(claim.value)


def claim_of(said: Said, item: Evidence, confidence: float) -> Claim:
    """A new claim; its id is a short hash of aspect, value, first event and, where it has one, context."""
    text = "\0".join((said.aspect, said.value, item.event, *([said.context] if said.context else [])))
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return Claim(digest[:12], said.aspect, said.value, "explicit", confidence, (item.event,), item.time,
                 last=item.time, context=said.context)  # fmt: skip


def _with(evidence: tuple[str, ...], event: str) -> tuple[str, ...]:
    """The first and the newest events of a claim."""
    return (*evidence[:1], *evidence[1:][-(MOST_EVIDENCE - 2) :], event)


def _covers(taken: str, value: str) -> bool:
    if not taken or key(taken) == key(value):
        return True
    words = set(key(taken).split())
    return bool(words) and words <= set(key(value).split())
