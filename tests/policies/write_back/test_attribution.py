"""Claims rest on passages that people wrote, and on those that they cite."""

import pytest

from adapters.ports import Passage
from policies.write_back.attribution import drifts, resolve
from policies.write_back.candidate import Claim

PASSAGES = {number: Passage(f"p{number}", "t", "s", "", "text") for number in (1, 2, 3)}


class Written(Passage):
    """A passage that says who wrote it."""

    __slots__ = ("origin",)

    def __init__(self, origin: str) -> None:
        super().__init__("m", "t", "s", "", "text")
        object.__setattr__(self, "origin", origin)


CASES = [
    ([(1,), (2, 1)], "", ["p1", "p2"]), ([(1,), ()], "uncited", []), ([(1,), (4,)], "unknown_citation", []),
    ([], "uncited", []),
]  # fmt: skip


@pytest.mark.parametrize(("cites", "fault", "roots"), CASES)
def test_every_claim_cites_what_was_given(cites: list[tuple[int, ...]], fault: str, roots: list[str]) -> None:
    """Each passage is a root once, in the order of the marks."""
    found = resolve([Claim("text", each) for each in cites], PASSAGES)
    assert (found.fault, [each.id for each in found.roots.values()]) == (fault, roots)


def test_no_support_from_models() -> None:
    """One mark that stands for what a model wrote is enough to reject, even beside others; unknown origins, too."""
    for origin in ("model", "import", ""):
        assert resolve([Claim("text", (1, 4))], {**PASSAGES, 4: Written(origin)}).fault == "model_source"
    assert resolve([Claim("text", (1, 4))], {**PASSAGES, 4: Written("human")}).fault == ""


def test_a_word_that_points_back() -> None:
    """ "It" means what the sentence before told of, if both rest on the same passage."""
    first = Claim("The tower is old.", (1,))
    assert drifts([first, Claim("It is high.", (2,))], ("it",))
    assert not drifts([first, Claim("It is high.", (2, 1))], ("it",))
    assert not drifts([first, Claim("Item two is high.", (2,))], ("it",)) and not drifts([first], ("it",))
