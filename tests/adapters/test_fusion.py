"""The ranking of what text and vectors found together."""

from adapters.fusion import fuse
from adapters.ports import Hit, Passage


def hit(id: str, text_score: float, similarity: float | None = None) -> Hit:
    return Hit(Passage(id, "acme", id, "", f"words of {id} alone {id * 3}"), 0.0, text_score, similarity)


def order(*hits: Hit) -> list[str]:
    return [each.passage.id for each in fuse(hits, 10)]


def test_meaning_decides_between_equals() -> None:
    """Of two passages with the same words the nearer one comes first."""
    assert order(hit("a", 5.0, 0.3), hit("b", 5.0, 0.6)) == ["b", "a"]


def test_vectors_that_say_little_change_little() -> None:
    """Similarities that lie close together, as single vectors give them for lists, leave the order to the words."""
    assert order(hit("a", 9.0, 0.82), hit("b", 8.0, 0.84), hit("c", 1.0, 0.85)) == ["a", "b", "c"]


def test_scale_does_not_matter() -> None:
    """Scores are divided by the best of their side, so neither side wins by the size of its numbers."""
    texts, similarities = (9.0, 6.0, 2.0), (0.1, 0.5, 0.3)
    names = "abc"
    once = order(*(hit(*row) for row in zip(names, texts, similarities, strict=True)))
    assert once == order(*(hit(n, 100 * t, s) for n, t, s in zip(names, texts, similarities, strict=True)))
    assert once == order(*(hit(n, t, s / 5) for n, t, s in zip(names, texts, similarities, strict=True)))


def test_no_vector_at_all() -> None:
    """Without similarities the text decides alone, and its best has a score of one."""
    fused = fuse([hit("a", 1.0), hit("b", 4.0)], 10)
    assert [(each.passage.id, each.score) for each in fused] == [("b", 1.0), ("a", 0.25)]
