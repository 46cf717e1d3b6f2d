"""What tells of a person is seen: contacts, ids, secrets, what is known of the one who asked."""

import time

import pytest

from policies.write_back.personal import private, sensitive

TOLD = [
    ("Write to anna.lee@example.org.", "email"), ("Write to anna (at) example (dot) org.", "email"),
    ("Call +49 30 1234567.", "phone"), ("Call 030 / 1234 567.", "phone"), ("Call (555) 123-4567 now.", "phone"),
    ("She lives at 12 Baker Street.", "address"), ("It is in Hauptstra\u00dfe 5.", "address"),
    ("At 5 rue de Rivoli it is.", "address"), ("The number is 123-45-6789.", "id"),
    ("Pay to DE89 3704 0044 0532 0130 00.", "id"), ("The account number is AB-123456.", "id"),
    ("Host 10.0.12.5.", "id"),
    ("Id 123e4567-e89b-12d3-a456-426614174000.", "id"), ("Use sk-abcdefghijklmnop1234.", "secret"),
    ("The password is hunter2!.", "secret"), ("-----BEGIN PRIVATE KEY-----", "secret"),
    ("AKIAABCDEFGHIJKLMNOP", "secret"),
    ("https://bob:pw1@host.example/x", "secret"), ("Card 4111 1111 1111 1111.", "card"),
    ("Key: dGhpcyBpcyBhIHNlY3JldCBrZXkgMTIz", "opaque"), ("You told me that the shop is near.", "asker"),
    ("Since you are allergic, take the other one.", "asker"), ("Your wife may come along.", "asker"),
    ("As you said, it is cold.", "asker"), ("Hello Anna, the shop is open.", "asker"),
    ("The user lives in Rome.", "asker"),
    ("My name is on the list.", "asker"), ("Take the vegan menu.", "known"), ("It is in M\u00fcnchen.", "known"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), TOLD)
def test_told(text: str, kind: str) -> None:
    """Each kind by its name."""
    assert private(text, ("Vegan", "M\u00fcnchen", "x")) == kind


PLAIN = [
    "The museum opens at nine.", "You can reset the device by pressing the button.", "Tickets cost 12 euros.",
    "Your device needs 5 GB.", "It was founded in 1903 by Karl Brandt.", "The range is 10-20 km, or 1,000,000 steps.",
    "Version 2.10.3 came on 2020-03-05.", "The password must contain a digit.", "The vegans of old ate bread.",
    "The token is sent in the header.", "1234 5678 9012 3456 is no card.",
]  # fmt: skip


@pytest.mark.parametrize("text", PLAIN)
def test_plain(text: str) -> None:
    """Numbers, dates and names of what is told of are nobody's data."""
    assert private(text, ("Vegan",)) == ""


def test_what_the_law_protects() -> None:
    """It may stand in an answer where a passage tells of it; else it is of the one who asked."""
    assert sensitive(["This is for a diabetic."], ["Bread is made of flour."])
    assert not sensitive(["This is for a diabetic."], ["Insulin. It helps those with diabetes."])
    assert not sensitive(["This is for all."], ["Bread is made of flour."])


def test_time_grows_with_the_text() -> None:
    """No text makes it slow."""
    for each in ("a" * 5000 + "@", "1 " * 3000, "A1" * 2500, "12 A. B. " * 600, "token " * 800,
                 "x-" * 1950, "a." * 1950, "www.a." * 650):
        start = time.thread_time()
        private(each)
        assert time.thread_time() - start < 0.5
