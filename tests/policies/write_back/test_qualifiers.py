"""Words that qualify are told by what they do, not by how they look."""

from policies.write_back.qualifiers import firm, kinds, tagged


def groups(text: str) -> set[str]:
    return {each.split(":")[0] for each in kinds(text.split())}


def test_kinds() -> None:
    """Each by its group; words that say the same share one."""
    assert groups("except sundays") == {"exception"} and groups("if it plans to") == {"condition", "plan"}
    assert groups("it doesn't work") == {"not"} and kinds(["till"]) == kinds(["until"]) != kinds(["before"])
    assert kinds(["least"]) != kinds(["most"])


def test_words_of_places_and_superlatives() -> None:
    """ "Over" counts before a number, "most" where it is no superlative."""
    assert groups("over 300 euros") == {"limit"} and groups("over the river") == set()
    assert groups("most people") == {"limit"} and groups("the most common") == set()


def test_what_binds_from_behind_a_comma() -> None:
    """A condition does; a denial where it is put against what is in front."""
    said = [",", "and", "it", "is", "not", "blue"]
    assert firm(said, tagged(said)) == set()
    said = [",", "but", "it", "is", "not", "blue"]
    assert len(firm(said, tagged(said))) == 1
    said = [",", "unless", "it", "rains"]
    assert len(firm(said, tagged(said))) == 1
