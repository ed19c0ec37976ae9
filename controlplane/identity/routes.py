"""HTTP: logging in, organisations, locations, people and rights; `login_routes` has sessions, keys, the audit log."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from controlplane.identity import access, login_routes, people, repository, service
from controlplane.identity.cookie import RefreshCookie, forget_cookie, into_cookie
from controlplane.identity.door import CallerDep, LoggedIn, requires
from controlplane.identity.rights import expanded
from controlplane.identity.schemas import (
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
    Tokens,
    UserCreated,
    UserPatch,
    UserRead,
    UserWrite,
)
from controlplane.platform.auth import Principal
from controlplane.platform.etag import IfMatch, tagged
from controlplane.platform.listing import FilterText, ListQuery, Page, list_query
from controlplane.platform.services import ServicesDep, Uow

router = APIRouter(tags=["identity"])
List = Annotated[ListQuery, Depends(list_query)]
Filter = Annotated[FilterText | None, Query()]


@router.post("/auth/login")
async def log_in(
    wanted: LoginRequest, services: ServicesDep, caller: CallerDep, request: Request, response: Response
) -> Tokens:
    """Opens a session. Ten tries a minute for one address and user."""
    tokens = await access.log_in(services, wanted.email, wanted.password.get_secret_value(), caller)
    return into_cookie(request, response, tokens) if wanted.cookie else tokens


@router.post("/auth/refresh")
async def refresh(
    wanted: RefreshRequest,
    services: ServicesDep,
    caller: CallerDep,
    request: Request,
    response: Response,
    cookie: RefreshCookie = None,
) -> Tokens:
    """New tokens for the newest refresh token, from the body or from a browser's cookie; each is good once.

    A cookie's token gives the same answer again for ten seconds, as long as the new one was not used: a page that is
    reloaded loses answers.
    """
    token = wanted.refresh_token or cookie or ""
    tokens = await access.refresh(services, token, caller, grace=wanted.refresh_token is None)
    return tokens if wanted.refresh_token else into_cookie(request, response, tokens)


@router.post("/auth/logout", status_code=204)
async def log_out(
    wanted: RefreshRequest, uow: Uow, services: ServicesDep, response: Response, cookie: RefreshCookie = None
) -> None:
    """Ends the session of this refresh token, its access tokens included."""
    await access.log_out(uow, services.crypto, wanted.refresh_token or cookie or "")
    forget_cookie(response)


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


@router.post("/organizations", status_code=201)
async def create_organization(
    wanted: OrganizationWrite,
    uow: Uow,
    principal: Annotated[Principal, Depends(requires("organizations:write"))],
    response: Response,
) -> OrganizationRead:
    """Makes an organisation; work in it with the header `X-Organization`."""
    row = await service.create_organization(uow, principal, wanted)
    return tagged(response, OrganizationRead.model_validate(row))


@router.get("/organizations/{org_id}")
async def get_organization(
    response: Response, org_id: UUID, uow: Uow, principal: Annotated[Principal, Depends(requires("organizations:read"))]
) -> OrganizationRead:
    """An organisation."""
    row = await service.get_organization(uow, principal, org_id)
    return tagged(response, OrganizationRead.model_validate(row))


@router.patch("/organizations/{org_id}")
async def rename_organization(
    org_id: UUID,
    wanted: OrganizationWrite,
    uow: Uow,
    principal: Annotated[Principal, Depends(requires("organizations:write"))],
    if_match: IfMatch,
    response: Response,
) -> OrganizationRead:
    """Gives an organisation another name."""
    row = await service.rename_organization(uow, principal, org_id, wanted, if_match)
    return tagged(response, OrganizationRead.model_validate(row))


@router.delete("/organizations/{org_id}", status_code=204)
async def delete_organization(
    org_id: UUID,
    uow: Uow,
    principal: Annotated[Principal, Depends(requires("organizations:write"))],
    if_match: IfMatch,
) -> None:
    """Removes an empty organisation."""
    await service.delete_organization(uow, principal, org_id, if_match)


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


@router.post("/locations", status_code=201)
async def create_location(
    wanted: LocationWrite,
    uow: Uow,
    principal: Annotated[Principal, Depends(requires("locations:write"))],
    response: Response,
) -> LocationRead:
    """Makes a location."""
    row = await service.create_location(uow, principal, wanted)
    return tagged(response, LocationRead.model_validate(row))


@router.get("/locations/{location_id}")
async def get_location(
    response: Response,
    location_id: UUID,
    uow: Uow,
    principal: Annotated[Principal, Depends(requires("locations:read"))],
) -> LocationRead:
    """A location."""
    row = await service.get_location(uow, principal, location_id)
    return tagged(response, LocationRead.model_validate(row))


@router.patch("/locations/{location_id}")
async def change_location(
    location_id: UUID,
    patch: LocationPatch,
    uow: Uow,
    principal: Annotated[Principal, Depends(requires("locations:write"))],
    if_match: IfMatch,
    response: Response,
) -> LocationRead:
    """Changes a location; its phones follow with the next release."""
    row = await service.change_location(uow, principal, location_id, patch, if_match)
    return tagged(response, LocationRead.model_validate(row))


@router.delete("/locations/{location_id}", status_code=204)
async def delete_location(
    location_id: UUID,
    uow: Uow,
    principal: Annotated[Principal, Depends(requires("locations:write"))],
    if_match: IfMatch,
) -> None:
    """Removes a location nothing belongs to any more."""
    await service.delete_location(uow, principal, location_id, if_match)


@router.get("/roles")
async def list_roles(uow: Uow, principal: Annotated[Principal, Depends(requires("roles:read"))]) -> Page[RoleRead]:
    """The built-in roles, then the organisation's own; always all of them."""
    return Page(items=await service.all_roles(uow, principal), next_cursor=None)


@router.post("/roles", status_code=201)
async def create_role(
    wanted: RoleWrite,
    uow: Uow,
    principal: Annotated[Principal, Depends(requires("roles:write"))],
    response: Response,
) -> RoleRead:
    """Makes a role out of scopes that one has oneself."""
    row = await service.create_role(uow, principal, wanted)
    return tagged(response, RoleRead.model_validate(row))


@router.get("/roles/{role_id}")
async def get_role(
    response: Response, role_id: UUID, uow: Uow, principal: Annotated[Principal, Depends(requires("roles:read"))]
) -> RoleRead:
    """A role of the organisation's own."""
    row = await service.get_role(uow, principal, role_id)
    return tagged(response, RoleRead.model_validate(row))


@router.patch("/roles/{role_id}")
async def change_role(
    role_id: UUID,
    patch: RolePatch,
    uow: Uow,
    principal: Annotated[Principal, Depends(requires("roles:write"))],
    if_match: IfMatch,
    response: Response,
) -> RoleRead:
    """Changes a role, at once for everybody who has it."""
    row = await service.change_role(uow, principal, role_id, patch, if_match)
    return tagged(response, RoleRead.model_validate(row))


@router.delete("/roles/{role_id}", status_code=204)
async def delete_role(
    role_id: UUID,
    uow: Uow,
    principal: Annotated[Principal, Depends(requires("roles:write"))],
    if_match: IfMatch,
) -> None:
    """Removes a role nobody has."""
    await service.delete_role(uow, principal, role_id, if_match)


@router.get("/users")
async def list_users(
    uow: Uow,
    query: List,
    principal: Annotated[Principal, Depends(requires("users:read"))],
    email: Filter = None,
    role: Filter = None,
    q: Annotated[FilterText | None, Query(description="A part of the name or address.")] = None,
) -> Page[UserRead]:
    """People at the user's locations; everybody for those with rights everywhere."""
    rows, cursor, total = await repository.users_page(uow.session, principal, query, email=email, role=role, part=q)
    roles = {own.id: own for own in await repository.own_roles(uow.session, principal.org_id)}
    items = [people.user_read(user, roles.get(user.role_id)) for user in rows]
    return Page(items=items, next_cursor=cursor, total=total)


@router.post("/users", status_code=201)
async def create_user(
    wanted: UserWrite,
    uow: Uow,
    principal: Annotated[Principal, Depends(requires("users:write"))],
    response: Response,
) -> UserCreated:
    """Makes a user, with no more rights than one has oneself."""
    user, role, password = await people.create_user(uow, principal, wanted)
    shown = tagged(response, people.user_read(user, role))
    return UserCreated(**shown.model_dump(), password=password)


@router.get("/users/{user_id}")
async def get_user(
    response: Response, user_id: UUID, uow: Uow, principal: Annotated[Principal, Depends(requires("users:read"))]
) -> UserRead:
    """A user."""
    return tagged(response, people.user_read(*await people.get_user(uow, principal, user_id)))


@router.patch("/users/{user_id}")
async def change_user(
    user_id: UUID,
    patch: UserPatch,
    uow: Uow,
    principal: Annotated[Principal, Depends(requires("users:write"))],
    if_match: IfMatch,
    response: Response,
) -> UserRead:
    """Changes a user; who is disabled is out at once."""
    changed = await people.change_user(uow, principal, user_id, patch, if_match)
    return tagged(response, people.user_read(*changed))


@router.delete("/users/{user_id}", status_code=204)
async def delete_user(
    user_id: UUID,
    uow: Uow,
    principal: Annotated[Principal, Depends(requires("users:write"))],
    if_match: IfMatch,
) -> None:
    """Removes a user, their logins and API keys."""
    await people.delete_user(uow, principal, user_id, if_match)


@router.post("/users/{user_id}/reset-password")
async def reset_password(
    user_id: UUID, uow: Uow, principal: Annotated[Principal, Depends(requires("users:write"))]
) -> NewPassword:
    """A made-up password for a user who forgot theirs; their logins end."""
    return NewPassword(password=await people.reset_password(uow, principal, user_id))


router.include_router(login_routes.router)
