"""The ways in: login, refresh, API keys, and who a request comes from."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from controlplane.identity import repository
from controlplane.identity.audit import audit
from controlplane.identity.models import ApiKey, LoginSession, Role, User
from controlplane.identity.rights import BUILT_IN, Rights
from controlplane.identity.schemas import Tokens
from controlplane.kit import clock
from controlplane.kit.ids import new_id
from controlplane.platform.auth import (
    ACCESS_TOKEN_LIFE,
    Principal,
    hash_password,
    make_access_token,
    read_access_token,
    verify_password,
)
from controlplane.platform.crypto import Crypto
from controlplane.platform.problem import Unauthorized
from controlplane.platform.services import Services
from controlplane.platform.uow import UnitOfWork

REFRESH_LIFE = timedelta(days=30)
REFRESH_GRACE = timedelta(seconds=10)
LOGIN_LIMIT = "10/minute"
ADDRESS_LIMIT = "60/minute"  # against one password tried on many users
KEY_MARK = "cpk_"
KEY_USE_NOTED_EVERY = timedelta(minutes=1)  # a key's last use is a hint, not worth a write on every request
_WRONG = "The e-mail address or the password is wrong."
_ENDED = "This login has ended."


@dataclass(frozen=True, slots=True)
class Caller:
    """What the connection itself tells of a request."""

    ip: str | None
    user_agent: str = ""
    request_id: str | None = None


def role_name(user: User, role: Role | None) -> str:
    """What people call the user's role."""
    return role.name if role else str(user.built_in_role)


def rights_of_role(role: Role) -> Rights:
    """What a role of the organisation's own allows."""
    return Rights(frozenset(role.scopes), all_locations=role.all_locations, own_only=role.own_only)


def rights_of(user: User, role: Role | None) -> Rights:
    """What the user's role allows."""
    return rights_of_role(role) if role else BUILT_IN[str(user.built_in_role)]


def user_principal(user: User, role: Role | None, caller: Caller, *, session_id: UUID | None = None) -> Principal:
    """A user as a principal."""
    rights = rights_of(user, role)
    return Principal(
        org_id=user.org_id,
        scopes=rights.scopes,
        label=user.email,
        user_id=user.id,
        session_id=session_id,
        location_ids=None if rights.all_locations else frozenset(user.location_ids),
        own_extension_ids=frozenset(user.extension_ids) if rights.own_only else None,
        installation_admin=user.installation_admin,
        ip=caller.ip,
        request_id=caller.request_id,
    )


def key_principal(key: ApiKey, user: User, role: Role | None, caller: Caller) -> Principal:
    """An API key as a principal: its own scopes and locations, as far as its maker has them now."""
    maker = user_principal(user, role, caller)
    places = maker.location_ids
    if key.location_ids is not None:
        own = frozenset(key.location_ids)
        places = own if places is None else own & places
    return replace(
        maker,
        scopes=frozenset(scope for scope in key.scopes if maker.may(scope)),
        label=f"API key {key.name}",
        user_id=None,
        api_key_id=key.id,
        location_ids=places,
    )


async def principal_of_token(uow: UnitOfWork, crypto: Crypto, token: str, caller: Caller) -> Principal:
    """Who an access token or API key stands for, right now.

    Raises:
        Unauthorized: Unknown, expired, revoked, or its user is disabled.
    """
    if token.startswith(KEY_MARK):
        return await _principal_of_key(uow, crypto, token, caller)
    claims = read_access_token(crypto.token_key, token)
    try:
        session_id = UUID(claims["sid"])
    except (KeyError, ValueError) as err:
        raise Unauthorized("The access token is not valid.") from err
    found = await repository.session_with_user(uow.session, session_id)
    if found is None or not _holds(found[0], clock.now()) or found[1].disabled_at is not None:
        raise Unauthorized(_ENDED, hint="Log in again.")
    _, user, role = found
    return user_principal(user, role, caller, session_id=session_id)


async def _principal_of_key(uow: UnitOfWork, crypto: Crypto, token: str, caller: Caller) -> Principal:
    found = await repository.key_with_user(uow.session, crypto.keyed_hash(token))
    moment = clock.now()
    if found is None or found[1].disabled_at is not None or (found[0].expires_at or moment) < moment:
        raise Unauthorized("This API key is unknown, has expired, or its maker is disabled.")
    key, user, role = found
    if key.last_used_at is None or moment - key.last_used_at > KEY_USE_NOTED_EVERY:
        key.last_used_at = moment
        await uow.session.flush()
    return key_principal(key, user, role, caller)


def _holds(login: LoginSession, moment: datetime) -> bool:
    return login.revoked_at is None and login.expires_at > moment


async def log_in(services: Services, email: str, password: str, caller: Caller) -> Tokens:
    """Opens a session. Unknown address, disabled user and wrong password look and last the same.

    Raises:
        TooMany: Ten tries a minute for one user from one address.
        Unauthorized: Wrong.
    """
    login = email.strip().lower()
    await services.limiter.hit(ADDRESS_LIMIT, "login", caller.ip or "")
    await services.limiter.hit(LOGIN_LIMIT, "login", caller.ip or "", login)
    async with services.uow() as uow:
        found = await repository.find_login(uow.session, login)
        good = await verify_password(password, found[0].password_hash if found else None)
        if found is None or not good or found[0].disabled_at is not None:
            raise Unauthorized(_WRONG, hint="Check both, or ask an admin for a new password.")
        user, role = found
        user.last_login_at = clock.now()
        await audit(uow, user_principal(user, role, caller), action="user.login", kind="user", object_id=user.id)
        return await open_session(uow, services.crypto, user, caller)


async def open_session(uow: UnitOfWork, crypto: Crypto, user: User, caller: Caller) -> Tokens:
    """A new session of a user who has proven who they are."""
    login = LoginSession(id=new_id(), user_id=user.id, user_agent=caller.user_agent[:300], ip=caller.ip)
    uow.session.add(login)
    return await _renew(uow, crypto, login, f"{login.id.hex}.{secrets.token_urlsafe(32)}")


async def _renew(uow: UnitOfWork, crypto: Crypto, login: LoginSession, refresh_token: str) -> Tokens:
    login.refresh_hash = crypto.keyed_hash(refresh_token)
    login.last_used_at = clock.now()
    login.expires_at = login.last_used_at + REFRESH_LIFE
    await uow.session.flush()
    return _tokens(crypto, login, refresh_token)


def _tokens(crypto: Crypto, login: LoginSession, refresh_token: str) -> Tokens:
    return Tokens(
        access_token=make_access_token(crypto.token_key, {"sub": str(login.user_id), "sid": str(login.id)}),
        refresh_token=refresh_token,
        expires_in_s=int(ACCESS_TOKEN_LIFE.total_seconds()),
    )


async def refresh(services: Services, token: str, caller: Caller, *, grace: bool = False) -> Tokens:
    """New tokens for the newest refresh token. An older one means that it was stolen or copied: the session ends.

    Args:
        services: What the process has.
        token: The refresh token.
        caller: Who asks.
        grace: For browsers, which lose the answer when the page is reloaded at that moment: the token before is good
            for some seconds more, as long as the newer one was not used, and gives that same newer one again.

    Raises:
        Unauthorized: Not the newest, expired or revoked.
    """
    async with services.uow() as uow:
        tokens = await _rotate(uow, services.crypto, token, caller, grace=grace)
    if tokens is None:
        raise Unauthorized(_ENDED, hint="Log in again.")
    return tokens


async def _rotate(uow: UnitOfWork, crypto: Crypto, token: str, caller: Caller, *, grace: bool) -> Tokens | None:
    login = await _session_of(uow, token)
    moment = clock.now()
    if login is None or not _holds(login, moment):
        return None
    following = _following(crypto, login, token)
    newest = _is_newest(crypto, login, token)
    lost = grace and moment - login.last_used_at <= REFRESH_GRACE and _is_newest(crypto, login, following)
    if not (newest or lost):
        login.revoked_at = moment
        await uow.session.flush()
        return None
    found = await repository.user_with_role(uow.session, login.user_id)
    if found is None or found[0].disabled_at is not None:
        return None
    if lost:  # nothing is written: the grace counts from the first time
        return _tokens(crypto, login, following)
    login.ip, login.user_agent = caller.ip, caller.user_agent[:300]
    return await _renew(uow, crypto, login, following)


def _following(crypto: Crypto, login: LoginSession, token: str) -> str:
    """The refresh token that comes after this one; only we can tell, since it takes our key."""
    return f"{login.id.hex}.{crypto.keyed_hash(f'after {token}')}"


def _is_newest(crypto: Crypto, login: LoginSession, token: str) -> bool:
    return secrets.compare_digest(login.refresh_hash, crypto.keyed_hash(token))


async def _session_of(uow: UnitOfWork, token: str) -> LoginSession | None:
    try:
        session_id = UUID(token.partition(".")[0])
    except ValueError:
        return None
    return await repository.lock_session(uow.session, session_id)


async def log_out(uow: UnitOfWork, crypto: Crypto, token: str) -> None:
    """Ends the session of a refresh token; unknown tokens are fine, there is nothing left to end."""
    login = await _session_of(uow, token)
    if login and login.revoked_at is None and _is_newest(crypto, login, token):
        login.revoked_at = clock.now()
        await uow.session.flush()


async def change_password(uow: UnitOfWork, user: User, new: str, *, keep_session: UUID | None = None) -> None:
    """Sets a password and ends the user's other logins."""
    user.password_hash = await hash_password(new)
    await repository.revoke_sessions(uow.session, user.id, clock.now(), keep=keep_session)
    await uow.session.flush()


def make_api_key(crypto: Crypto) -> tuple[str, str, str]:
    """A new key: the key itself, the prefix people recognise it by, and its hash."""
    key = KEY_MARK + secrets.token_urlsafe(32)
    return key, key[:10], crypto.keyed_hash(key)
