"""What a passage speaks of, by its own words: no model, no dictionary of parts of speech, any script.

A word counts more the more sentences it stands in, more in the title, and more near the beginning, as in YAKE (Campos
et al., Information Sciences 509, 2020), without its casing, which German and Chinese use otherwise. How rare a word is
in the corpus is weighed when a question is asked, by what the index knows then.
"""

from __future__ import annotations

import math
import re
from collections import Counter

from adapters.ports.words import content
from policies.aspects.carrying import CARRYING

MOST = 8
LONGEST = 40
"""Characters of an aspect; what is longer is an address or a code."""
READ = 4000
"""Characters of a text that are read: passages are a quarter of that."""
IN_TITLE = 1.5
_LEAST = 3
_SENTENCE = re.compile(r"[.!?;\n\u3002\uff01\uff1f]+")


def aspects_of(title: str, text: str) -> tuple[str, ...]:
    """Up to `MOST` words that say what a passage speaks of, lower case, the most important first; each stands for all
    its forms ("battery" for "batteries"). Pure, and the same whatever else is in the corpus."""
    scores: dict[str, float] = {}
    forms: dict[str, Counter[str]] = {}
    in_title = {stem for stem, _ in content(title)}
    sentences = [part for part in _SENTENCE.split(text[:READ]) if part.strip()]
    for place, sentence in enumerate(sentences):
        said: dict[str, str] = {}
        for stem, word in content(sentence):
            if _names(word):
                said.setdefault(stem, word)
        for stem, word in said.items():
            early = 1.0 / math.log2(2.0 + place)
            scores[stem] = scores.get(stem, 0.0) + 1.0 + early
            forms.setdefault(stem, Counter())[word] += 1
    if not sentences:
        for stem, word in content(title):
            if _names(word):
                scores[stem] = 1.0
                forms.setdefault(stem, Counter())[word] += 1
    ranked = sorted(scores, key=lambda stem: -scores[stem] * (IN_TITLE if stem in in_title else 1.0))
    return tuple(min(forms[stem], key=lambda word: (-forms[stem][word], len(word), word)) for stem in ranked[:MOST])


def _names(word: str) -> bool:
    """Whether a word may be what a passage speaks of. Scripts without spaces come in twos of characters."""
    short = len(word) < (_LEAST if word.isascii() else 2)
    return not (short or len(word) > LONGEST or word in CARRYING or any(map(str.isdigit, word)))
