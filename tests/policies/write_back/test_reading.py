"""Texts are read alike on both sides."""

from policies.write_back.reading import Read, in_order, is_content, near, sentences, tokens


def test_tokens() -> None:
    """Blanks that tokenisers leave in words go, numbers stay whole, and "the US" is no person."""
    assert tokens("It 's 1,000 and does n't") == ["it's", "1,000", "and", "doesn't"]
    assert tokens("We like the US.") == ["we", "like", "the", "usa"] and tokens("It\u2019s") == ["it's"]


def test_sentences() -> None:
    """Abbreviations and initials end none; full-width stops and lines do."""
    assert sentences("Dr. J. Smith came. He left! Really?\nYes") == ["Dr. J. Smith came.", "He left!", "Really?", "Yes"]
    assert sentences("\u6771\u4eac\u3002\u5927\u962a\u3002") == ["\u6771\u4eac\u3002", "\u5927\u962a\u3002"]
    assert sentences('He said "no." She left.') == ['He said "no."', "She left."]


def test_content() -> None:
    """Function words, speakers and denials are none."""
    assert [word for word in tokens("I do not like the big dogs, nor will you") if is_content(word)] == ["big", "dogs"]
    read = Read.of("The big dogs")
    assert read.content == ("big", "dog") and Read.joined([read, read]).words == ("the", "big", "dogs") * 2


def test_near() -> None:
    """Forms of one word, not words with the same beginning."""
    assert near("american", ["america"]) and not near("american", ["amerce"]) and not near("cat", ["cats"])


def test_in_order() -> None:
    """The longest common subsequence."""
    assert in_order("abcde", "xaxcxex") == 3 and in_order("abc", "cba") == 1 and in_order("", "abc") == 0
    assert in_order(["a"] * 200, ["a"] * 150) == 150
