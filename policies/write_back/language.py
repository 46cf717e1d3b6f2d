"""Whether a sentence is one whose denials can be read here: those of English are known, others are not. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from policies.write_back.reading import word_set

_ENGLISH = word_set(
    "the of is a in to and are for with was on by at from can it that this be as an or not has have its which their "
    "were "
    "they you your will but if when than who what may must do does had been one also all more each into"
)
_FOREIGN = word_set(
    "der das und ist ein eine einer einem einen den dem des mit f\u00fcr auf von zu im zum zur sind wird werden hat "
    "bei nach aus "
    "auch nur wie oder aber le la les est une dans pour avec sur ne que qui du au aux sont ce cette et ou il elle "
    "par el los "
    "las es una en con por para del que se su lo y m\u00e1s como gli di che \u00e8 un per della dei sono nel alla o "
    "os um uma em com "
    "foi ao dos het een van de met op voor zijn te aan och att det som \u00e4r av p\u00e5 til og er jest si\u0119 na "
    "z do"
)
_DENIALS = word_set(
    "nicht kein keine keinen keinem keiner keines niemals ohne weder nie pas jamais aucun aucune sans rien nunca "
    "ning\u00fan "
    "ninguna ninguno jam\u00e1s senza nessun nessuna nessuno mai n\u00e3o sem nenhum nenhuma niet geen nooit zonder "
    "inte ingen "
    "inga aldrig ikke aldri ingen nie bez nigdy \u043d\u0435 \u043d\u0435\u0442 \u0431\u0435\u0437 "
    "\u043d\u0438\u043a\u043e\u0433\u0434\u0430"
)
_MOST = 0.3
"""Share of letters of other scripts than the Latin one up to which a sentence may have names in them."""


def readable(words: Sequence[str]) -> bool:
    """Whether the words, in lower case, are of a sentence in English, as far as these tell."""
    found = frozenset(words)
    if found & _DENIALS:
        return False
    foreign = sum(word in _FOREIGN for word in words)
    if foreign > 1 and foreign > sum(word in _ENGLISH for word in words):
        return False
    others = [letter for word in words if not word.isascii() for letter in word if not letter.isascii()]
    strange = sum(not unicodedata.name(letter, "").startswith("LATIN") for letter in others)
    return strange <= _MOST * sum(map(len, words))


def denies(words: Sequence[str]) -> bool:
    """Whether words of a passage deny something in a way that only other languages do."""
    return not _DENIALS.isdisjoint(words)
