"""Signs in the wording that a question asks for counts, orders or comparisons over rows: English, over `tokens` joined
by blanks (lower case, numbers as 0). Each is weak alone; the classifier adds up what each weighs."""

from __future__ import annotations

import re
from collections.abc import Sequence


def _pattern(verbose: str) -> re.Pattern[str]:
    return re.compile(verbose, re.VERBOSE)


SIGNS = {
    "count": _pattern(r"\b(?: how\smany | numbers?\sof | count(?:s|\sof|\sthe)? | how\smuch\s(?:total|money) )\b"),
    "total": _pattern(r"""
        \b(?: average | mean | median | totals? | sum | maximum | minimum | max | min | percentage | ratio | difference
            | overall | altogether | combined | distinct | different | unique )\b
    """),
    "extreme": _pattern(r"""
        \b(?: most | least | fewest | highest | lowest | largest | smallest | biggest | greatest | oldest | youngest
            | longest | shortest | earliest | latest | cheapest | heaviest | newest | (?:top|first|last)\s0 | best
            | worst | easiest | hardest | common )\b
    """),
    "each": _pattern(r"\b(?: each | every | per | respectively | corresponding | group(?:ed)? )\b"),
    "order": _pattern(r"""
        \b(?: (?:order|sort|rank|arrang|list)(?:ed|ing)?\s(?:them\s)?by | alphabetically | lexicographic\w*
            | (?:alphabetical|increasing|decreasing)\sorder | in\sorder\sof | ascending | descending )\b
    """),
    "than": _pattern(r"""
        \b(?: (?:more|less|greater|larger|higher|lower|fewer|older|younger)\sthan | at\s(?:least|most) | above | below
            | (?:over|under|before|after)\s0 | between\s0\sand\s0 | exceed\w* | equal\sto | or\s(?:more|less) )\b
    """),
    "which": _pattern(r"""
        \b(?: whose | (?:that|who|which)\s(?:have|has|had|are|is|were|was|do|does|did|don't|both) | both\s.{0,40}\sand
            | (?:do|does|did)\snot | (?:don't|not)\shave | without | never | neither | either | also | but\snot )\b
    """),
    "list": _pattern(r"""
        ^(?:please\s)?(?: list | show | find | give | return | display | get | count | report | compute | calculate
            | tell\sme | what\s(?:are|is) | which )\b
    """),
    "columns": _pattern(r"""
        \b(?: names? | ids? | titles? | dates? | ages? | years? | codes? | types? | addresses | emails? | prices?
            | amounts? | locations? | ranks? | scores? | records? | rows | entries | columns? | tables? | database )
            \s(?:and|of|for|or)\b | \ball\s(?:the\s)?\w+s\b
    """),
}
_WORDS = {
    "count": "many number numbers count counts much",
    "total": "average mean median total totals sum maximum minimum max min percentage ratio difference overall "
             "altogether combined distinct different unique",
    "extreme": "most least fewest highest lowest largest smallest biggest greatest oldest youngest longest shortest "
               "earliest latest cheapest heaviest newest top first last best worst easiest hardest common",
    "each": "each every per respectively corresponding group grouped",
    "order": "order ordered ordering sort sorted sorting rank ranked ranking arranged arranging list listed listing "
             "alphabetically lexicographic lexicographical lexicographically alphabetical increasing decreasing "
             "ascending descending",
    "than": "than least most above below over under before after between exceed exceeds exceeded exceeding equal or",
    "which": "whose that who which both not don't without never neither either also",
    "list": "list show find give return display get count report compute calculate tell what which",
    "columns": "name names id ids title titles date dates age ages year years code codes type types address addresses "
               "email emails price prices amount amounts location locations rank ranks score scores record records "
               "rows entries column columns table tables database all",
}  # fmt: skip
"""A sign cannot be where none of its words is: it saves most of the searches."""
_MAYBE: dict[str, list[str]] = {}
for _name, _listed in _WORDS.items():
    for _word in _listed.split():
        for _form in (_word, f"{_word}'s"):
            _MAYBE.setdefault(_form, []).append(_name)
_TELLING = frozenset(_MAYBE)
MANY = 4
"""From so many signs on, more of them say no more."""


def signs(words: Sequence[str]) -> list[str]:
    """The names of the signs that a text shows, and how many they are, as one more (`3 signs`)."""
    text = " ".join(words)
    maybe = {name for word in _TELLING.intersection(words) for name in _MAYBE[word]}
    found = [name for name, pattern in SIGNS.items() if name in maybe and pattern.search(text)]
    return [*found, f"{min(len(found), MANY)} signs"]
