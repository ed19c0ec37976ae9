"""Who is asking: principals, passwords and access tokens."""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from controlplane.kit import clock
from controlplane.platform.problem import Forbidden, Unauthorized

ACCESS_TOKEN_LIFE = timedelta(minutes=15)
_passwords = PasswordHash((Argon2Hasher(),))
_NO_USER_HASH = _passwords.hash(secrets.token_hex())


@dataclass(frozen=True, slots=True)
class Principal:
    """A user or API key that makes a request.

    Attributes:
        user_id: None for API keys.
        org_id: The one organisation whose rows are visible.
        scopes: What may be done, such as ``calls:read`` or ``queues:write``; ``*`` is everything.
        location_ids: Where; None means every location of the organisation.
        own_extension_ids: For staff: the extensions whose calls and voicemail they may see; None = not limited.
        label: How the audit log names them.
        installation_admin: May also do what reaches over organisations: make organisations, enrol nodes.
        ip: Where the request came from.
        request_id: What ties the audit line to the log.
    """

    org_id: UUID
    scopes: frozenset[str]
    label: str
    user_id: UUID | None = None
    api_key_id: UUID | None = None
    session_id: UUID | None = None
    location_ids: frozenset[UUID] | None = None
    own_extension_ids: frozenset[UUID] | None = None
    installation_admin: bool = False
    ip: str | None = None
    request_id: str | None = None

    def may(self, scope: str) -> bool:
        """Whether the scope, its whole group (``calls:*``) or everything is granted."""
        group, _, verb = scope.partition(":")
        return bool({"*", f"*:{verb}", f"{group}:*", scope} & self.scopes)

    def require(self, scope: str) -> None:
        """Refuses a request without the scope.

        Raises:
            Forbidden: The scope is missing; the message names it.
        """
        if not self.may(scope):
            raise Forbidden(f"This needs the right {scope}.", hint="Ask an admin to give you a role with this right.")


async def hash_password(password: str) -> str:
    """Argon2id, about 0.1 s, off the event loop."""
    return await asyncio.to_thread(_passwords.hash, password)


async def verify_password(password: str, stored: str | None) -> bool:
    """Checks; takes as long for unknown users as for known ones."""
    good = await asyncio.to_thread(_passwords.verify, password, stored or _NO_USER_HASH)
    return good and stored is not None


def make_access_token(key: bytes, claims: dict[str, Any]) -> str:
    """A signed token (HS256) that is good for 15 minutes."""
    moment = int(clock.now().timestamp())
    body = {"iat": moment, "exp": moment + int(ACCESS_TOKEN_LIFE.total_seconds()), **claims}
    return jwt.encode({"alg": "HS256"}, body, OctKey.import_key(key))


def read_access_token(key: bytes, token: str) -> dict[str, Any]:
    """Claims of a good token.

    Raises:
        Unauthorized: Forged, damaged or expired.
    """
    try:
        decoded = jwt.decode(token, OctKey.import_key(key), algorithms=["HS256"])
        claims = jwt.JWTClaimsRegistry(exp={"essential": True}, sub={"essential": True})
        claims.validate(decoded.claims)
    except (JoseError, ValueError) as err:
        raise Unauthorized("The access token is not valid or has expired.", hint="Refresh it or log in again.") from err
    return dict(decoded.claims)
