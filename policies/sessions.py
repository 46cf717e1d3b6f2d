"""The keys of what is remembered of running conversations, in the cache `Adapters.sessions`."""


def of_person(tenant: str, owner: str) -> str:
    """How every key begins that holds something of a person, so that an erasure finds it; `owner` is the internal id,
    or a word for nobody."""
    return f"person/{tenant}/{owner}/"
