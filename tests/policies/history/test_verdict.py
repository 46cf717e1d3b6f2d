"""What a turn says of the answer before it: a table of wordings, and of those that only look like them."""

from __future__ import annotations

import time

import pytest

from adapters.ports import Evidence
from policies.history.verdict import takes_back, verdict
from policies.preferences.corrections import EVERYTHING
from policies.preferences.extract import extract

APPROVING = (
    "Thanks!", "thanks, perfect", "Great", "thank you so much", "Thank you for your help.", "ok thanks", "Danke!",
    "Perfect, thanks! Now translate it.", "That worked, thanks", "Vielen Dank", "Merci beaucoup", "¡Gracias!",
    "grazie mille", "obrigado", "dank je wel", "👍", "Thanks 👍", "Yes, that's great", "谢谢\uff01", "Спасибо",
    "this is exactly what I needed", "great, now shorten the second one", "Super, danke", "c'est parfait", "love it",
    "spot on", "cheers mate", "Thanks! And how long is the motor covered?", "oh wow, thank you", "much better",
    "Thanks \u2013 and now in French?", "That\u2019s perfect.",
)
CORRECTING = (
    "no, shorter", "No, that's wrong.", "that's wrong", "not what I asked", "That's not what I asked for", "zu lang",
    "shorter please", "Too long. Always keep your answers short.", "thanks, but that's wrong", "try again", "trop long",
    "great, but make it shorter", "no that's wrong", "you misunderstood me", "Das ist falsch", "nein, kürzer bitte",
    "c'est faux", "non, plus court", "más corto, por favor", "está mal", "sbagliato", "troppo lungo", "dat klopt niet",
    "It still doesn't work", "make it a bit more formal", "hmm, not quite right", "this isn't what I meant",
    "I didn't ask for that", "That\u2019s too formal", "mais curto", "Stimmt nicht.",
)
NEITHER = (
    "thanks in advance", "Thanks in advance!", "no thanks", "No, thanks", "no thank you", "thank you letter", "ok",
    "write a thank you letter", "Thank you card for grandma", "thanks but no", "Thanks, but I need it in French",
    "thanks for nothing", "great question", "Great Expectations is a novel", "perfect pancakes recipe please", "yes",
    "Can you check this, thanks", "Fix this: hi bob, thanks", "what is wrong with my car", "too many cooks", "No.",
    "No, I live in Berlin", "shorter of the two routes?", "I need longer trousers", "scratch that", "never mind",
    "Forget it", "I like jazz", "It works on Mondays only", "What does 'merci' mean?", "", " ", "false", "more cheese",
    "how do I say thanks in Dutch?", "nicht schlecht", "that is not what he said to me in the meeting", "...",
    "I was wrong about him", "nice place for dinner?", "You are not right for this job, he said", "Nein danke",
    "\U0001f64f please help",
)


@pytest.mark.parametrize("text", APPROVING)
def test_thanks_and_praise_approve(text: str) -> None:
    """Whatever else the turn goes on with."""
    assert verdict(text) == "accepted"


@pytest.mark.parametrize("text", CORRECTING)
def test_a_correction_is_none(text: str) -> None:
    """Politeness around it changes nothing."""
    assert verdict(text) == "rating"


@pytest.mark.parametrize("text", NEITHER)
def test_what_only_looks_like_it_says_nothing(text: str) -> None:
    """Thanks in advance, a refusal, a topic, somebody else's words."""
    assert verdict(text) is None


BACK = ("That's wrong. Scratch that.", "Thanks. Forget what I said.")


@pytest.mark.parametrize("text", [*APPROVING, *CORRECTING, *NEITHER, *BACK])
def test_a_taking_back_is_seen(text: str) -> None:
    """Wherever the claims are read as taken back, too."""
    assert takes_back(text) or EVERYTHING not in extract(Evidence("e", "statement", text))
    assert takes_back(text) == (text in (*BACK, "scratch that", "Forget it"))


def test_no_text_is_slow() -> None:
    """Long turns, and such as almost match."""
    began = time.perf_counter()
    for text in ("thanks for the " * 50_000, "not what i asked " * 50_000, "no " * 100_000, "a, " * 100_000):
        verdict(text)
    assert time.perf_counter() - began < 1
