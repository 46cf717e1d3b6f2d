"""The world that the bench makes up."""

from bench.reviews import ASPECTS, PASSING, REVIEWS, SAID, world


def test_it_is_the_same_for_the_same_seed() -> None:
    """And another for another one."""
    assert world(1, 5, 5, 2) == world(1, 5, 5, 2) != world(2, 5, 5, 2)


def test_it_is_not_trivial() -> None:
    """Tastes are skewed, some people are contrary, words of aspects stand in reviews of something else, and some people
    say what they care for in words that no review has."""
    made = world(1, 60, 60, 2)
    people = [*made.sharing, *made.guests]
    often = sorted((sum(aspect in guest.cares for guest in people) for aspect in ASPECTS), reverse=True)
    assert often[0] > 3 * often[len(often) // 2] and often[-1] > 0
    texts = {each.id: each.text for each in made.passages}
    passing = [id for id, text in texts.items() if any(text.find(part.split("{}")[0]) >= 0 for part in PASSING)]
    assert 0.2 * len(texts) < len(passing) < 0.6 * len(texts)
    other = {SAID[aspect][2] for aspect in ASPECTS}
    said = [claim.value for guest in people for claim in guest.said]
    assert 0.15 < sum(value in other for value in said) / len(said) < 0.35
    assert not [word for word in other if any(f" {word} " in text for text in texts.values())]


def test_what_a_review_is_about_stands_in_it() -> None:
    """In a sentence of its own."""
    made = world(3, 1, 1, 1)
    for each in made.passages:
        about = made.subjects[each.id]
        assert all(any(line in each.text for line in SAID[aspect][:2]) for aspect in about)
    assert len(made.passages) == 24 * REVIEWS
