"""Who calls: API keys, signed tokens, and the trusted loopback of a sidecar without keys."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
import time
from functools import lru_cache
from typing import Any

from adapters.ports import Caller, Key, Keys, Tokens
from proxy.settings import Auth
from proxy.wire import HttpError, Scope

PREFIX = "rk-"
USER_HEADER = "x-rapport-user"
TOKEN_HEADER_PARTS = 3
CHAT_ID_HEADERS = ("x-rapport-conversation", "x-openwebui-chat-id", "x-conversation-id", "x-chat-id")
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})


def new_key(name: str, tenant: str, trust: str) -> tuple[str, str, Key]:
    """A fresh key: what the caller gets, the digest that is kept, and the record."""
    if trust not in ("backend", "user"):
        raise ValueError("trust is backend or user")
    secret = PREFIX + secrets.token_urlsafe(32)
    key = Key("key_" + secrets.token_hex(6), name, tenant, "backend" if trust == "backend" else "user", time.time())
    return secret, digest(secret), key


def digest(secret: str) -> str:
    """SHA-256 of a key, hex: the only form in which it is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Callers:
    """Turns the head of a request into a Caller, or refuses it."""

    def __init__(self, auth: Auth, keys: Keys, tokens: Tokens | None) -> None:
        self.auth = auth
        self.keys = keys
        self.tokens = tokens

    async def resolve(self, scope: Scope, headers: dict[str, str]) -> Caller:
        """Who calls. Raises HttpError 401 for a wrong key or token, and for none where one is needed."""
        bearer = _bearer(headers.get("authorization", ""))
        said = {"header": _utf8(headers[USER_HEADER])} if headers.get(USER_HEADER) else {}
        conversation = next((headers[name][:256] for name in CHAT_ID_HEADERS if name in headers), None)
        claims = await self._claims(headers)
        if claims is not None:
            said["jwt"] = str(claims.get(self._jwt("claim"), ""))
        if bearer.startswith(PREFIX):
            key = await self.keys.find(digest(bearer))
            if key is None:
                raise HttpError(401, "Incorrect API key provided.", "invalid_api_key")
            return Caller(key.tenant, key.id, key.trust, said, conversation)
        if claims is not None:
            tenant_claim = self._jwt("tenant_claim")
            tenant = str(claims.get(tenant_claim, "")) if tenant_claim else "default"
            if not tenant or not said["jwt"]:
                raise HttpError(401, "The token does not say whom it is for.", "invalid_token")
            return Caller(tenant, None, "user", said, conversation)
        if self.auth.required or not _trusted_loopback(scope, headers):
            message = "You didn't provide a Rapport API key (Authorization: Bearer rk-...)."
            raise HttpError(401, message, "missing_api_key")
        return Caller("default", None, "backend", said, conversation)

    async def _claims(self, headers: dict[str, str]) -> Any:
        """The claims of a signed token, None where none was sent; a token that is not valid is refused."""
        if self.tokens is None or self.auth.jwt is None:
            return None
        sent = headers.get(self.auth.jwt.header.lower(), "")
        token = _bearer(sent) or sent
        if token.count(".") != TOKEN_HEADER_PARTS - 1 or token.startswith(PREFIX):
            return None
        claims = await self.tokens.verify(token)
        if claims is None:
            raise HttpError(401, "The token is not valid.", "invalid_token")
        return claims

    def _jwt(self, name: str) -> Any:
        return getattr(self.auth.jwt, name)


def _bearer(value: str) -> str:
    scheme, _, token = value.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _utf8(value: str) -> str:
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return value


def _trusted_loopback(scope: Scope, headers: dict[str, str]) -> bool:
    """A process of this machine, and not a browser or a reverse proxy that speaks for somebody else."""
    client = scope.get("client")
    local = client is None or _is_loopback(client[0])
    forwarded = any(name in headers for name in ("forwarded", "x-forwarded-for", "x-real-ip"))
    origin = headers.get("origin", "")
    return (
        local and not forwarded and _host(headers.get("host", "")) in LOCAL_NAMES
        and (not origin or _host(origin.partition("://")[2]) in LOCAL_NAMES)
    )


@lru_cache(maxsize=1024)
def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _host(value: str) -> str:
    name = value.lower().partition("/")[0]
    return name.rpartition("]")[0] + "]" if name.startswith("[") else name.partition(":")[0]
