"""How words of a question and names of a schema are made alike: case, accents, plural and common abbreviations fall
away, and nothing else, since a rough stem takes "shipped" for "shipper"."""

from __future__ import annotations

import re
import unicodedata

from policies.tables.vocabulary import ABBREVIATIONS, IRREGULAR

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|(?<![^\W_])'s(?![^\W_])")


def name_words(name: str) -> tuple[str, ...]:
    """The words of an identifier, folded: "unitPrice" and "unit_prices" give ("unit", "price")."""
    return tuple(fold(word) for word in _WORD.findall(plain(_CAMEL.sub(" ", name).replace("_", " ")))) or (name,)


def folds_of(text: str) -> tuple[str, ...]:
    """The words of a text, folded; the ending of a possessive is a word of its own."""
    return tuple(map(fold, _WORD.findall(plain(text).replace("'s", " 's"))))


def plain(text: str) -> str:
    """In lower case and without accents."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
        text = "".join(char for char in text if not unicodedata.combining(char))
    return text.lower()


def fold(word: str) -> str:
    """A word of lower case without its plural ending, a common abbreviation written out."""
    word = ABBREVIATIONS.get(word, word)
    if word in IRREGULAR:
        return IRREGULAR[word]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) and word != "news":
        word = word[:-1]
    if len(word) > 3 and word.endswith(("se", "xe", "ze", "che", "she", "ie")):
        word = word[:-1]
    return word[:-1] + "i" if len(word) > 2 and word.endswith("y") else word
