"""The words of a claim and of what it rests on, made alike. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from adapters.ports.words import stem_of, words_of

_VULGAR = re.compile("(?<=\\d)(?=[\u00bc-\u00be\u2150-\u215e])")
_APART = re.compile(r"[ \t]+'(s|m|re|ve|ll|d|t)\b")
_NOT = re.compile(r"\b(\w+?)\s+n't\b")
_WORD = re.compile(r"\d[\d,.]*\d|[^\W_]+(?:'[^\W_]+)*")
_COUNTRY = re.compile(r"\bthe us\b(?!')")
_END = re.compile(
    r"[.!?](?<![.!?\s][A-Z]\.)(?<!\b[A-Z]\.)(?<!\b(?:Dr|Mr|Ms|St|vs|No|Co|Jr|Sr)\.)"
    r"(?<!\b(?:Mrs|Inc|Ltd|e\.g|i\.e|etc|Vol|Fig)\.)[.!?]*[\"'\u201d)\]]*(?=\s+[\"'\u201c(\[]?[A-Z0-9])"
    "|[\u3002\uff01\uff1f]+|\n+"
)


def word_set(listed: str) -> frozenset[str]:
    """The words of a list that is written in one string."""
    return frozenset(listed.split())


NEGATIONS = word_set("not no never without none nor neither cannot nobody nothing hardly barely")
FIRST = word_set("i i'm i've i'd i'll im ive me my mine myself we we're we've we'd we'll our ours us ourselves")
SECOND = word_set("you your yours you're you've you'd you'll yourself yourselves")


def plain(text: str) -> str:
    """The text with one kind of apostrophe, quotation mark, letter and digit (NFKC), and without the blanks that
    tokenisers leave in words."""
    if text.isascii() and "'" not in text:
        return text
    text = "".join([_alike(char) for char in _VULGAR.sub(" ", text)])
    for curly, straight in (("\u2019", "'"), ("\u2018", "'"), ("\u201c", '"'), ("\u201d", '"')):
        text = text.replace(curly, straight)
    if "'" in text:
        text = _NOT.sub(r"\1n't", _APART.sub(r"'\1", text))
    return text


def _alike(char: str) -> str:
    """The plain one of a letter or digit that has variants, as wide ones; blanks that group digits stay."""
    return char if char.isascii() or char.isspace() else unicodedata.normalize("NFKC", char)


def tokens(text: str) -> list[str]:
    """All words and numbers, in lower case, in order; a number keeps its marks inside."""
    lower = plain(text).lower()
    return _WORD.findall(_COUNTRY.sub("the usa", lower) if "the us" in lower else lower)


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with its end; abbreviations and initials end none."""
    parts, done = [], 0
    for end in _END.finditer(text):
        parts.append(text[done : end.end()])
        done = end.end()
    return [each.strip() for each in (*parts, text[done:]) if each.strip()]


def negates(word: str) -> bool:
    """Whether a word turns what follows around."""
    return word in NEGATIONS or word.endswith("n't")


@lru_cache(maxsize=50_000)
def is_content(word: str) -> bool:
    """Whether a word says what a text is about: no function word, and nobody who speaks or is spoken to."""
    return word not in FIRST and word not in SECOND and not negates(word) and bool(words_of(word))


@dataclass(frozen=True, slots=True)
class Read:
    """A text as it is compared: its words, their stems, and the stems of those that say what it is about, in order."""

    words: tuple[str, ...]
    stems: tuple[str, ...]
    content: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Read:
        """The text, read."""
        words = tokens(text)
        stems = [stem_of(word) for word in words]
        content = [stem for word, stem in zip(words, stems, strict=True) if is_content(word)]
        return cls(tuple(words), tuple(stems), tuple(content))

    @classmethod
    def joined(cls, parts: Iterable[Read]) -> Read:
        """Texts that follow each other."""
        found = list(parts)
        return cls(
            tuple(word for each in found for word in each.words), tuple(stem for each in found for stem in each.stems),
            tuple(stem for each in found for stem in each.content),
        )  # fmt: skip


def near(stem: str, stems: Iterable[str]) -> bool:
    """Whether a stem is a form of one of these: of "america" and "american", say."""
    if len(stem) < 4:
        return False
    head = stem[:4]
    for other in stems:
        if other.startswith(head):
            same = 4
            for mine, its in zip(stem[4:], other[4:], strict=False):
                if mine != its:
                    break
                same += 1
            if same >= 0.65 * max(len(stem), len(other)):
                return True
    return False


def in_order(left: Sequence[str], right: Sequence[str]) -> int:
    """Length of the longest common subsequence, by bits of one number (Hyyro, Bit-parallel LCS-length computation
    revisited, 2004)."""
    places: dict[str, int] = {}
    for place, word in enumerate(left):
        places[word] = places.get(word, 0) | 1 << place
    whole = (1 << len(left)) - 1
    row = whole
    for word in right:
        met = row & places.get(word, 0)
        row = ((row + met) | (row - met)) & whole
    return len(left) - row.bit_count()
