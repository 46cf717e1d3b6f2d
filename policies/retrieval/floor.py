"""Nothing rather than noise: how well a passage covers a question, on a scale that means the same for every question.

BM25 scores cannot be compared between questions. What can be: the share of the question's content words that the
passage holds, here the mean over the whole passage and its best window of `WINDOW` words, so that words that meet by
chance far apart count half. Names, numbers and bare keywords weigh double, and `DOUBT` is added to the question's
words, so that one common word of two is not enough. Plain code over two texts: no index is asked, so it holds for
every adapter.

The default floor of 0.42 was chosen on one half of the answerable SQuAD 2.0 questions: it keeps the right passage of
86 % (of 94 % found among five), and passes 16 % of the questions whose article is not in the index.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from adapters.ports.words import stems

DOUBT = 1.5
WINDOW = 30
LONGEST = 12.0
"""Weight of words from which on a question counts as long: nobody's passage holds every word of a long one."""


def coverage(words: Mapping[str, float], title: str, text: str) -> float:
    """How well a passage covers the words of a question, in [0, 1)."""
    if not words:
        return 0.0
    named = {stem for stem in stems(title) if stem in words}
    base = sum(words[stem] for stem in named)
    inside: Counter[str] = Counter()
    seen: set[str] = set()
    window: list[str] = []
    now = best = 0.0
    for stem in stems(text):
        counts = stem in words and stem not in named
        if counts:
            seen.add(stem)
            inside[stem] += 1
            now += words[stem] if inside[stem] == 1 else 0.0
            best = max(best, now)
        window.append(stem if counts else "")
        old = window[-WINDOW] if len(window) >= WINDOW else ""
        if old:
            inside[old] -= 1
            now -= words[old] if not inside[old] else 0.0
    whole = sum(words[stem] for stem in seen)
    return (base + (whole + best) / 2) / (min(sum(words.values()), LONGEST) + DOUBT)
