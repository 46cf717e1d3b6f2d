"""Merging evidence into a profile: pure, deterministic, bounded, and the same in one batch as in many."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

from adapters.ports import Claim, Evidence, EvidenceKind, Profile
from policies.preferences.ages import BEGAN, FADED, FADED_AWAY, NEWEST, entered, weight
from policies.preferences.aspects import DEFAULT, MENTIONED, Aspect, Said
from policies.preferences.book import OUTGROWN, Book, claim_of
from policies.preferences.choices import BORNE, choices, prevailing, tally
from policies.preferences.contexts import placed
from policies.preferences.corrections import EVERYTHING
from policies.preferences.echoes import copied, echoes, unechoed
from policies.preferences.inquired import counted
from policies.preferences.style import NAMES, infer, measure, output
from policies.preferences.sums import CHOICES_AT
from policies.preferences.voiced import SPOKEN, borne_at
from policies.rewards.places import CONTEXTS
from policies.rewards.words import Named
from policies.weights import WEIGHTS

Bears = Callable[[Collection[Named]], Mapping[Named, float]]
"""The claims that are borne, with how sure they are; those already known hold longer."""
MOST_LIVE = 200
MOST_ENDED = 100
MIN_OUTPUTS = 3
_TENTATIVE = 0.6
"""Confidence of a wish: said, but maybe for one evening."""
_MENTIONED = 0.3
"""Confidence of what was only mentioned."""


def fold(
    profile: Profile,
    evidence: Sequence[Evidence],
    aspects: Mapping[str, Aspect] = DEFAULT,
    min_outputs: int = MIN_OUTPUTS,
    weights: Mapping[EvidenceKind, float] = WEIGHTS,
    by_sums: bool = True,
) -> Profile:
    """The profile with the evidence beyond its watermark applied in `seq` order.

    The version rises by one if a claim changed; `revision` is then this version if something was corrected, replaced
    or taken back by the person, and `counts["corrected"]` the `seq` of that evidence. `counts["events"]` counts events,
    `counts["turns"]` those with words of the person's own; names that start with `style.` are sums over the person's
    own texts, `time` and `session` are when the newest event came and when its session began. Folding what is already
    in changes nothing. What choices bear is said `by_sums` of them where nothing learns coefficients (`restyled`).
    """
    new = sorted((item for item in evidence if item.seq > profile.watermark), key=lambda item: item.seq)
    if not new:
        return profile
    book, counts = Book.of(profile.claims, aspects), dict(profile.counts)
    corrected = 0
    for item in new:
        book.corrected = False
        ageing = entered(counts, item.time, item.kind == "import")
        book.began = counts.get(BEGAN, 0.0)
        heard = unechoed(item, book.live, aspects.values())
        _take_in(book, item, heard, counts)
        if _measured(item, heard, counts, weights):
            _restyle(book, item, replace(profile, counts=counts), min_outputs, by_sums)
        if ageing:
            _fade(book, counts[NEWEST])
        _bound(book)
        corrected = item.seq if book.corrected else corrected
    if corrected:
        counts["corrected"] = float(corrected)
    version = profile.version + (1 if book.changed else 0)
    return replace(
        profile,
        version=version,
        revision=version if corrected else profile.revision,
        watermark=new[-1].seq,
        claims=(*book.ended[-MOST_ENDED:], *book.live),
        counts=counts,
    )


def restyled(
    profile: Profile, item: Evidence, aspects: Mapping[str, Aspect] = DEFAULT, min_outputs: int = MIN_OUTPUTS
) -> Profile:
    """A profile whose coefficients have changed, with its inferred claims in line with them; `item` is the event that
    changed them."""
    book = Book.of(profile.claims, aspects)
    book.began = profile.counts.get(BEGAN, 0.0)
    _restyle(book, item, profile, min_outputs, by_sums=False)
    _bound(book)
    return replace(profile, claims=(*book.ended[-MOST_ENDED:], *book.live)) if book.changed else profile


def _take_in(book: Book, item: Evidence, heard: Evidence, counts: dict[str, float]) -> None:
    """Apply what one event says, `heard` without its echoes. "Scratch that" reaches back to what was said just before
    it, no further; what was done meanwhile says nothing."""
    counts["events"] = counts.get("events", 0.0) + 1.0
    # Earlier versions counted no turns, and events that were nearly all of them.
    counts["turns"] = turns = counts.get("turns", counts["events"] - 1.0) + item.own
    counted(item, counts)
    for said in placed(heard, book.aspects):
        if said == EVERYTHING:
            if turns - counts.get("said_in", -1.0) <= 1.0:
                book.take_back_last()
        elif said.undo:
            book.take_back(said)
        elif said.aspect == MENTIONED and said.aspect in book.aspects:
            book.mention(said, item, _MENTIONED)
        elif _add(book, said, item):
            counts["said_in"] = turns


def _measured(item: Evidence, heard: Evidence, counts: dict[str, float], weights: Mapping[EvidenceKind, float]) -> bool:
    """Add what an event shows of style and taste to the sums; whether it showed any. How somebody writes at one place
    is no part of how they write: sums over several would be an average that fits nowhere."""
    text = "" if item.place else output(heard)
    if own := bool(text) and not copied(text, item):
        measure(text, counts)
    chosen = list(choices((item,), weights))
    for choice in chosen:
        tally(choice, counts)
        if choice.place:
            counts[CHOICES_AT[choice.place]] = counts.get(CHOICES_AT[choice.place], 0.0) + 1.0
    return own or bool(chosen)


def _add(book: Book, said: Said, item: Evidence) -> bool:
    """Take a statement in, if it may be known. What the assistant had just said becomes the most recent, but is no more
    certain for it, and what an edit left of its words states nothing."""
    if item.kind == "edit" and echoes(said.value, item.context):
        return False
    before = {claim.id: claim for claim in book.live}
    added = book.add(said, item, _TENTATIVE if said.aspect == "wants" else 1.0)
    for newest in book.live[-1:]:
        old = before.get(newest.id, newest)
        if newest.seen > old.seen and echoes(said.value, item.context):
            book.live[-1] = replace(newest, seen=old.seen, sessions=old.sessions)
    return added


def _fade(book: Book, newest: float) -> None:
    """End what was not confirmed for long before the newest event; what happened is no correction."""
    book.end(lambda claim: weight(claim, book.aspects.get(claim.aspect), newest) < min(FADED_AWAY, claim.confidence),
             FADED, correcting=False)  # fmt: skip


def _restyle(book: Book, item: Evidence, profile: Profile, min_outputs: int, by_sums: bool) -> None:
    """Bring the inferred claims in line with the coefficients, or with the sums, for everywhere and for each place of
    which there are any."""
    counts = profile.counts

    def everywhere(known: Collection[Named]) -> Mapping[Named, float]:
        return prevailing(borne_at("", counts, profile.taste, known, by_sums), infer(counts, known, min_outputs))

    _infer(book, item, "", everywhere)
    for place in CONTEXTS:
        if CHOICES_AT[place] in counts:
            _infer(book, item, place, partial(borne_at, place, counts, profile.taste, by_sums=by_sums))


def _infer(book: Book, item: Evidence, place: str, bears: Bears) -> None:
    """Let the inferred claims of a place be what is borne there; what the person said or locked stands before them, and
    what holds everywhere needs no saying of a place."""
    live = {(claim.aspect, claim.value): claim for claim in book.live if _styles(claim) and claim.context == place}
    may = {name: new._replace(context=place) for name in (*NAMES, *BORNE, *SPOKEN)
           if (new := book.admit(Said(*name), explicit=False))}  # fmt: skip
    known = {name: live[new[:2]] for name, new in may.items() if new[:2] in live}
    held = {(claim.aspect, claim.value) for claim in book.live if place and not claim.context}
    inferred = {name: sure for name, sure in bears(known.keys()).items() if name in may and may[name][:2] not in held}
    stay = {may[name][:2] for name in inferred}
    book.end(lambda claim: _styles(claim) and claim.context == place and (claim.aspect, claim.value) not in stay,
             OUTGROWN, correcting=False)  # fmt: skip
    said = {(claim.aspect, book.slot(claim)[1]) for claim in book.live
            if claim.context in ("", place) and (claim.kind == "explicit" or claim.locked)}  # fmt: skip
    for name, confidence in inferred.items():
        if name in known:
            book.support(known[name], item, confidence, counts=place == item.place)
        elif (name[0], book.slot(may[name])[1]) not in said:
            book.put(replace(claim_of(may[name], item, confidence), kind="inferred"))


def _styles(claim: Claim) -> bool:
    """Whether it was inferred from the sums: those are about answers; what a model inferred is about the person."""
    return claim.kind == "inferred" and claim.aspect in DEFAULT and DEFAULT[claim.aspect].about == "answers"


def _bound(book: Book) -> None:
    """Keep at most MOST_LIVE claims: inferred ones go first, then passing wishes, then the least recent."""
    surplus = len(book.live) - MOST_LIVE
    if surplus > 0:
        weakest = sorted(
            (claim for claim in book.live if not claim.locked),
            key=lambda claim: (claim.kind == "explicit", -_tier(book, claim)),
        )
        gone = {claim.id for claim in weakest[:surplus]}
        book.end(lambda claim: claim.id in gone, OUTGROWN, correcting=False)


def _tier(book: Book, claim: Claim) -> int:
    return book.aspects[claim.aspect].tier if claim.aspect in book.aspects else 9
