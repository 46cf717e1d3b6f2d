"""Which pair to ask next, and when to ask nothing."""

from __future__ import annotations

import numpy as np

from policies.rewards.posterior import Answer, Posterior
from policies.rewards.questions import Asked, Patience, Pool, Question, following, ranked

PRIOR = Posterior.spread([1.0, 0.01, 1.0])
POOL = Pool(np.array([[0.1, 0.0, 0.0], [2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 2.0], [2.0, 0.0, 0.0]]), "abbcd")
DECISION = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, -1.0]])


def first(question: Question | None) -> int:
    assert question is not None
    return question.pair


def test_what_tells_most_comes_first() -> None:
    """Not what is known already or hardly differs; equals in the pool's order, always the same."""
    found = ranked(PRIOR, POOL)
    assert [each.pair for each in found] == [1, 3, 4, 2, 0]
    assert found[0].gain == found[2].gain > found[3].gain
    assert found == ranked(PRIOR, POOL)


def test_nothing_is_asked_twice_nor_a_prompt_twice_running() -> None:
    """Later the prompt may come again."""
    assert [each.pair for each in ranked(PRIOR, POOL, Asked((1,), "b"))] == [3, 4, 0]
    assert [each.pair for each in ranked(PRIOR, POOL, Asked((1, 3), "c"))] == [4, 2, 0]


def test_decisions_at_hand_choose_the_question() -> None:
    """What parts their candidates comes first, although something else tells more of the taste."""
    wide = Posterior.spread([9.0, 0.01, 1.0])
    assert ranked(wide, POOL)[0].pair == 1
    assert ranked(wide, POOL, decisions=[DECISION])[0].pair == 3
    assert first(following(wide, POOL, None, [DECISION])[0]) == 3
    assert ranked(wide, POOL, decisions=[DECISION[:1]])[0].pair == 1


def test_asking_ends() -> None:
    """After enough, without a pair, where little is told, where nothing is to be decided or would be otherwise."""
    assert first(following(PRIOR, POOL)[0]) == 1
    assert following(PRIOR, POOL, Asked((0, 1), "b"), None, Patience(most=2)) == (None, "enough")
    assert following(PRIOR, POOL, Asked(range(5))) == (None, "nothing_left")
    assert following(PRIOR, Pool(np.zeros((0, 3)), ())) == (None, "nothing_left")
    assert following(PRIOR, POOL, None, None, Patience(gain=0.6)) == (None, "tells_little")
    assert following(PRIOR, POOL, None, []) == (None, "changes_nothing")
    sure = Posterior(np.array([0.0, 0.0, 6.0]), PRIOR.cov)
    assert following(sure, POOL, None, [DECISION]) == (None, "tells_little")
    assert following(sure, POOL, None, [DECISION], Patience(gain=0.0)) == (None, "changes_nothing")


def test_an_interview_ends_by_itself() -> None:
    """Once the answers have settled the decision, before ten questions, with the favourite found."""
    rng = np.random.default_rng(0)
    pool = Pool(rng.uniform(-1.5, 1.5, (60, 3)), [str(place // 6) for place in range(60)])
    taste, posterior, taken, prompt = np.array([0.5, 0.0, 2.5]), PRIOR, [], None
    while True:
        question, why = following(posterior, pool, Asked(taken, prompt), [DECISION])
        if question is None:
            break
        assert pool.prompts[question.pair] != prompt
        taken.append(question.pair)
        prompt = pool.prompts[question.pair]
        posterior = posterior.updated(Answer(pool.v[question.pair], float(pool.v[question.pair] @ taste > 0)))
    assert why in ("changes_nothing", "tells_little") and 1 <= len(taken) < 10
    assert DECISION[0] @ posterior.mean > 0
