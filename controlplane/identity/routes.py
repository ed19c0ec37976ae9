"""HTTP: logging in, organisations, locations, people, rights and the audit log."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime
from sqlalchemy import ColumnElement

from controlplane.identity import access, people, repository, service
from controlplane.identity.door import CallerDep, LoggedIn, requires
from controlplane.identity.models import Location, Organization, Role
from controlplane.identity.rights import expanded
from controlplane.identity.schemas import (
    ApiKeyCreated,
    ApiKeyRead,
    ApiKeyWrite,
    AuditRead,
    LocationPatch,
    LocationRead,
    LocationWrite,
    LoginRequest,
    Me,
    NewPassword,
    OrganizationRead,
    OrganizationWrite,
    PasswordChange,
    RefreshRequest,
    RolePatch,
    RoleRead,
    RoleWrite,
    SessionRead,
    Tokens,
    UserCreated,
    UserPatch,
    UserRead,
    UserWrite,
)
from controlplane.kit import clock
from controlplane.platform.auth import Principal
from controlplane.platform.listing import FilterText, ListQuery, Page, list_query
from controlplane.platform.services import ServicesDep, Uow

router = APIRouter(tags=["identity"])
List = Annotated[ListQuery, Depends(list_query)]
Filter = Annotated[FilterText | None, Query()]


@router.post("/auth/login")
async def log_in(wanted: LoginRequest, services: ServicesDep, caller: CallerDep) -> Tokens:
    """Opens a session. Ten tries a minute for one address and user."""
    return await access.log_in(services, wanted.email, wanted.password.get_secret_value(), caller)


@router.post("/auth/refresh")
async def refresh(wanted: RefreshRequest, services: ServicesDep, caller: CallerDep) -> Tokens:
    """New tokens for the newest refresh token; each is good once."""
    return await access.refresh(services, wanted.refresh_token, caller)


@router.post("/auth/logout", status_code=204)
async def log_out(wanted: RefreshRequest, uow: Uow, services: ServicesDep) -> None:
    """Ends the session of this refresh token, its access tokens included."""
    await access.log_out(uow, services.crypto, wanted.refresh_token)


@router.get("/auth/me")
async def me(uow: Uow, principal: LoggedIn) -> Me:
    """Who is asking, and what they may do."""
    row = await repository.user_with_role(uow.session, principal.user_id) if principal.user_id else None
    organization = await service.get_organization(uow, principal, principal.org_id)
    return Me(
        user=people.user_read(*row) if row else None,
        label=principal.label,
        org_id=organization.id,
        organization=organization.name,
        scopes=sorted(expanded(principal.scopes)),
        location_ids=None if principal.location_ids is None else sorted(principal.location_ids),
        installation_admin=principal.installation_admin,
    )


@router.post("/auth/password", status_code=204)
async def change_own_password(wanted: PasswordChange, uow: Uow, principal: LoggedIn, services: ServicesDep) -> None:
    """Changes one's own password; other logins of the user end."""
    await services.limiter.hit(access.LOGIN_LIMIT, "password", str(principal.user_id))
    await people.change_own_password(
        uow, principal, wanted.current_password.get_secret_value(), wanted.new_password.get_secret_value()
    )


@router.get("/organizations")
async def list_organizations(
    uow: Uow, query: List, principal: Annotated[Principal, Depends(requires("organizations:read"))]
) -> Page[OrganizationRead]:
    """One's own organisation; all of them for installation admins."""
    rows, cursor, total = await repository.organizations_page(uow.session, principal, query)
    return Page(items=[OrganizationRead.model_validate(row) for row in rows], next_cursor=cursor, total=total)


@router.post("/organizations", status_code=201, response_model=OrganizationRead)
async def create_organization(
    wanted: OrganizationWrite, uow: Uow, principal: Annotated[Principal, Depends(requires("organizations:write"))]
) -> Organization:
    """Makes an organisation; work in it with the header `X-Organization`."""
    return await service.create_organization(uow, principal, wanted)


@router.get("/organizations/{org_id}", response_model=OrganizationRead)
async def get_organization(
    org_id: UUID, uow: Uow, principal: Annotated[Principal, Depends(requires("organizations:read"))]
) -> Organization:
    """An organisation."""
    return await service.get_organization(uow, principal, org_id)


@router.patch("/organizations/{org_id}", response_model=OrganizationRead)
async def rename_organization(
    org_id: UUID,
    wanted: OrganizationWrite,
    uow: Uow,
    principal: Annotated[Principal, Depends(requires("organizations:write"))],
) -> Organization:
    """Gives an organisation another name."""
    return await service.rename_organization(uow, principal, org_id, wanted)


@router.delete("/organizations/{org_id}", status_code=204)
async def delete_organization(
    org_id: UUID, uow: Uow, principal: Annotated[Principal, Depends(requires("organizations:write"))]
) -> None:
    """Removes an empty organisation."""
    await service.delete_organization(uow, principal, org_id)


@router.get("/locations")
async def list_locations(
    uow: Uow,
    query: List,
    principal: Annotated[Principal, Depends(requires("locations:read"))],
    name: Filter = None,
    node: Filter = None,
) -> Page[LocationRead]:
    """The user's locations."""
    rows, cursor, total = await repository.locations_page(uow.session, principal, query, name=name, node=node)
    return Page(items=[LocationRead.model_validate(row) for row in rows], next_cursor=cursor, total=total)


@router.post("/locations", status_code=201, response_model=LocationRead)
async def create_location(
    wanted: LocationWrite, uow: Uow, principal: Annotated[Principal, Depends(requires("locations:write"))]
) -> Location:
    """Makes a location."""
    return await service.create_location(uow, principal, wanted)


@router.get("/locations/{location_id}", response_model=LocationRead)
async def get_location(
    location_id: UUID, uow: Uow, principal: Annotated[Principal, Depends(requires("locations:read"))]
) -> Location:
    """A location."""
    return await service.get_location(uow, principal, location_id)


@router.patch("/locations/{location_id}", response_model=LocationRead)
async def change_location(
    location_id: UUID,
    patch: LocationPatch,
    uow: Uow,
    principal: Annotated[Principal, Depends(requires("locations:write"))],
) -> Location:
    """Changes a location; its phones follow with the next release."""
    return await service.change_location(uow, principal, location_id, patch)


@router.delete("/locations/{location_id}", status_code=204)
async def delete_location(
    location_id: UUID, uow: Uow, principal: Annotated[Principal, Depends(requires("locations:write"))]
) -> None:
    """Removes a location nothing belongs to any more."""
    await service.delete_location(uow, principal, location_id)


@router.get("/roles")
async def list_roles(uow: Uow, principal: Annotated[Principal, Depends(requires("roles:read"))]) -> Page[RoleRead]:
    """The built-in roles, then the organisation's own; always all of them."""
    return Page(items=await service.all_roles(uow, principal), next_cursor=None)


@router.post("/roles", status_code=201, response_model=RoleRead)
async def create_role(
    wanted: RoleWrite, uow: Uow, principal: Annotated[Principal, Depends(requires("roles:write"))]
) -> Role:
    """Makes a role out of scopes that one has oneself."""
    return await service.create_role(uow, principal, wanted)


@router.get("/roles/{role_id}", response_model=RoleRead)
async def get_role(role_id: UUID, uow: Uow, principal: Annotated[Principal, Depends(requires("roles:read"))]) -> Role:
    """A role of the organisation's own."""
    return await service.get_role(uow, principal, role_id)


@router.patch("/roles/{role_id}", response_model=RoleRead)
async def change_role(
    role_id: UUID, patch: RolePatch, uow: Uow, principal: Annotated[Principal, Depends(requires("roles:write"))]
) -> Role:
    """Changes a role, at once for everybody who has it."""
    return await service.change_role(uow, principal, role_id, patch)


@router.delete("/roles/{role_id}", status_code=204)
async def delete_role(
    role_id: UUID, uow: Uow, principal: Annotated[Principal, Depends(requires("roles:write"))]
) -> None:
    """Removes a role nobody has."""
    await service.delete_role(uow, principal, role_id)


@router.get("/users")
async def list_users(
    uow: Uow,
    query: List,
    principal: Annotated[Principal, Depends(requires("users:read"))],
    email: Filter = None,
    role: Filter = None,
) -> Page[UserRead]:
    """People at the user's locations; everybody for those with rights everywhere."""
    rows, cursor, total = await repository.users_page(uow.session, principal, query, email=email, role=role)
    roles = {own.id: own for own in await repository.own_roles(uow.session, principal.org_id)}
    items = [people.user_read(user, roles.get(user.role_id)) for user in rows]
    return Page(items=items, next_cursor=cursor, total=total)


@router.post("/users", status_code=201)
async def create_user(
    wanted: UserWrite, uow: Uow, principal: Annotated[Principal, Depends(requires("users:write"))]
) -> UserCreated:
    """Makes a user, with no more rights than one has oneself."""
    user, role, password = await people.create_user(uow, principal, wanted)
    return UserCreated(**people.user_read(user, role).model_dump(), password=password)


@router.get("/users/{user_id}")
async def get_user(
    user_id: UUID, uow: Uow, principal: Annotated[Principal, Depends(requires("users:read"))]
) -> UserRead:
    """A user."""
    return people.user_read(*await people.get_user(uow, principal, user_id))


@router.patch("/users/{user_id}")
async def change_user(
    user_id: UUID, patch: UserPatch, uow: Uow, principal: Annotated[Principal, Depends(requires("users:write"))]
) -> UserRead:
    """Changes a user; who is disabled is out at once."""
    return people.user_read(*await people.change_user(uow, principal, user_id, patch))


@router.delete("/users/{user_id}", status_code=204)
async def delete_user(
    user_id: UUID, uow: Uow, principal: Annotated[Principal, Depends(requires("users:write"))]
) -> None:
    """Removes a user, their logins and API keys."""
    await people.delete_user(uow, principal, user_id)


@router.post("/users/{user_id}/reset-password")
async def reset_password(
    user_id: UUID, uow: Uow, principal: Annotated[Principal, Depends(requires("users:write"))]
) -> NewPassword:
    """A made-up password for a user who forgot theirs; their logins end."""
    return NewPassword(password=await people.reset_password(uow, principal, user_id))


@router.get("/sessions")
async def list_sessions(uow: Uow, query: List, principal: LoggedIn, user_id: UUID | None = None) -> Page[SessionRead]:
    """One's own logins; with `sessions:read` everybody's."""
    whose = user_id if principal.may("sessions:read") else principal.user_id
    rows, cursor, total = await repository.sessions_page(
        uow.session, principal, query, user_id=whose, moment=clock.now()
    )
    items = [
        SessionRead.model_validate(row).model_copy(update={"current": row.id == principal.session_id}) for row in rows
    ]
    return Page(items=items, next_cursor=cursor, total=total)


@router.delete("/sessions/{session_id}", status_code=204)
async def revoke_session(session_id: UUID, uow: Uow, principal: LoggedIn) -> None:
    """Ends a login, its access tokens included: one's own, or with `sessions:write` anybody's."""
    await people.revoke_session(uow, principal, session_id)


@router.get("/api-keys")
async def list_keys(
    uow: Uow, query: List, principal: Annotated[Principal, Depends(requires("api-keys:read"))]
) -> Page[ApiKeyRead]:
    """The organisation's API keys, without the keys."""
    rows, cursor, total = await repository.keys_page(uow.session, principal, query)
    return Page(items=[ApiKeyRead.model_validate(row) for row in rows], next_cursor=cursor, total=total)


@router.post("/api-keys", status_code=201)
async def create_key(
    wanted: ApiKeyWrite,
    uow: Uow,
    services: ServicesDep,
    response: Response,
    principal: Annotated[Principal, Depends(requires("api-keys:write"))],
) -> ApiKeyCreated:
    """Makes an API key, shown this once."""
    row, key = await people.create_key(uow, services.crypto, principal, wanted)
    response.headers["Cache-Control"] = "no-store"
    return ApiKeyCreated(**ApiKeyRead.model_validate(row).model_dump(), key=key)


@router.get("/api-keys/{key_id}")
async def get_key(
    key_id: UUID, uow: Uow, principal: Annotated[Principal, Depends(requires("api-keys:read"))]
) -> ApiKeyRead:
    """An API key, without the key."""
    return ApiKeyRead.model_validate(await people.get_key(uow, principal, key_id))


@router.delete("/api-keys/{key_id}", status_code=204)
async def delete_key(
    key_id: UUID, uow: Uow, principal: Annotated[Principal, Depends(requires("api-keys:write"))]
) -> None:
    """Ends an API key at once."""
    await people.delete_key(uow, principal, key_id)


def audit_filter(
    actor: Annotated[FilterText | None, Query(description="A part of the name.")] = None,
    action: Filter = None,
    kind: Filter = None,
    object_id: Filter = None,
    after: Annotated[AwareDatetime | None, Query(alias="from", description="Included.")] = None,
    before: Annotated[AwareDatetime | None, Query(alias="to", description="Not included.")] = None,
) -> list[ColumnElement[bool]]:
    """Which lines of the audit log are asked for."""
    return repository.audit_conditions(
        actor=actor, action=action, kind=kind, object_id=object_id, after=after, before=before
    )


@router.get("/audit-log")
async def read_audit_log(
    uow: Uow,
    query: List,
    conditions: Annotated[list[ColumnElement[bool]], Depends(audit_filter)],
    principal: Annotated[Principal, Depends(requires("audit-log:read"))],
) -> Page[AuditRead]:
    """Who changed what, newest first."""
    rows, cursor, total = await repository.audit_page(uow.session, principal, query, conditions=conditions)
    return Page(items=[AuditRead.model_validate(row) for row in rows], next_cursor=cursor, total=total)
