"""What passages are taken for is part of what tells whether a source has changed."""

import pytest

from proxy.material import seen_as, stamp, stamped


def test_knowledge_has_the_plain_digest() -> None:
    """So that what was ingested before materials were told apart counts as knowledge that has not changed."""
    assert stamp("knowledge", "abc") == "abc"
    assert seen_as("knowledge", {"a": "abc", "b": stamp("experiences", "abc")}) == {"a": "abc", "b": ""}


@pytest.mark.parametrize("digest", ["", "abc"])
def test_experiences(digest: str) -> None:
    """Seen as what they are they have their digest, and everything else has none."""
    kept = {"a": stamp("experiences", digest), "b": digest}
    assert seen_as("experiences", kept) == {"a": digest, "b": ""}
    assert [stamped(each) for each in kept.values()] == ["experiences", "knowledge"]
