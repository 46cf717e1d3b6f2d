"""Words under which something holds: exceptions, conditions, doubts, plans, limits, times, denials. Pure.

Words of one kind that say the same are in one group, so that a claim may say "up to" for "at most"; what a sentence has
of a group, the claim that is cut out of it must have, too.
"""

from __future__ import annotations

from collections.abc import Sequence

from policies.write_back.reading import negates, word_set

_GROUPS = {
    "exception": "except excepting excluding exclude excluded excludes apart unlike besides / instead rather",
    "condition": "if provided providing assuming / unless otherwise / when whenever once / while "
                 "whereas / given subject depending / consent approval permission",
    "doubt": "may might could perhaps possibly / can / probably likely / unlikely / allegedly reportedly supposedly "
             "claimed claims claim claiming alleged rumoured rumored disputed / suggests suggest suggested / believe "
             "believed believes thought think / legend legends myth myths tale tales tradition / said says / according "
             "/ apparently appears appear seems seem / should would / must / estimated estimates assumed / argue "
             "argued argues / associated linked correlated / reports reported report / hypothesis trial study / "
             "experimental experimentally draft beta preliminary provisional",
    "plan": "plans plan planned planning / expected expects / intends intend intended / proposed proposes / hopes hope "
            "aims aim / will / scheduled / considering / wants / tries tried attempt attempts "
            "attempted",
    "limit": "least minimum / most maximum / up / over above exceed exceeds / under below / more / less fewer / within "
             "/ only / just solely merely exclusively / first / last",
    "near": "about around approximately roughly nearly almost circa / some / usually typically normally generally "
            "often commonly frequently "
            "sometimes occasionally / mainly mostly primarily largely chiefly / partly partially / "
            "slightly somewhat / rarely seldom / many / few / several / half",
    "time": "until till / before prior / after afterwards / since / still / yet / already / formerly former "
            "previously once / originally initially / during / temporarily temporary",
    "not": "no not none nor neither never cannot without hardly barely nothing nobody lacks",
    "all": "all every each / always / both / any / entire whole entirely completely everyone everything",
    "cause": "because cause caused causes causing / therefore thus hence / led leads resulted results / owing",
}  # fmt: skip
_GROUP = {
    word: f"{kind}:{place}"
    for kind, listed in _GROUPS.items()
    for place, group in enumerate(listed.split(" / "))
    for word in group.split()
}
FIRM = frozenset(_GROUP[word] for word in word_set("except if unless given consent only until instead"))
"""Groups that bind a whole sentence, from behind a comma, too."""
LOOSE = frozenset(_GROUP[word] for word in word_set("all always both any entire because therefore led owing"))
"""Groups that may be left out: what remains says less."""
STRICT = frozenset(
    group for group in _GROUP.values() if group.split(":")[0] in ("exception", "condition", "limit", "not", "plan")
) | {_GROUP["all"], _GROUP["always"], _GROUP["any"], _GROUP["must"]}
"""Groups of a claim that a word less, which narrows it, makes say more."""
_AMOUNTS = word_set("up over above under below within about around half")
_SUPERLATIVE = word_set("the its their two his her our")
COUNTS = word_set("one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty "
                  "sixty hundred thousand million dozen half")
_CONTRARY = word_set("but though although however yet")
words_in = frozenset(_GROUP) | word_set(
    "off out down than per through against between among without else too very not by because again twice"
)
"""Words that say how things hang together, and may not be put in."""


def tagged(words: Sequence[str]) -> list[str]:
    """The group of each of the words of a sentence, "" where it has none."""
    return [_tag(words, at) for at in range(len(words))]


def kinds(words: Sequence[str]) -> set[str]:
    """The groups of which any stands among words."""
    return set(tagged(words)) - {""}


def _tag(words: Sequence[str], at: int) -> str:
    word = words[at]
    if word not in _GROUP:
        return _GROUP["not"] if negates(word) else ""
    if word in ("most", "first", "last"):
        return _GROUP[word] if at == 0 or words[at - 1] not in _SUPERLATIVE else ""
    if word in _AMOUNTS and not any(each[0].isdigit() or each in COUNTS for each in words[at + 1 : at + 4]):
        return ""
    return _GROUP[word]


def firm(words: Sequence[str], tags: Sequence[str]) -> set[str]:
    """What of a part counts behind a comma: a denial does where it is put against what is in front of it."""
    found = set(tags) - {""}
    return found if _CONTRARY.intersection(words) else found & FIRM
