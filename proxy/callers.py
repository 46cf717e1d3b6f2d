"""Who calls: API keys, signed tokens, and the trusted loopback of a sidecar without keys."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
import time
from collections import OrderedDict
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from adapters.ports import AdapterError, Caller, Key, Keys, Tokens
from proxy.headers import GO_BETWEEN_PREFIXES, GO_BETWEENS, place_of, utf8
from proxy.settings import Auth
from proxy.wire import HttpError, Scope

PREFIX = "rk-"
KEY_HEADERS = ("authorization", "x-api-key", "api-key")
USER_HEADER = "x-rapport-user"
TOKEN_PARTS = 3
# While the store is away, a key that was found within these seconds still counts; so many are remembered.
GRACE, MOST_SEEN = 300.0, 1024
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
        self._seen: OrderedDict[str, tuple[float, Key]] = OrderedDict()

    async def resolve(self, scope: Scope, headers: dict[str, str]) -> Caller:
        """Who calls. Raises HttpError 401 for a wrong key or token, and for none where one is needed."""
        secret = next((value for _, value in _keys(headers)), "")
        said = {"header": utf8(headers[USER_HEADER])} if USER_HEADER in headers else {}
        conversation = next((headers[name][:256] for name in CHAT_ID_HEADERS if name in headers), None)
        place = place_of(headers)
        token = await self._token(headers)
        if token is not None:
            said["jwt"] = token.subject
        if secret:
            key = await self._key(digest(secret))
            if token is not None and token.tenant not in (None, key.tenant):
                raise HttpError(401, "The token is for another tenant than the key.", "invalid_token")
            return Caller(key.tenant, key.id, key.trust, said, conversation, place)
        if token is not None:
            return Caller(token.tenant or "default", None, "user", said, conversation, place)
        if self.auth.required or not _trusted_loopback(scope, headers):
            message = "You didn't provide a Rapport API key (Authorization: Bearer rk-..., or x-api-key: rk-...)."
            raise HttpError(401, message, "missing_api_key")
        return Caller("default", None, "backend", said, conversation, place)

    def private(self, headers: dict[str, str]) -> set[str]:
        """The headers whose value is a secret between the caller and us, and no business of a backend."""
        names = {name for name, _ in _keys(headers)}
        if self.auth.jwt is not None and _looks_signed(headers.get(self.auth.jwt.header.lower(), "")):
            names.add(self.auth.jwt.header.lower())
        return names

    async def _key(self, digest: str) -> Key:
        """The key; while the store is away, one that was good lately. A store that fails must not cost the chat."""
        now = time.monotonic()
        try:
            key = await self.keys.find(digest)
        except AdapterError as error:
            at, key = self._seen.get(digest, (0.0, None))
            if key is None or now - at > GRACE:
                message = "Keys cannot be checked right now."
                raise HttpError(503, message, "store_unavailable") from error
            return key
        if key is None:
            self._seen.pop(digest, None)
            raise HttpError(401, "Incorrect API key provided.", "invalid_api_key")
        self._seen[digest] = (now, key)
        self._seen.move_to_end(digest)
        if len(self._seen) > MOST_SEEN:
            self._seen.popitem(last=False)
        return key

    async def _token(self, headers: dict[str, str]) -> Token | None:
        """Whom a signed token is for, None where none was sent; a token that is not valid is refused."""
        jwt = self.auth.jwt
        if self.tokens is None or jwt is None or not _looks_signed(headers.get(jwt.header.lower(), "")):
            return None
        sent = headers[jwt.header.lower()]
        claims = await self.tokens.verify(_bearer(sent) or sent)
        if claims is None:
            raise HttpError(401, "The token is not valid.", "invalid_token")
        subject = _name(claims.get(jwt.claim))
        tenant = _name(claims.get(jwt.tenant_claim)) if jwt.tenant_claim else None
        if not subject or (jwt.tenant_claim and not tenant):
            raise HttpError(401, "The token does not say whom it is for.", "invalid_token")
        return Token(subject, tenant)


class Token(NamedTuple):
    """Whom a verified token is for; `tenant` only where a claim for it is configured."""

    subject: str
    tenant: str | None


def _keys(headers: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The headers that carry a Rapport key, and the key: as OpenAI's clients send one, Anthropic's, or Azure's."""
    for name in KEY_HEADERS:
        secret = headers.get(name, "").rpartition(" ")[2]
        if secret.startswith(PREFIX):
            yield name, secret


def _name(claim: Any) -> str:
    """A claim that can name somebody: a text, or a whole number. Null and the like are nobody, never "None"."""
    if isinstance(claim, int) and not isinstance(claim, bool):
        return str(claim)
    return claim.strip() if isinstance(claim, str) else ""


def _looks_signed(value: str) -> bool:
    token = _bearer(value) or value
    return token.count(".") == TOKEN_PARTS - 1 and not token.startswith(PREFIX)


def _bearer(value: str) -> str:
    scheme, _, token = value.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _trusted_loopback(scope: Scope, headers: dict[str, str]) -> bool:
    """A process of this machine, and not a browser or a reverse proxy that speaks for somebody else."""
    client = scope.get("client")
    local = client is None or _is_loopback(client[0])
    forwarded = any(name in GO_BETWEENS or name.startswith(GO_BETWEEN_PREFIXES) for name in headers)
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
