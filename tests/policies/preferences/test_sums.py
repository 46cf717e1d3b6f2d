"""The names of a profile's sums are all that learning makes, so that an own export can always be imported."""

from dataclasses import replace

from adapters.ports import Evidence, Profile
from policies.asked import NEVER, event
from policies.preferences.aspects import DEFAULT
from policies.preferences.book import Book
from policies.preferences.edit import Edit, edited
from policies.preferences.fold import fold
from policies.preferences.reader import Found, Turn
from policies.preferences.reading import counted
from policies.preferences.review import reviewed
from policies.preferences.sums import LARGEST, SUMS, TIMES
from policies.preferences.sums import known as known_name
from policies.rewards.places import LEARNT_AT

TEXTS = (
    "# Plan\n- one thing; and another\n- hey yeah cool!! :) (really?) it's fine — don't worry, \u201cso\u201d: ok",
    "Dear Sir, furthermore I would like to thank you, and moreover therefore hence accordingly yours faithfully.",
    "Der Zug ist nicht da und ich warte auf dem Bahnsteig mit der Tasche.",
    "Le train est en retard et je suis dans la gare pour les vacances avec vous.",
    "El tren no es la casa y los amigos que no est\u00e1n con el perro.",
    "Il treno non \u00e8 della casa e anche gli amici che sono come il cane.",
    "O trem n\u00e3o \u00e9 da casa e os amigos que se como mais do uma.",
    "De trein is niet het huis en van wij zijn er ook maar met dat.",
    "T\u00e5get och huset \u00e4r inte att det som en av den har vi till.",
    "Poci\u0105g nie jest do domu i na to si\u0119 co ale po tak czy s\u0105.",
    "```\nprint(1)\n``` zzz qqq www eee rrr ttt yyy uuu iii ooo ppp\n| a | b |\n|---|---|\n| 1 | 2 |",
)


def test_what_learning_counts_is_known() -> None:
    """Texts of every language, choices on every axis, corrections, edits by hand and a model's calls."""
    kinds = ("import", "edit", "pick", "regenerate", "artefact", "statement")
    said = [*TEXTS, "I'm vegan.", "I'm not vegan any more.", "For example, use a dog, e.g. a poodle. " * 9]
    pairs = [(kind, text, other) for kind in kinds for text in said for other in (said[0], said[-1], "")]
    items = [Evidence(f"e{at}", kind, text, context=other, time=4000.0 * at, seq=at, place="" if at % 5 else "work")
             for at, (kind, text, other) in enumerate(pairs, 1)]  # fmt: skip
    refused = Evidence("no", "statement", "Stop asking me questions!", time=5.0, seq=len(pairs) + 1)
    items += [refused, replace(event("length", 6.0), seq=len(pairs) + 2)]
    profile = edited(fold(Profile(), items), Edit(paused=True), "x", 5.0, DEFAULT)
    counts = counted(counted(profile.counts, 3, "refused", 9.0), 3, "", 9.0)
    turn = Turn(Evidence("f", "statement", "No jazz at all", time=9e6, seq=9999), "No jazz at all")
    known = replace(profile, claims=(*Book.of((), DEFAULT).live,))
    made = reviewed(known, [turn], [Found("dislikes", "jazz", 1, "No jazz", False)])
    names = counts.keys() | made.counts.keys()
    assert all(map(known_name, names)) and names - SUMS == {"asked.chat.length"}
    found = {NEVER, "corrected", "edits", "said_in", "style.in.Polish", "choice.length-", "choice.work/length-"}
    assert {*found, "choices.work", *TIMES - {*LEARNT_AT.values()}} <= names
    assert all(0 <= value <= LARGEST for value in counts.values())
