"""What a verb and the noun of its doing have in common."""

from __future__ import annotations

import re
from functools import lru_cache

_IRREGULAR = {
    "sold": "sal", "sell": "sal", "sale": "sal", "bought": "purchas", "paid": "pay", "payment": "pay", "born": "birth",
    "prescription": "prescrib", "registration": "regist", "registered": "regist", "register": "regist",
    "admission": "admit", "publication": "publish", "built": "build", "sent": "send", "subscription": "subscrib",
    "took": "take", "taken": "take", "began": "begin", "left": "leave", "hospitalization": "hospitaliz",
    "died": "death",
    "donation": "donat", "reservation": "reserv", "cancellation": "cancel", "inspection": "inspect",
    "transaction": "transact", "production": "produc", "produced": "produc", "completion": "complet",
    "expiry": "expir", "expiration": "expir", "departure": "depart", "arrival": "arriv", "deliveri": "deliver",
    "delivery": "deliver", "consultation": "consult",
}  # fmt: skip
_ENDING = re.compile(r"(?<=\w{3})(?:ment|ings?|ed|al|s|e)$")


@lru_cache(maxsize=4096)
def verb_key(word: str) -> str:
    """What a verb and the noun of its doing have in common: "rented" and "rental", "enrolled" and "enrollment"."""
    while word not in _IRREGULAR and (end := _ENDING.search(word)) is not None:
        word = word[: end.start()]
    word = _IRREGULAR.get(word, word)
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word
