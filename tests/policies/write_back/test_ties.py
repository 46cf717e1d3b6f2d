"""A claim that is cut out of a sentence keeps what its words are tied to there."""

import pytest

from policies.write_back.ties import loosened

FERRY = "The ferry leaves the north pier at 7:15 every day except Sundays, and it costs 18 kroner."
BOAT = "Bikes travel free of charge if they are folded; dogs may travel in the hall, but cats may not."
LINE = "The line was founded by Ingrid Dahl and is run by the Moen company, which owns about 40 boats."
STOP = "The line stopped in March 2016 because the boat failed (at last) its test."
CLAIMS = [
    ("The ferry leaves the north pier at 7:15 every day.", FERRY, "dropped_exception"),
    ("Every day except Sundays, the ferry leaves the north pier at 7:15.", FERRY, ""),
    ("Bikes travel free of charge.", BOAT, "dropped_condition"),
    ("If they are folded, bikes travel free of charge.", BOAT, ""),
    ("Bikes travel free of charge unless they are folded.", BOAT, "dropped_condition"),
    ("Bikes travel in the hall.", BOAT, "dropped_condition"), ("Dogs may travel in the hall.", BOAT, "dropped_not"),
    ("The line was founded by Ingrid Dahl.", LINE, ""), ("The line is run by the Moen company.", LINE, ""),
    ("The line was founded by the Moen company.", LINE, "spliced"), ("The line is run by Ingrid Dahl.", LINE, "turned"),
    ("Ingrid Dahl founded the line.", LINE, ""), ("Ingrid Dahl run the line.", LINE, "spliced"),
    ("The Moen company owns 40 boats.", LINE, "dropped_head"),
    ("The line stopped because the boat failed its test.", STOP, ""),
    ("The boat failed its test because the line stopped.", STOP, "reversed"),
    ("The line was always founded by Ingrid Dahl.", LINE, "added_all"),
    ("The boat failed its test.", STOP, ""), ("Trains are late.", STOP, "words"),
    ("The two rooms cost 5 euros.", "2 rooms cost five euros.", ""),
    ("Members cost 5 euros.", "Junior members cost 5 euros.", "dropped_head"),
    ("The plan costs 5 euros.", "The plan costs 5 euros for students.", "dropped_tail"),
    ("The blue plan costs 5 euros.", "The blue and small plan of Bern costs 5 euros.", "dropped_word"),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "sentence", "found"), CLAIMS)
def test_claims(claim: str, sentence: str, found: str) -> None:
    """Each loss by its name; what is told in another order, with all that belongs to it, is none."""
    assert loosened(claim, sentence) == found
