"""Only English is read: what another language denies would go unseen."""

import pytest

from policies.write_back.language import denies, readable
from policies.write_back.reading import tokens

ENGLISH = ["The museum opens at nine.", "Tickets cost 12 euros.", "Vincent van Gogh was born in Zundert.",
           "Charles de Gaulle lived in Paris.", "\u0141\u00f3d\u017a is a city.",
           "The Los Angeles river is long."]  # fmt: skip
FOREIGN = ["Die Garantie deckt keine Sch\u00e4den.", "Der Preis ist in der Liste und auf dem Plakat.",
           "Le mus\u00e9e est dans la ville.",
           "La garant\u00eda es para los clientes.", "\u6771\u4eac\u306f\u9996\u90fd\u3067\u3059\u3002",
           "\u041c\u0443\u0437\u0435\u0439 \u043e\u0442\u043a\u0440\u044b\u0442.",
           "Il museo non apre mai."]  # fmt: skip


@pytest.mark.parametrize("text", ENGLISH)
def test_english(text: str) -> None:
    """Names of other languages are no matter."""
    assert readable(tokens(text))


@pytest.mark.parametrize("text", FOREIGN)
def test_other_languages(text: str) -> None:
    """By their small words, their denials, or their script."""
    assert not readable(tokens(text))


def test_denials_of_a_passage() -> None:
    """They are seen by a word that English has not."""
    assert denies(tokens("Die Garantie deckt keine Sch\u00e4den.")) and not denies(tokens("It does not cover damage."))
