"""What every section of config.yaml is, and how a secret is written in one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


class Section(BaseModel):
    """A part of the file: unknown fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


FORM = "a secret is written as env:NAME or file:PATH, never as itself"


def credential(api_key: str | None) -> str | None:
    """A configured API key: what its reference stands for, or `client`, or none. Raises ValueError."""
    return api_key if api_key in (None, "client") else read_secret(str(api_key))


def read_secret(reference: str) -> str:
    """What `env:NAME` or `file:PATH` refers to, read when it is needed. Raises ValueError where it is not there."""
    source, _, name = reference.partition(":")
    if source == "env":
        if not os.environ.get(name):
            raise ValueError(f"the environment variable {name} is not set")
        return os.environ[name]
    try:
        return Path(name).read_text().strip()
    except OSError as error:
        raise ValueError(f"the file {name} cannot be read ({error.strerror})") from error


def _reference(value: str) -> str:
    source, _, name = value.partition(":")
    if source not in ("env", "file") or not name:
        raise ValueError(FORM)
    return value


SecretRef = Annotated[str, AfterValidator(_reference)]
ClientOrSecretRef = Annotated[str, AfterValidator(lambda value: value if value == "client" else _reference(value))]
