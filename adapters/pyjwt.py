"""Verifies JSON Web Tokens with PyJWT: fixed algorithms, expiry required, nothing followed that the token names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jwt

from adapters.ports import ConfigError

LEEWAY = 30


class JwtTokens:
    """The port `Tokens` for one issuer and one key (PEM, or a shared secret of 32 bytes or more)."""

    def __init__(self, key: str, algorithms: Sequence[str], issuer: str | None, audience: str | None) -> None:
        shared = [name for name in algorithms if name.startswith("HS")]
        if shared and len(shared) != len(algorithms):
            raise ConfigError("auth.jwt.algorithms", "shared-secret (HS...) and public-key algorithms do not mix")
        if shared and (len(key.encode()) < 32 or "BEGIN PUBLIC KEY" in key):
            raise ConfigError("auth.jwt.key", "a shared secret must have 32 bytes or more and be no public key")
        self._key = key
        self._algorithms = list(algorithms)
        self._issuer = issuer
        self._audience = audience
        try:
            jwt.get_algorithm_by_name(self._algorithms[0]).prepare_key(key)
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise ConfigError("auth.jwt.key", f"is no key for {self._algorithms[0]}") from error

    async def verify(self, token: str) -> Mapping[str, Any] | None:
        """The claims of a token that is valid now, or None."""
        try:
            claims: dict[str, Any] = jwt.decode(
                token, self._key, algorithms=self._algorithms, issuer=self._issuer, audience=self._audience,
                leeway=LEEWAY, options={"require": ["exp"], "verify_aud": self._audience is not None},
            )
        except (jwt.PyJWTError, ValueError, RecursionError):
            return None
        return claims
