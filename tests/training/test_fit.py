"""The regression behind the table of `kind: static`, on a language of which the right vectors are known."""

import numpy as np

from training.fit import TRUST, carry_over, encode, fit, occurrences

SIZE, WIDE = 40, 8
DRAW = np.random.default_rng(1)
TRUE = DRAW.normal(size=(SIZE, WIDE)).astype(np.float32)
BAGS = [list(DRAW.integers(0, SIZE - 1, DRAW.integers(2, 9))) for _ in range(3000)]


def silent(line: str) -> None:
    """Nobody listens."""


def test_it_finds_the_vectors_behind_the_texts() -> None:
    """From a poor start, texts come to point where the teacher says, also those that were held out."""
    start = 0.3 * TRUE + 0.15 * DRAW.normal(size=TRUE.shape).astype(np.float32)
    targets = encode(TRUE, BAGS)
    before = (encode(start, BAGS[2500:]) * targets[2500:]).sum(1).mean()
    rows = fit(start, BAGS[:2500], targets[:2500], silent, passes=20)
    after = (encode(rows, BAGS[2500:]) * targets[2500:]).sum(1).mean()
    assert before < 0.9 and after > 0.97


def test_the_unseen_stay_and_the_rare_move_little() -> None:
    """A token without a text keeps its row; one with a single text moves less than one with hundreds."""
    bags = [*(bag for bag in BAGS[:2000] if 0 not in bag), [0, 1, 2]]
    start = TRUE + 1
    moved = np.abs(fit(start, bags, encode(TRUE, bags), silent, passes=3) - start).max(1)
    assert moved[SIZE - 1] == 0
    assert 0 < moved[0] < moved[1:-1].min() / 3
    assert occurrences(bags, SIZE)[0] == 1 < TRUST


def test_the_same_again() -> None:
    """The order of texts is drawn with a fixed seed."""
    once, again = (fit(TRUE + 1, BAGS[:300], encode(TRUE, BAGS[:300]), silent, passes=2) for _ in range(2))
    assert np.array_equal(once, again)


def test_what_is_learnt_serves_the_unseen() -> None:
    """Rows follow from features by one map, which is found from the tokens that were seen often enough."""
    features = DRAW.normal(size=(SIZE * 10, 5))
    rows = features @ DRAW.normal(size=(5, WIDE))
    counts = np.full(len(rows), 50)
    counts[::7] = 0
    given = np.where(counts[:, None] > 0, rows, 99.0)
    assert np.abs(carry_over(features, given, counts) - rows).max() < 0.2


def test_encode() -> None:
    """The vector of a text is the sum of its rows, of length 1, however long its neighbours are."""
    rows = np.eye(3, dtype=np.float32)
    assert np.allclose(encode(rows, [[0], [0, 1], [2, 2, 2]]), [[1, 0, 0], [0.5**0.5, 0.5**0.5, 0], [0, 0, 1]])
