"""A claim stands in its passages with all that it says, or it does not stand."""

import pytest

from adapters.ports import Passage
from policies.write_back.grounding import Ground, fault, supported

TEXT = (
    "Plan A costs 5 euros per month and plan B costs 10 euros per month. Refunds are accepted within 14 days after "
    "the purchase. The warranty does not cover water damage. Acme was founded by Alice Smith on 5 March 1998 in "
    'Berlin. Set `max_retries` to 3 with `--retries`. We accept returns. The motto is "never again". '
    "Coffee may cause sleeplessness."
)
CLAIMS = [
    ("Plan A costs five euros per month.", ""), ("Plan A costs 10 euros per month.", "number_of_another"),
    ("Plan A costs 5 dollars per month.", "number"), ("Plan A costs 6 euros per month.", "number"),
    ("Refunds are accepted within 14 days before the purchase.", "opposite"),
    ("Refunds are not accepted within 14 days.", "negation"), ("The warranty covers water damage.", "negation"),
    ("Water damage is not covered by the warranty.", ""), ("Acme was founded by Alice Smith in 1998.", ""),
    ("Alice Smith founded Acme in Berlin on March 5, 1998.", ""), ("Acme founded Alice Smith in Berlin.", "swapped"),
    ("Acme was founded on 1998-03-05.", ""), ("Acme was founded on 6 March 1998.", "date"),
    ("Bob founded Acme.", "name"),
    ("Acme was founded in Hamburg by Alice Smith.", "name"), ("Set `max_retries` to 3.", "dropped_tail"),
    ("Set `min_retries` to 3.", "literal"), ('The motto is "ever again".', "literal"),
    ('The motto is "never again".', ""),
    ("See https://acme.example for the plan.", "literal"), ("All refunds are accepted within 14 days.", "stronger"),
    ("Coffee causes sleeplessness.", "stronger"), ("I think plan A costs 5 euros.", "first_person"),
    ("Personally, plan A costs 5 euros.", "opinion"), ("Does plan A cost 5 euros?", "question"),
    ("The passages tell that plan A costs 5 euros.", "meta"), ("We accept returns.", ""),
    ("Our plan costs 5 euros.", "first_person"),
    ("It is there.", "no_content"), ("The rain in spring falls on green hills.", "words"),
    ("Der Plan ist in der Liste.", "language"),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "expected"), CLAIMS)
def test_claims(claim: str, expected: str) -> None:
    """Each fault by its name."""
    assert fault(claim, [Ground(TEXT)]) == expected


def test_several_passages() -> None:
    """What must stand there may stand in any that is cited; what contradicts one must be borne out by another."""
    one, other = Ground("The shop opens at nine."), Ground("The shop never opens at noon.")
    assert fault("The shop opens at nine.", [one, other]) == "" and fault("The shop opens at noon.",
                                                                          [other]) == "negation"
    assert fault("The shop opens at nine.", []) == "no_content"


def test_titles_count() -> None:
    """They name what a passage is about."""
    passage = Passage("p", "t", "s", "Harbour Museum", "It opens at nine.")
    assert fault("The Harbour Museum opens at nine.", [Ground.of(passage)]) == ""
    assert fault("The Harbour Museum opens at nine.", [Ground("It opens at nine.")]) == "name"


def test_the_best_passage_counts() -> None:
    """Support is that of the best one."""
    claim, good, bad = "Plan A costs 5 euros per month.", Ground(TEXT), Ground("Rain falls on hills.")
    assert supported(claim, [bad, good]) == supported(claim, [good]) > 0.85 > supported(claim, [bad])
    assert supported(claim, []) == 0.0
