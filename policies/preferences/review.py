"""What of a model's findings becomes known: only what the person's own words bear out, nothing against newer ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from adapters.ports import Claim, Profile
from policies.preferences.aspects import DEFAULT, MENTIONED, Aspect, Said
from policies.preferences.book import RETRACTED, Book
from policies.preferences.corrections import EVERYTHING
from policies.preferences.echoes import echoes, unechoed
from policies.preferences.extract import extract
from policies.preferences.fold import MOST_ENDED
from policies.preferences.guard import fit, tidy
from policies.preferences.reader import Found, Turn
from policies.preferences.values import MOST_WORDS, clean, key

SURE = 0.8
"""Confidence of what a model read in the person's very words."""
GUESSED = 0.5
"""Confidence of what it made of them: kept as inferred, of the person alone, and never in the place of a statement."""
_LONGER = ("rule",)


def reviewed(
    profile: Profile,
    turns: Sequence[Turn],
    found: Sequence[Found],
    aspects: Mapping[str, Aspect] = DEFAULT,
    order: Mapping[str, int] = MappingProxyType({}),
) -> Profile:
    """The profile with what was found in these turns, in their order; the version stays.

    `order` is the `seq` of further events by their ids: what rests on later ones is not touched. `revision` becomes the
    version that follows if something known was ended or replaced, and `counts["corrected"]` the `seq` of the words
    that did it.
    """
    order = {**order, **{turn.item.event: turn.item.seq for turn in turns}}
    review = _Review(Book.of(profile.claims, aspects), order)
    for number, turn in enumerate(turns, 1):
        for each in found:
            if each.turn == number and turn.words:
                review.take(each, turn)
        review.heed(turn)
    book = review.book
    if not book.changed:
        return profile
    made = replace(profile, claims=(*book.ended[-MOST_ENDED:], *book.live))
    if not review.corrected:
        return made
    return replace(made, revision=profile.version + 1, counts={**made.counts, "corrected": float(review.corrected)})


@dataclass(slots=True)
class _Review:
    """The book while findings go in. `order` is the `seq` of the events, `made` what came in by them, by event."""

    book: Book
    order: Mapping[str, int]
    made: dict[str, str] = field(default_factory=dict)
    corrected: int = 0
    before: str = ""

    def take(self, found: Found, turn: Turn) -> None:
        """Take in one finding, if the turn bears it out."""
        quoted = _quoted(found.quote, turn.words)
        if found.ends:
            if quoted:
                self._end(found, turn)
            return
        value = _value(found, self.book.aspects)
        if not value or not _says(turn.words, value) or (turn.item.kind == "edit" and echoes(value, turn.item.context)):
            return
        if quoted and _says(found.quote, value):
            self._try(turn, lambda book: book.add(Said(found.aspect, value), turn.item, SURE), sure=True)
        elif self.book.aspects[found.aspect].about == "person":
            self._try(turn, lambda book: _guess(book, Said(found.aspect, value), turn))

    def heed(self, turn: Turn) -> None:
        """What the rules understand as taken back in a turn goes for what was found before it, too."""
        if self.made and turn.words:
            for said in extract(unechoed(turn.item, self.book.live)):
                if said.undo:
                    self._take_back(said)
        self.before = turn.item.event

    def _take_back(self, said: Said) -> None:
        if said == EVERYTHING:
            gone = {id for id, event in self.made.items() if event == self.before}
        else:
            trial = _copy(self.book)
            trial.take_back(said)
            gone = self.made.keys() - {claim.id for claim in trial.live}
        self.book.end(lambda claim: claim.id in gone, RETRACTED)

    def _try(self, turn: Turn, change: Callable[[Book], object], sure: bool = False) -> None:
        """Make a change unless it touches what is locked, what newer words say, or, being a guess, a statement."""
        trial = _copy(self.book)
        change(trial)
        kept = set(trial.live)
        touched = [claim for claim in self.book.live if claim not in kept]
        if any(claim.locked or self._newer(claim, turn) or not (sure or claim.kind == "inferred") for claim in touched):
            return
        known = {claim.id for claim in self.book.live}
        for claim in trial.live:
            if claim.id not in known:
                if any(_same(claim, ended) and turn.item.event in ended.evidence for ended in self.book.ended):
                    return  # the rules read it there too, and it was ended since
                self.made[claim.id] = turn.item.event
        if trial.corrected and any(claim.kind == "explicit" for claim in touched):
            self.corrected = turn.item.seq
        self._in_place(trial, turn)
        self.book = trial

    def _in_place(self, book: Book, turn: Turn) -> None:
        """Put what went in as the newest behind what older words say, and before what newer ones do."""
        if book.live and book.live[-1].evidence[-1:] == (turn.item.event,):
            newest = book.live.pop()
            at = (at for at, claim in enumerate(book.live) if self._newer(claim, turn, strictly=True))
            book.live.insert(next(at, len(book.live)), newest)

    def _end(self, found: Found, turn: Turn) -> None:
        """End what is meant, where the quoted words name it, and no later ones say it again."""
        wanted, held = key(found.value), _held(found.quote)
        named = {
            claim.id
            for claim in self.book.live
            if (claim.id == found.value or (claim.aspect == found.aspect and key(claim.value) == wanted))
            and not claim.locked
            and not self._newer(claim, turn)
            and any(map(held, key(claim.value).split()))
        }
        if named:
            self.book.end(lambda claim: claim.id in named, RETRACTED)
            self.corrected = turn.item.seq

    def _newer(self, claim: Claim, turn: Turn, strictly: bool = False) -> bool:
        """Whether a claim rests on this turn or on later words; strictly: on later ones."""
        seq = self.order.get(claim.evidence[-1] if claim.evidence else "")
        if seq is None:
            return claim.valid_from > turn.item.time
        return seq > turn.item.seq if strictly else seq >= turn.item.seq


def _copy(book: Book) -> Book:
    return replace(book, live=[*book.live], ended=[*book.ended], corrected=False)


def _guess(book: Book, given: Said, turn: Turn) -> None:
    said = book.admit(given, explicit=False)
    if said is None:
        return
    for claim in book.live:
        if claim.aspect == said.aspect and key(claim.value) == key(said.value):
            if claim.kind == "inferred":
                book.support(claim, turn.item, max(claim.confidence, GUESSED))
            return
    before = len(book.live) + len(book.ended)
    book.add(said, turn.item, GUESSED)
    if len(book.live) + len(book.ended) > before:
        book.live[-1] = replace(book.live[-1], kind="inferred")


def _value(found: Found, aspects: Mapping[str, Aspect]) -> str:
    """The value as rules would keep it, "" where it may not be kept."""
    if found.aspect not in aspects or found.aspect == MENTIONED or not fit(found.value.strip()):
        return ""
    value = tidy(found.value)
    if aspects[found.aspect].about == "person":
        value = clean(value)
    elif found.aspect not in _LONGER and len(value.split()) > MOST_WORDS:
        return ""
    return value if fit(value) else ""


def _quoted(quote: str, words: str) -> bool:
    """Whether a quote stands in the words, but for case, spaces and marks around it."""
    plain, there = _plain(quote), _plain(words)
    return bool(plain) and (f" {plain} " in f" {there} " or (not plain.isascii() and plain in there))


def _says(words: str, value: str) -> bool:
    """Whether all content words of a value stand in the words."""
    return all(map(_held(words), key(value).split()))


def _held(words: str) -> Callable[[str], bool]:
    there, low = set(key(words).split()), words.casefold()
    # Where words are not parted by spaces, or are joined into one, they stand within longer ones.
    return lambda word: word in there or (not word.isascii() and word in low)


def _plain(text: str) -> str:
    low = text.casefold().replace("\u2019", "'")
    return " ".join("".join(each if each.isalnum() or each == "'" else " " for each in low).split())


def _same(one: Claim, other: Claim) -> bool:
    return one.aspect == other.aspect and key(one.value) == key(other.value)
