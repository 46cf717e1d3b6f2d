"""Support orders claims by how much of them a passage says."""

from policies.write_back.reading import Read
from policies.write_back.support import NAMES, features, read, support
from policies.write_back.weights import WEIGHTS

PASSAGE = read("Rain fell for days. The honey bee lives in hives of wood, which keepers make. Each hive has one queen.")


def test_order() -> None:
    """What is said, then in other words, with a remark in front, as a question, and something else."""
    said = support("The honey bee lives in hives of wood.", PASSAGE)
    told = support("Honey bees live in wooden hives.", PASSAGE)
    chat = support("I think it is so cool that honey bees live in hives!", PASSAGE)
    asked = support("Do you know the honey bee?", PASSAGE)
    assert 1 > said > told > max(chat, asked) > 0 and support("My cat likes fish.", PASSAGE) < 0.05


def test_neighbouring_sentences() -> None:
    """A claim may rest on two of them, wherever these stand."""
    claim = "The honey bee lives in hives of wood, and each hive has one queen."
    assert support(claim, PASSAGE) > max(support(claim, [each]) for each in PASSAGE)


def test_nothing() -> None:
    """Without words there is no support."""
    assert support("", PASSAGE) == support("The bee.", []) == support("...", PASSAGE) == 0.0


def test_every_weight_has_its_sign() -> None:
    """Signs and weights have the same names."""
    own = Read.of("The bee lives.")
    assert set(features("The bee lives.", own, PASSAGE[1])) == set(WEIGHTS) == set(NAMES)
