"""Words that turn a claim around, or make it stronger than its passage is. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.ports.words import stem_of
from policies.write_back.reading import is_content, word_set

OPPOSITES = tuple(
    tuple(frozenset(side.split()) for side in each.split("/"))
    for each in (
        "more greater larger bigger higher longer over above exceeds exceed / less fewer smaller lower shorter under "
        "below",
        "before prior until / after following since", "always / never", "all every each / none some few",
        "maximum most highest largest biggest longest / minimum least lowest smallest shortest",
        "increase increased increases increasing rise rises rose grow grew / decrease decreased decreases decreasing "
        "fall "
        "falls fell drop drops dropped decline declined shrank",
        "allow allowed allows permit permitted permits / forbid forbidden forbids prohibit prohibited prohibits ban "
        "banned",
        "enable enabled enables on / disable disabled disables off", "include included includes including / exclude "
                                                                     "excluded "
        "excludes excluding except", "can may / cannot", "required mandatory compulsory must / optional voluntary",
        "free / paid chargeable", "earlier early earliest / later late latest", "north northern / south southern",
        "east eastern / west western", "left / right", "open opened opens opening / close closed closes closing",
        "start started starts begin began begins / end ended ends finish finished stop stopped",
        "win won wins / lose lost "
        "loses", "buy bought buys / sell sold sells", "true / false", "faster fast quickly / slower slow slowly",
        "better best / worse worst", "hot hotter warm warmer / cold colder cool cooler", "inside indoors / outside "
                                     "outdoors",
        "with / without", "import imported imports / export exported exports", "daily / weekly / monthly / yearly "
                          "annually "
        "annual", "accept accepted accepts / reject rejected rejects refuse refused", "public / private", "first / "
                  "last",
        "male men man / female women woman", "young younger youngest / old older oldest", "safe / unsafe dangerous "
                                             "harmful",
        "legal lawful / illegal unlawful", "possible / impossible", "valid / invalid", "active / inactive",
        "up upward / down downward", "add added adds / remove removed removes delete deleted", "positive / negative",
        "succeed succeeded succeeds success / fail failed fails failure", "strong stronger / weak weaker", "near / far",
        "rare rarely / common commonly often", "most majority / minority", "wet / dry", "heavy heavier / light lighter",
        "full fully / empty partial partially", "parent / child", "employer / employee", "lender / borrower",
        "buyer / seller", "landlord / tenant", "cause caused causes / prevent prevented prevents",
        "agree agreed agrees / disagree disagreed", "love loved loves / hate hated hates", "increasingly / "
                                                    "decreasingly",
    )
)  # fmt: skip
_PAIRS = tuple(
    (side, frozenset[str]().union(*(each for each in sides if each is not side)))
    for sides in OPPOSITES
    for side in sides
)
_OPPOSED = frozenset(word for side, _ in _PAIRS for word in side)
_PAIRS_OF = {word: tuple(pair for pair in _PAIRS if word in pair[0]) for word in _OPPOSED}
_REACH = 5
"""Words on each side of one that has an opposite, among which those are that it belongs to."""
STRONG = word_set(
    "all every always only must never entirely completely solely exclusively everyone everything guaranteed most "
    "certainly definitely proven"
)
_ALIKE = word_set(
    "all every each any always only solely exclusively must required mandatory never no entire entirely completely "
    "fully whole full most mostly majority everyone everything guaranteed"
)
DOUBT = word_set(
    "may might could possibly perhaps allegedly reportedly rumoured rumored supposedly claimed claims suggests "
    "suggested unless probably likely unlikely believed thought disputed alleged"
)
_DOUBTS = DOUBT | word_set("can some sometimes often usually except if potentially would should considered said")


def opposed(claim: Sequence[str], passage: Sequence[str]) -> bool:
    """Whether the claim has one of two opposites where the passage has the other one: the other one alone, or, where it
    has both, that one at the words next to which the claim's stands."""
    its = frozenset(passage)
    return any(
        _turned(claim, place, passage, side, others)
        for place, word in enumerate(claim)
        for side, others in _PAIRS_OF.get(word, ())
        if others & its
    )


def _turned(
    claim: Sequence[str], place: int, passage: Sequence[str], side: frozenset[str], others: frozenset[str]
) -> bool:
    ahead, behind = _heads(claim, place)
    met: dict[frozenset[str], tuple[int, int]] = {}
    for words in (side, others):
        around = [_heads(passage, at) for at, word in enumerate(passage) if word in words]
        met[words] = max(((len(behind & its[1]), len(ahead & its[0])) for its in around), default=(-1, -1))
    if met[side] < (0, 0):
        return others.isdisjoint(claim)
    return met[others] > met[side]


def _heads(words: Sequence[str], place: int) -> tuple[frozenset[str], frozenset[str]]:
    """The stems of the two content words in front of a place, and of the two behind it, which tell more."""
    content = [stem_of(each) if is_content(each) else "" for each in words]
    ahead = [each for each in content[max(0, place - _REACH) : place] if each][-2:]
    return frozenset(ahead), frozenset([each for each in content[place + 1 : place + 1 + _REACH] if each][:2])


def stronger(claim: Sequence[str], passage: Sequence[str]) -> bool:
    """Whether the claim says for all, or for sure, what the passage says for some, or with a doubt."""
    mine, its = frozenset(claim), frozenset(passage)
    if mine & STRONG and not its & _ALIKE:
        return True
    if not its & DOUBT or mine & _DOUBTS:
        return False
    said = frozenset(map(stem_of, claim))
    places = [place for place, word in enumerate(passage) if word in DOUBT]
    return any(_doubted(passage, place) & said for place in places)


def _doubted(words: Sequence[str], place: int) -> set[str]:
    """The content words next to one that doubts: two behind it, else the one in front."""
    behind = [stem_of(each) for each in words[place + 1 : place + 8] if is_content(each)][:2]
    return set(behind or [stem_of(each) for each in words[max(0, place - 4) : place] if is_content(each)][-1:])
