"""The words of a question that say what it is about, each with its weight, and stems that match in any script.

Codes are written as one word or as two ("E4021", "E-4021", "E 4021"). A text has them as they stand and as one word,
a question as one word alone, so that one of them covers the other; a search is for all that they may be.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

STRONG = 2.0
"""Weight of names, numbers and bare keywords."""

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_BEGIN, _REST = r"(?<![^\W_])", r"[0-9]{2}[^\W_]*"
_NUMBER = re.compile(_REST)
_BEFORE = re.compile(rf"{_BEGIN}(?:[A-Z]{{1,4}}[- ]|[a-z]{{1,4}}-|[b-hj-z] )\Z")
"""What makes a number a code in two words, wherever a text may have one: to read another word costs nothing. Looked for
from the number on, since few words are numbers."""
_NO_YEAR = r"(?!(?:1\d|20)\d\d(?![^\W_]))"
_ASKED = re.compile(
    rf"{_BEGIN}((?:[A-Z]{{1,4}}|[a-z]{{1,2}})(?=-)|(?:[B-HJ-Z]|[b-hj-z](?= \d{{4}}))(?= {_NO_YEAR})).({_REST})"
)
"""A code in two words, where they are surely one: "in 1998" and "2020 to US 2024" are not."""
_TOGETHER = re.compile(rf"{_BEGIN}([A-Za-z]{{1,4}})({_REST})")
_NO_SPACES = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_ENDINGS = ("ingly", "edly", "ations", "ation", "ements", "ement", "ings", "ing", "ies", "ied", "ers", "er", "est",
            "ed", "es", "ly", "s", "e", "y")  # fmt: skip
_STOP = frozenset(
    _WORD.findall(
        """a about above after again against all also although am among an and another any anybody anyone anything are
    around as ask at away back be became because been before being below between both but by call came can could did do
    does done down during each either else ever every explain find for from get give go goes going got had has have
    having he hello help her here hers him his how i if in into is it its itself just kind know let like long made make
    many may me mean mine more most much must my near need never no none nor not now of off often on once one only or
    other others our out over own part please put rather said same say see seem shall she should show since so some
    someone something sort still such take tell than thank thanks that the their them then there these they thing this
    those though through to too toward two type under until up upon us use used using very want was way we well went
    were what when where whether which while who whom whose why will with within without would yes yet you your
    ist der die das und ein eine wie was wer wo le la les des est une que qui el los las es un del por como"""
    )
)


def words_of(question: str, most: int | None = None) -> dict[str, float]:
    """The content words of a question, stemmed, each with its weight; empty where it has none. Of more words than
    `most` the first ones are read."""
    weights: dict[str, float] = {}
    keywords = True
    if _NUMBER.search(question) is not None:
        question = _ASKED.sub(r"\1\2", question)
    for place, word in islice(_tokens(_plain(question)), most):
        folded = word.lower()
        if folded in _STOP:
            keywords = False
            continue
        named = place > 0 and word[0].isupper()
        stem = stem_of(folded)
        if named or not (word.isalpha() or not any(map(str.isdigit, word))):
            weights[stem] = STRONG
        elif stem not in weights:
            weights[stem] = 1.0
    return dict.fromkeys(weights, STRONG) if keywords else weights


def content(text: str) -> Iterator[tuple[str, str]]:
    """The words of a text that are no stop words, in order: the stem, and the word in lower case."""
    for _, word in _tokens(text):
        folded = _fold(word)
        if folded not in _STOP:
            yield stem_of(folded), word.lower()


def spellings(text: str) -> list[str]:
    """What the codes of a text are beside what stands there: one word, or what it is put together from."""
    joined = [code for _, code in _codes(text)]
    return joined + [part for found in _TOGETHER.findall(text) for part in found if len(part) > 1]


def stems(text: str) -> Iterator[str]:
    """All words of a text, stemmed, in order."""
    return map(stem_of, tokens(text))


def tokens(text: str) -> list[str]:
    """All words of a text, in lower case and without accents, in order; a code in two words also as one."""
    text = _with_codes(text)
    if text.isascii():
        return _WORD.findall(text.lower())
    return [word for _, word in _tokens(_fold(text))]


def _with_codes(text: str) -> str:
    """The text with each code in two words also as one behind it."""
    parts, done = [], 0
    for end, code in _codes(text):
        parts += [text[done:end], code]
        done = end
    return " ".join([*parts, text[done:]]) if parts else text


def _codes(text: str) -> Iterator[tuple[int, str]]:
    """The codes that stand in two words, as one, each with where it ends."""
    for number in _NUMBER.finditer(text):
        at = number.start()
        if text[at - 1 : at] in ("-", " ") and (before := _BEFORE.search(text, max(0, at - 5), at)) is not None:
            yield number.end(), before[0][:-1] + number[0]


def _tokens(text: str) -> Iterator[tuple[int, str]]:
    """Words with their places; in scripts without spaces, every two neighbouring characters."""
    if not text.isascii():
        text = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
        if _NO_SPACES.search(text) is not None:
            return _pairs(text)
    return ((match.start(), match.group()) for match in _WORD.finditer(text))


def _pairs(text: str) -> Iterator[tuple[int, str]]:
    for match in _WORD.finditer(text):
        word = match.group()
        if _NO_SPACES.search(word) is None:
            yield match.start(), word
        else:
            yield from ((match.start() + at, word[at : at + 2]) for at in range(max(1, len(word) - 1)))


def _fold(text: str) -> str:
    return _plain(text).lower()


def _plain(text: str) -> str:
    """The text without accents, and with the plain one of every character that has variants."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text)
    if not any(map(unicodedata.combining, apart)):
        return apart
    return "".join([char for char in apart if not unicodedata.combining(char)])


@lru_cache(maxsize=20_000)
def stem_of(word: str) -> str:
    """A rough stem: one ending off, at least three letters left. Both sides are cut alike, so it need not be a word."""
    word = word.removesuffix("'s")
    if len(word) <= 3 or not word.isalpha():
        return word
    ending = next((each for each in _ENDINGS if word.endswith(each) and len(word) - len(each) >= 3), "")
    word = word.removesuffix(ending)
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word
