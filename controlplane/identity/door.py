"""What other slices may use of identity: who asks, what they may do, the audit log, the places."""

import re
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.identity import people, repository
from controlplane.identity.access import Caller, principal_of_token
from controlplane.identity.audit import AuditEntry, audit, audit_many, audit_once, system_principal
from controlplane.identity.extensions import knows_extensions
from controlplane.identity.first_start import ensure_first_admin
from controlplane.identity.matching import require_match
from controlplane.identity.people import create_user
from controlplane.identity.rights import INSTALLATION_SCOPES, SCOPES
from controlplane.identity.schemas import (
    FirstAdmin,
    LocationInfo,
    LocationRead,
    OrganizationInfo,
    UserPatch,
    UserRead,
    UserWrite,
)
from controlplane.identity.service import change_location, create_location, delete_location, get_organization
from controlplane.kit.ids import new_id
from controlplane.platform.auth import Principal
from controlplane.platform.problem import Forbidden, NotFound, Unauthorized
from controlplane.platform.services import Services, ServicesDep, Uow
from controlplane.platform.uow import UnitOfWork

__all__ = [
    "AuditEntry",
    "CallerDep",
    "FirstAdmin",
    "LocationInfo",
    "LocationRead",
    "LoggedIn",
    "OrganizationInfo",
    "UserRead",
    "UserWrite",
    "audit",
    "audit_many",
    "audit_once",
    "change_location",
    "create_location",
    "create_user",
    "delete_location",
    "disable_user",
    "ensure_first_admin",
    "get_organization",
    "home_nodes",
    "knows_extensions",
    "list_users",
    "load_locations",
    "load_organizations",
    "locations_mark",
    "own_extensions",
    "principal_from_token",
    "read_locations",
    "require_match",
    "requires",
    "system_principal",
]

_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
_bearer = HTTPBearer(auto_error=False, description="An access token from `auth/login`, or an API key.")


def get_caller(
    request: Request,
    user_agent: Annotated[str, Header(max_length=2000)] = "",
    x_request_id: Annotated[str, Header(max_length=200)] = "",
) -> Caller:
    """What the connection tells of the request. A sensible ``X-Request-ID`` is kept, else one is made."""
    request_id = x_request_id if _REQUEST_ID.match(x_request_id) else str(new_id())
    return Caller(request.client.host if request.client else None, user_agent, request_id)


CallerDep = Annotated[Caller, Depends(get_caller)]


async def get_principal(
    uow: Uow,
    services: ServicesDep,
    caller: CallerDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    x_organization: Annotated[
        UUID | None, Header(description="Work in this organisation instead of one's own; installation admins only.")
    ] = None,
) -> Principal:
    """Who makes this request. Their session or key is looked up every time: who is shut out is out at once.

    Raises:
        Unauthorized: Nobody, or no longer anybody.
        NotFound: ``X-Organization`` names none that this user may work in.
    """
    if credentials is None:
        raise Unauthorized("This needs a login.", hint="Send the header Authorization: Bearer <access token>.")
    principal = await principal_of_token(uow, services.crypto, credentials.credentials, caller)
    return await _working_in(uow, principal, x_organization)


async def _working_in(uow: UnitOfWork, principal: Principal, org_id: UUID | None) -> Principal:
    if org_id is None or org_id == principal.org_id:
        return principal
    await get_organization(uow, principal, org_id)
    return replace(principal, org_id=org_id)


LoggedIn = Annotated[Principal, Depends(get_principal)]


def requires(scope: str) -> Callable[[Principal], Awaitable[Principal]]:
    """A dependency that lets only those in who have the scope: ``Depends(requires("queues:write"))``.

    Raises:
        ValueError: At import, when there is no such scope (see docs/reference/rights.md).
    """
    if scope not in SCOPES:
        raise ValueError(f"no such scope: {scope}")

    async def allowed(principal: LoggedIn) -> Principal:
        principal.require(scope)
        if scope in INSTALLATION_SCOPES and not principal.installation_admin:
            raise Forbidden("This reaches over all organisations.", hint="Ask an installation admin.")
        return principal

    return allowed


async def principal_from_token(
    services: Services, token: str, ip: str | None, organization: UUID | None = None
) -> Principal:
    """Who an access token or API key stands for, where there is no ordinary request (WebSockets).

    Raises:
        Unauthorized: Unknown, expired, revoked, or its user is disabled.
        NotFound: ``organization`` is none that this user may work in.
    """
    async with services.uow() as uow:
        principal = await principal_of_token(uow, services.crypto, token, Caller(ip))
        return await _working_in(uow, principal, organization)


async def own_extensions(uow: UnitOfWork, principal: Principal) -> list[UUID]:
    """The user's own extensions, in their order; none for API keys, and none while working in another organisation."""
    if principal.user_id is None:
        return []
    found = await repository.find_user(uow.session, principal, principal.user_id)
    return list(found[0].extension_ids) if found else []


async def load_locations(session: AsyncSession, *, org_ids: Collection[UUID] | None = None) -> list[LocationInfo]:
    """Locations of these organisations, or all, by birth."""
    return await repository.location_infos(session, org_ids)


async def locations_mark(session: AsyncSession, org_id: UUID) -> int | None:
    """Differs after each change of one of an organisation's locations: whoever keeps them needn't read them again."""
    return await repository.locations_mark(session, org_id)


async def home_nodes(session: AsyncSession) -> dict[UUID, str]:
    """Each organisation's home: the node of its first location."""
    return await repository.home_nodes(session)


async def read_locations(session: AsyncSession, org_id: UUID) -> list[LocationRead]:
    """All that is stored of an organisation's locations, by birth."""
    return [LocationRead.model_validate(row) for row in await repository.load_locations(session, [org_id])]


async def load_organizations(session: AsyncSession) -> list[OrganizationInfo]:
    """Every organisation, by birth: the first is the one made at first start."""
    return [OrganizationInfo(row.id, row.name) for row in await repository.load_organizations(session)]


async def list_users(session: AsyncSession) -> list[UserRead]:
    """Everybody on this installation, by address, for the command line."""
    return [people.user_read(user, role) for user, role in await repository.load_users(session)]


async def disable_user(uow: UnitOfWork, email: str) -> UserRead:
    """Shuts a user out at once, for the command line.

    Raises:
        NotFound: Nobody has this address.
        Conflict: It is the organisation's last admin.
    """
    user = await repository.find_user_by_email(uow.session, email.strip().lower())
    if user is None:
        raise NotFound("There is no user with this e-mail address.")
    principal = replace(system_principal(user.org_id, "command line"), installation_admin=True)
    changed, role = await people.change_user(uow, principal, user.id, UserPatch(disabled=True))
    return people.user_read(changed, role)
