"""HTTP: logins that hold, API keys, and the audit log."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime
from sqlalchemy import ColumnElement

from controlplane.identity import people, repository
from controlplane.identity.door import LoggedIn, requires
from controlplane.identity.schemas import ApiKeyCreated, ApiKeyRead, ApiKeyWrite, AuditRead, Preferences, SessionRead
from controlplane.kit import clock
from controlplane.platform.auth import Principal
from controlplane.platform.etag import IfMatch, tagged
from controlplane.platform.listing import FilterText, ListQuery, Page, list_query
from controlplane.platform.services import ServicesDep, Uow

router = APIRouter()
List = Annotated[ListQuery, Depends(list_query)]
Filter = Annotated[FilterText | None, Query()]


@router.get("/auth/me/preferences")
async def read_preferences(uow: Uow, principal: LoggedIn, response: Response) -> Preferences:
    """How one wants the page: saved views, columns and the like."""
    return tagged(response, await people.preferences(uow, principal))


@router.put("/auth/me/preferences")
async def save_preferences(
    wanted: Preferences, uow: Uow, principal: LoggedIn, if_match: IfMatch, response: Response
) -> Preferences:
    """Keeps them, whole."""
    return tagged(response, await people.save_preferences(uow, principal, wanted, if_match))


@router.get("/sessions")
async def list_sessions(uow: Uow, query: List, principal: LoggedIn, user_id: UUID | None = None) -> Page[SessionRead]:
    """One's own logins; with `sessions:read` everybody's. An API key has none of its own."""
    if principal.user_id is None:
        principal.require("sessions:read")
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
    shown = tagged(response, ApiKeyRead.model_validate(row))
    return ApiKeyCreated(**shown.model_dump(), key=key)


@router.get("/api-keys/{key_id}")
async def get_key(
    response: Response, key_id: UUID, uow: Uow, principal: Annotated[Principal, Depends(requires("api-keys:read"))]
) -> ApiKeyRead:
    """An API key, without the key."""
    return tagged(response, ApiKeyRead.model_validate(await people.get_key(uow, principal, key_id)))


@router.delete("/api-keys/{key_id}", status_code=204)
async def delete_key(
    key_id: UUID,
    uow: Uow,
    principal: Annotated[Principal, Depends(requires("api-keys:write"))],
    if_match: IfMatch,
) -> None:
    """Ends an API key at once."""
    await people.delete_key(uow, principal, key_id, if_match)


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
