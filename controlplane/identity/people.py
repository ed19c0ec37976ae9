"""Use cases on users, their logins and API keys."""

import secrets
from collections.abc import Collection
from typing import Any
from uuid import UUID

from controlplane.identity import repository
from controlplane.identity.access import change_password, make_api_key, rights_of, rights_of_role, role_name
from controlplane.identity.audit import audit
from controlplane.identity.extensions import require_extensions
from controlplane.identity.matching import require_match
from controlplane.identity.models import ApiKey, Role, User, UserPreferences
from controlplane.identity.rights import BUILT_IN, Rights, require_no_more
from controlplane.identity.schemas import ApiKeyRead, ApiKeyWrite, Preferences, UserPatch, UserRead, UserWrite
from controlplane.identity.service import store
from controlplane.kit import clock
from controlplane.platform.auth import Principal, hash_password, verify_password
from controlplane.platform.crypto import Crypto
from controlplane.platform.etag import content_etag
from controlplane.platform.problem import Conflict, Forbidden, Invalid, NotFound
from controlplane.platform.uow import UnitOfWork

_TAKEN = "A user with this e-mail address exists already."


def user_read(user: User, role: Role | None) -> UserRead:
    """A user as people see them."""
    return UserRead(
        id=user.id, created_at=user.created_at, updated_at=user.updated_at, org_id=user.org_id, email=user.email,
        name=user.name, role=role_name(user, role), location_ids=user.location_ids, extension_ids=user.extension_ids,
        installation_admin=user.installation_admin, disabled=user.disabled_at is not None,
        last_login_at=user.last_login_at,
    )  # fmt: skip


def user_tag(user: User, role: Role | None) -> str:
    """Their ETag."""
    return content_etag(user_read(user, role))


async def get_user(
    uow: UnitOfWork, principal: Principal, user_id: UUID, *, for_change: bool = False
) -> tuple[User, Role | None]:
    """A user the principal may see, with their own role.

    Raises:
        NotFound: Not there, or not for this principal to know.
    """
    row = await repository.find_user(uow.session, principal, user_id, for_change=for_change)
    if row is None:
        raise NotFound("There is no such user.")
    return row


async def _role_named(uow: UnitOfWork, org_id: UUID, name: str) -> tuple[Role | None, Rights]:
    if name in BUILT_IN:
        return None, BUILT_IN[name]
    role = await repository.find_role_named(uow.session, org_id, name)
    if role is None:
        raise Invalid.field("role", f"there is no such role; built in are {', '.join(BUILT_IN)}")
    return role, rights_of_role(role)


async def _check_locations(uow: UnitOfWork, org_id: UUID, ids: Collection[UUID]) -> None:
    if ids and await repository.count_locations(uow.session, org_id, set(ids)) != len(set(ids)):
        raise Invalid.field("location_ids", "not all of these are locations of this organisation")


def _check_installation(principal: Principal, *, touched: bool) -> None:
    if touched and not principal.installation_admin:
        raise Forbidden("Only an installation admin can do this to an installation admin.")


async def create_user(uow: UnitOfWork, principal: Principal, wanted: UserWrite) -> tuple[User, Role | None, str | None]:
    """Makes a user, with no more rights than their maker has; returns also the password if it was made up."""
    role, rights = await _role_named(uow, principal.org_id, wanted.role)
    require_no_more(principal, rights, wanted.location_ids)
    _check_installation(principal, touched=wanted.installation_admin)
    await _check_locations(uow, principal.org_id, wanted.location_ids)
    await require_extensions(uow.session, principal, wanted.extension_ids)
    made_up = None if wanted.password else secrets.token_urlsafe(12)
    password = wanted.password.get_secret_value() if wanted.password else str(made_up)
    user = User(
        org_id=principal.org_id, email=wanted.email, name=wanted.name, location_ids=wanted.location_ids,
        extension_ids=wanted.extension_ids, installation_admin=wanted.installation_admin,
        built_in_role=None if role else wanted.role, role_id=role.id if role else None,
        password_hash=await hash_password(password),
    )  # fmt: skip
    uow.session.add(user)
    await store(uow, _TAKEN)
    await uow.session.refresh(user)
    await audit(uow, principal, action="user.create", kind="user", object_id=user.id, name=user.email,
                after=user_read(user, role).model_dump(mode="json"))  # fmt: skip
    return user, role, made_up


async def change_user(
    uow: UnitOfWork, principal: Principal, user_id: UUID, patch: UserPatch, if_match: str | None = None
) -> tuple[User, Role | None]:
    """Changes a user; who is disabled is out at once.

    Raises:
        Conflict: It would leave the organisation without an admin.
        Forbidden: The user has or would get more rights than the principal.
        Stale: Changed by somebody else since they were read.
    """
    demotes = bool(patch.disabled) or patch.role not in {None, "admin"}
    admins = await _lock_admins(uow, principal) if demotes else set()
    user, old_role = await get_user(uow, principal, user_id, for_change=True)
    await require_match(uow, if_match, user_tag(user, old_role), kind="user", object_id=user_id)
    _check_installation(principal, touched=user.installation_admin or bool(patch.installation_admin))
    require_no_more(principal, rights_of(user, old_role), user.location_ids)
    before = user_read(user, old_role).model_dump(mode="json")
    role, rights = await _role_named(uow, user.org_id, patch.role or role_name(user, old_role))
    changes = patch.changes()
    require_no_more(principal, rights, changes.get("location_ids", user.location_ids))
    await _check_locations(uow, user.org_id, changes.get("location_ids", ()))
    new = [id_ for id_ in changes.get("extension_ids", ()) if id_ not in user.extension_ids]
    await require_extensions(uow.session, principal, new)  # what they have already may be gone meanwhile
    if demotes:
        _keep_an_admin(admins, user)
    _assign(user, role, changes)
    if patch.disabled:
        await repository.revoke_sessions(uow.session, user.id, clock.now())
    await store(uow, _TAKEN)
    await uow.session.refresh(user)
    await audit(uow, principal, action="user.update", kind="user", object_id=user.id, name=user.email,
                before=before, after=user_read(user, role).model_dump(mode="json"))  # fmt: skip
    return user, role


def _assign(user: User, role: Role | None, changes: dict[str, Any]) -> None:
    name = changes.pop("role", user.built_in_role)
    user.built_in_role, user.role_id = (None, role.id) if role else (name, None)
    disabled = changes.pop("disabled", None)
    if disabled is not None:
        user.disabled_at = (user.disabled_at or clock.now()) if disabled else None
    for field, value in changes.items():
        setattr(user, field, value)


async def _lock_admins(uow: UnitOfWork, principal: Principal) -> set[UUID]:
    """Who can log in as admin. Whoever removes one locks the organisation first: all of them wait in one line.

    Locks on the admins themselves make no line: PostgreSQL keeps that on a row which no longer is an admin's.
    """
    await repository.find_organization(uow.session, principal.org_id, for_change=True)
    return set(await repository.active_admins(uow.session, principal.org_id))


def _keep_an_admin(admins: set[UUID], leaving: User) -> None:
    if admins == {leaving.id}:
        raise Conflict("This is the last admin of the organisation.", hint="Make somebody else an admin first.")


async def delete_user(uow: UnitOfWork, principal: Principal, user_id: UUID, if_match: str | None = None) -> None:
    """Removes a user, their logins and keys. The audit log keeps what they did.

    Raises:
        Conflict: It is the organisation's last admin.
        Stale: Changed by somebody else since they were read.
    """
    admins = await _lock_admins(uow, principal)
    user, role = await get_user(uow, principal, user_id, for_change=True)
    await require_match(uow, if_match, user_tag(user, role), kind="user", object_id=user_id)
    _check_installation(principal, touched=user.installation_admin)
    require_no_more(principal, rights_of(user, role), user.location_ids)
    _keep_an_admin(admins, user)
    before = user_read(user, role).model_dump(mode="json")
    await uow.session.delete(user)
    await uow.session.flush()
    await audit(uow, principal, action="user.delete", kind="user", object_id=user_id, name=user.email,
                before=before)  # fmt: skip


async def reset_password(uow: UnitOfWork, principal: Principal, user_id: UUID) -> str:
    """A made-up password for a user who forgot theirs; ends their logins."""
    user, role = await get_user(uow, principal, user_id)
    _check_installation(principal, touched=user.installation_admin)
    require_no_more(principal, rights_of(user, role), user.location_ids)
    password = secrets.token_urlsafe(12)
    await change_password(uow, user, password)
    await audit(uow, principal, action="user.reset_password", kind="user", object_id=user.id, name=user.email)
    return password


async def change_own_password(uow: UnitOfWork, principal: Principal, current: str, new: str) -> None:
    """A user's own new password; their other logins end.

    Raises:
        Forbidden: An API key asks.
        Invalid: The current password is wrong.
    """
    user = await uow.session.get(User, principal.user_id) if principal.user_id else None
    if user is None:
        raise Forbidden("Only a user has a password.")
    if not await verify_password(current, user.password_hash):
        raise Invalid.field("current_password", "is wrong")
    await change_password(uow, user, new, keep_session=principal.session_id)
    await audit(uow, principal, action="user.change_password", kind="user", object_id=user.id, name=user.email)


async def revoke_session(uow: UnitOfWork, principal: Principal, session_id: UUID) -> None:
    """Ends a login: one's own, or with ``sessions:write`` somebody else's.

    Raises:
        NotFound: Not there, or not for this principal to know.
    """
    login = await repository.find_session(uow.session, principal, session_id)
    if login is None or (login.user_id != principal.user_id and not principal.may("sessions:write")):
        raise NotFound("There is no such session.")
    if login.revoked_at is None:
        login.revoked_at = clock.now()
        await audit(uow, principal, action="session.revoke", kind="session", object_id=session_id)


async def create_key(uow: UnitOfWork, crypto: Crypto, principal: Principal, wanted: ApiKeyWrite) -> tuple[ApiKey, str]:
    """Makes an API key; returns also the key, which is kept nowhere.

    Raises:
        Forbidden: It would reach further than its maker, or a key asks for a key.
    """
    if principal.user_id is None:
        raise Forbidden("API keys are made by users, not by API keys.")
    rights = Rights(frozenset(wanted.scopes), own_only=True)  # it is as limited as its maker, whatever it asks
    require_no_more(principal, rights, wanted.location_ids or ())
    await _check_locations(uow, principal.org_id, wanted.location_ids or ())
    if wanted.expires_at is not None and wanted.expires_at <= clock.now():
        raise Invalid.field("expires_at", "lies in the past")
    key, prefix, key_hash = make_api_key(crypto)
    row = ApiKey(
        org_id=principal.org_id, created_by=principal.user_id, prefix=prefix, key_hash=key_hash, **wanted.model_dump()
    )
    uow.session.add(row)
    await uow.session.flush()
    await uow.session.refresh(row)
    await audit(uow, principal, action="api_key.create", kind="api_key", object_id=row.id, name=row.name,
                after=ApiKeyRead.model_validate(row).model_dump(mode="json"))  # fmt: skip
    return row, key


def key_tag(row: ApiKey) -> str:
    """Its ETag."""
    return content_etag(ApiKeyRead.model_validate(row))


async def get_key(uow: UnitOfWork, principal: Principal, key_id: UUID, *, for_change: bool = False) -> ApiKey:
    """One of the organisation's keys.

    Raises:
        NotFound: Not there.
    """
    row = await repository.find_key(uow.session, principal, key_id, for_change=for_change)
    if row is None:
        raise NotFound("There is no such API key.")
    return row


async def delete_key(uow: UnitOfWork, principal: Principal, key_id: UUID, if_match: str | None = None) -> None:
    """Ends an API key at once.

    Raises:
        Stale: It is not the key that was read.
    """
    row = await get_key(uow, principal, key_id, for_change=True)
    await require_match(uow, if_match, key_tag(row), kind="api_key", object_id=key_id)
    await uow.session.delete(row)
    await uow.session.flush()
    await audit(uow, principal, action="api_key.delete", kind="api_key", object_id=key_id, name=row.name,
                before=ApiKeyRead.model_validate(row).model_dump(mode="json"))  # fmt: skip


def _whose(principal: Principal) -> UUID:
    if principal.user_id is None:
        raise Forbidden("An API key has no preferences.", hint="Log in as a user.")
    return principal.user_id


async def preferences(uow: UnitOfWork, principal: Principal) -> Preferences:
    """How this user wants the page; empty at first.

    Raises:
        Forbidden: It is an API key that asks.
    """
    row = await repository.find_preferences(uow.session, _whose(principal))
    return Preferences(document=row.document if row else {})


async def save_preferences(
    uow: UnitOfWork, principal: Principal, wanted: Preferences, if_match: str | None
) -> Preferences:
    """Keeps how this user wants the page.

    Raises:
        Forbidden: It is an API key that asks.
        Stale: Another window of theirs saved something meanwhile.
    """
    user_id = _whose(principal)
    row = await repository.find_preferences(uow.session, user_id, for_change=True)
    before = Preferences(document=row.document if row else {})
    await require_match(uow, if_match, content_etag(before), kind="preferences", object_id=user_id)
    if row is None:
        uow.session.add(UserPreferences(user_id=user_id, document=wanted.document))
    else:
        row.document, row.updated_at = wanted.document, clock.now()
    await audit(
        uow, principal, action="preferences.update", kind="preferences", object_id=user_id,
        after={"names": sorted(wanted.document)},
    )  # fmt: skip
    return wanted
