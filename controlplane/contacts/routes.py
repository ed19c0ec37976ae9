"""People by number, over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from controlplane.ascode import door as ascode
from controlplane.ascode.schemas import SHOWN, ImportJobRead, ImportRead, OnExisting
from controlplane.contacts import importing, queries, service, table
from controlplane.contacts.queries import ContactFilter
from controlplane.contacts.schemas import Contact, ContactPatch, ContactWrite
from controlplane.identity.door import audit, requires
from controlplane.kit.e164 import Number
from controlplane.platform.auth import Principal
from controlplane.platform.body_limit import read_body
from controlplane.platform.etag import IfMatch, etag
from controlplane.platform.listing import FilterText, ListQuery, Page, list_query
from controlplane.platform.services import ServicesDep, Uow

router = APIRouter(prefix="/contacts", tags=["contacts"])

Reader = Annotated[Principal, Depends(requires("contacts:read"))]
Writer = Annotated[Principal, Depends(requires("contacts:write"))]

_TABLE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}, "description": "The table."}}
_LATER: dict[int | str, dict[str, Any]] = {
    202: {"model": ImportJobRead, "description": "Large: it is imported in the background."}
}
_CSV = {"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}}}


def contact_filter(
    q: Annotated[
        FilterText | None,
        Query(max_length=100, description="Parts of name, company, e-mail or number."),
    ] = None,
    tag: Annotated[FilterText | None, Query(max_length=40)] = None,
    number: Annotated[
        list[Number] | None, Query(max_length=200, description="Who has one of these numbers, E.164 each.")
    ] = None,
) -> ContactFilter:
    """Dependency: what a list of contacts is narrowed to."""
    return ContactFilter(q, tag, number)


Wanted = Annotated[ContactFilter, Depends(contact_filter)]


@router.get("")
async def list_contacts(
    uow: Uow, principal: Reader, wanted: Wanted, query: Annotated[ListQuery, Depends(list_query)]
) -> Page[Contact]:
    """People outside whom calls are with; sorted by `name`, `company`, `updated_at` or `created_at`."""
    rows, cursor, total = await queries.contacts_page(uow.session, principal, wanted, query)
    return Page(items=await service.reads(uow, rows), next_cursor=cursor, total=total)


@router.post("", status_code=201)
async def create_contact(wanted: ContactWrite, uow: Uow, principal: Writer, response: Response) -> Contact:
    """Makes a contact. Calls with its numbers name it from now on, those of the past too.

    A number is one person's: one that somebody else has is answered with 409, and whose it is.
    """
    return _tagged(response, await service.create(uow, principal, wanted))


@router.get("/export.csv", response_class=StreamingResponse, responses=_TABLE)
async def export_contacts(uow: Uow, services: ServicesDep, principal: Writer, wanted: Wanted) -> StreamingResponse:
    """The contacts of a filter as CSV, all of them, by name, in the columns of an import; for those who change them.

    Cells that a spreadsheet would take for a formula begin with an apostrophe; an import takes it off again.
    """
    told = {"q": wanted.q, "tag": wanted.tag, "numbers": wanted.numbers}
    after = {name: value for name, value in told.items() if value is not None}
    await audit(uow, principal, action="contact.export", kind="contact", after=after)
    return StreamingResponse(
        table.lines(services, principal, wanted), media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{table.FILE}"'},
    )  # fmt: skip


@router.post("/import", responses=_LATER, openapi_extra=_CSV)
async def import_contacts(
    services: ServicesDep,
    principal: Writer,
    request: Request,
    response: Response,
    dry_run: Annotated[bool, Query(description="Check everything and change nothing.")] = False,
    on_existing: Annotated[OnExisting, Query(description="What is done to what is here.")] = OnExisting.UPDATE,
) -> ImportRead | ImportJobRead:
    """Makes and changes contacts by a table: CSV as the body, columns by the names of the fields.

    A row is about the contact of its `id`, else about the one that has a number of it. Empty cells leave fields as they
    are. All rows are taken in or none; wrong ones are told by row and column. A large file is answered with 202 and
    imported in the background: `GET config/imports/{id}`.
    """
    content = await read_body(request, ascode.MAX_TABLE)
    skip = on_existing is OnExisting.SKIP
    if len(content) > ascode.LONG_IMPORT:
        async with services.uow() as uow:
            started = await ascode.import_later(
                services, uow, principal, table.NAME, content, job=importing.JOB, dry_run=dry_run, skip=skip
            )
        response.status_code = 202
        response.headers["Location"] = f"/api/v1/config/imports/{started.id}"
        return started
    try:
        return await importing.import_table(services, principal, content, dry_run=dry_run, skip=skip)
    except ascode.ImportRefused as err:
        if not dry_run:
            raise
        return ImportRead(ok=False, dry_run=True, problems=err.problems[:SHOWN])


@router.get("/{contact_id}")
async def get_contact(contact_id: UUID, uow: Uow, principal: Reader, response: Response) -> Contact:
    """One contact."""
    (found,) = await service.reads(uow, [await service.get(uow, principal, contact_id)])
    return _tagged(response, found)


@router.patch("/{contact_id}")
async def change_contact(
    contact_id: UUID, patch: ContactPatch, uow: Uow, principal: Writer, if_match: IfMatch, response: Response
) -> Contact:
    """Changes a contact."""
    return _tagged(response, await service.change(uow, principal, contact_id, patch, if_match))


@router.delete("/{contact_id}", status_code=204)
async def delete_contact(contact_id: UUID, uow: Uow, principal: Writer, if_match: IfMatch) -> None:
    """Forgets a contact. Calls with its numbers stay; they show what the caller's side sent again."""
    await service.remove(uow, principal, contact_id, if_match)


def _tagged(response: Response, contact: Contact) -> Contact:
    response.headers["ETag"] = etag(contact.version)
    return contact
