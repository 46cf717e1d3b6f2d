"""The errors of the project, as a tree; each is caught somewhere."""


class ConfigError(Exception):
    """A setting is wrong. `place` names it as the file does (`policies.1.topk`), the message what would be right."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}")
        self.place = place
        self.message = message


class AdapterError(Exception):
    """An outside system failed. The text is ours and safe to log: it never quotes the system's own words."""


class Timeout(AdapterError):
    """An outside system did not answer in its time."""


class Unavailable(AdapterError):
    """An outside system cannot be reached, or refuses to work."""
