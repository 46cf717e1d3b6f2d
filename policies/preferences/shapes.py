"""What to make of the object of a fact: one value, a list, a person's name, a place, a job, a level, money."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from policies.preferences.guard import fit, tidy
from policies.preferences.lexicon import LEVELS, NO_NAME, OCCUPATIONS, TRAIL, word_set
from policies.preferences.values import bag, head, values

_MOST_WORDS = 7
_AFTER_NAME = re.compile(r"[,;!?]| (?:and|but|or|so|because|please)\b")
_NAME = re.compile(r"[^\W\d_]+(?:[-'.][^\W\d_]+)*")
_PLACE = re.compile(
    r"(?:(?:the|near|downtown|central|north(?:ern)?|south(?:ern)?|rural) ){0,2}(?!(?:a|an|my|our|your|this|that|the|"
    r"it|fear|hope|peace|here|there|work|home|scratch|what|where|which|one)\b)[^\W\d_][\w'.-]*(?: (?!(?:and|but|with|"
    r"where|since|for|which|because|now|at|so|or|right|as|if|to|i|we|my|these|is|who|when|until|by|also|too|please|"
    r"on|from|last|during|over|through|\d+|one|two|three|four|five|six|seven|eight|nine|ten|many|several|"
    r"all)\b)[\w'.-]+){0,3}(?:, (?-i:[A-Z])[\w'.-]*(?: (?-i:[A-Z])[\w'.-]*){0,2})?",
    re.IGNORECASE,
)
_COMMON = re.compile(r"(?i:the) (?!(?i:uk|usa?|eu|uae|netherlands|philippines|bahamas|gambia|maldives|czech)\b)[a-z]")
_AFTER_JOB = re.compile(r"\b(?:who|that|which|with|from|and|so|but|because|by|looking|trying)\b", re.IGNORECASE)
_WHERE = re.compile(r"\b(?:at|in|for|of|on)\b", re.IGNORECASE)
_LEVEL = re.compile(rf"\b(?:{LEVELS})\b", re.IGNORECASE)
_AFTER_MONEY = re.compile(r"\b(?:for|on|so|and|but|because)\b", re.IGNORECASE)
_MONEY = re.compile(
    r"\d|tight|cheap|low|limited|small|modest|medium|hundred|thousand|flexible|unlimited|generous",
    re.IGNORECASE,
)
_AFTER_LEVEL = re.compile(r"\b(?:so|and i|when it comes|i would|i'd|because|but i)\b", re.IGNORECASE)
_BEFORE_LEVEL = re.compile(r"^(?:(?:an?|at|about|around|probably|maybe) ){1,3}", re.IGNORECASE)
_JOINTS = word_set("with and but who that as for or")
_ALLERGY = re.compile(r"\b(?:food )?(?:allerg(?:y|ies|ic)|intolerances?|intolerant)\b", re.IGNORECASE)
_SEVERE = re.compile(r"(?:very |really |quite )?(?:severe|bad|serious|mild|strong|slight|food)", re.IGNORECASE)
_NO_JOB = re.compile(r"\b(?:ai|bot|chatbot|language model|assistant model)\b", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:an?|my|the) |(?<=and )(?:an?|my|the) ", re.IGNORECASE)


def whole(text: str) -> Iterator[str]:
    """The object up to its end, if it is short."""
    value = tidy(head(text))
    if fit(value) and len(value.split()) <= _MOST_WORDS:
        yield value


def exact(text: str) -> Iterator[str]:
    """The words as they stand."""
    value = tidy(text)
    if fit(value):
        yield value


def person(text: str) -> Iterator[str]:
    """A name of up to three words, the later ones capitalised."""
    taken: list[str] = []
    for word in _AFTER_NAME.split(text)[0].split(" ")[:3]:
        plain = tidy(word) if not word.lower().startswith(("dr.", "mr.", "ms.", "mrs.", "prof.")) else word
        if not _NAME.match(plain) or plain.lower() in NO_NAME or (taken and not plain[0].isupper()):
            break
        taken.append(plain)
        if word[-1] in ",!":
            break
    if taken and (taken[0][0].isupper() or len(text.split()) <= 2) and fit(" ".join(taken)):
        yield " ".join(taken)


def place(text: str) -> Iterator[str]:
    """A place name, with the region after a comma."""
    found = _PLACE.match(text)
    value = tidy(found.group()) if found else ""
    if fit(value) and len(value) > 1 and not _COMMON.match(value):
        yield value


def job(text: str) -> Iterator[str]:
    """An occupation as the person says it."""
    words = tidy(_AFTER_JOB.split(head(text))[0]).split()
    while words and words[-1].lower() in TRAIL:
        words.pop()
    if fit(" ".join(words)) and len(words) < _MOST_WORDS:
        yield " ".join(words)


def known_job(text: str) -> Iterator[str]:
    """What follows "I'm a" if its noun is a known occupation."""
    for value in job(text):
        words = bag(_WHERE.split(value)[0])
        noun = words[-1] if words else ""
        if (noun in OCCUPATIONS or noun.endswith("ologist")) and not _LEVEL.search(value) and not _NO_JOB.search(value):
            yield value


def money(text: str) -> Iterator[str]:
    """An amount, or a word such as "tight"."""
    value = tidy(_AFTER_MONEY.split(head(text))[0])
    if _MONEY.search(value):
        yield from whole(value)


def level(text: str) -> Iterator[str]:
    """A level of skill, cut to what names it."""
    words = _BEFORE_LEVEL.sub("", tidy(_AFTER_LEVEL.split(head(text))[0]), count=1).split()
    if len(words) > _MOST_WORDS:
        ends = [at for at, word in enumerate(words[: _MOST_WORDS + 1]) if at and word.lower() in _JOINTS]
        words = words[: ends[-1]] if ends else []
    while words and words[-1].lower() in TRAIL:
        words.pop()
    if words and fit(" ".join(words)):
        yield " ".join(words)


def allergens(text: str) -> Iterator[str]:
    """What somebody is allergic to, each without the word allergy."""
    for value, negated in values(text):
        bare = tidy(_ALLERGY.sub("", value))
        if bare and not negated and not _SEVERE.fullmatch(bare):
            yield bare


def family(text: str) -> Iterator[str]:
    """The people of a household, without articles."""
    value = tidy(_ARTICLE.sub("", head(text)))
    if fit(value) and not value.lower().startswith("no ") and len(value.split()) < _MOST_WORDS:
        yield value


def things(text: str) -> Iterator[str]:
    """Each of several things."""
    yield from (value for value, negated in values(text) if not negated)


SHAPES: Mapping[str, Callable[[str], Iterator[str]]] = {
    "whole": whole,
    "exact": exact,
    "person": person,
    "place": place,
    "job": job,
    "known job": known_job,
    "money": money,
    "level": level,
    "allergens": allergens,
    "family": family,
    "things": things,
}
