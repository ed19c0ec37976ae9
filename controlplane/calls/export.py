"""Calls as a table (CSV) for spreadsheets, page by page: a million calls take time, not memory."""

from collections.abc import AsyncIterator
from uuid import UUID

from controlplane.calls import queries, service
from controlplane.calls.models import Call
from controlplane.calls.people import people_of
from controlplane.calls.queries import CallFilter
from controlplane.contacts.schemas import ContactRef
from controlplane.identity.door import load_locations
from controlplane.kit.text import table_lines
from controlplane.platform.auth import Principal
from controlplane.platform.listing import ListQuery
from controlplane.platform.services import Services

HEAD = (
    "id", "started_at", "direction", "status", "caller_number", "caller_name", "dialed_number", "location", "queue",
    "extension", "ring_s", "wait_s", "talk_s", "duration_s", "hangup_cause", "tags", "outcome", "notes",
    "contact",
)  # fmt: skip
_PAGE = 1000


async def rows(services: Services, principal: Principal, wanted: CallFilter) -> AsyncIterator[str]:
    """The lines of the table, head first, newest call first; times UTC.

    Each page is a transaction of its own, so that a slow reader holds nothing back.
    """
    yield table_lines([HEAD])
    async with services.uow() as uow:
        places = {one.id: one.name for one in await load_locations(uow.session, org_ids=[principal.org_id])}
    cursor = None
    while True:
        async with services.uow() as uow:
            query = ListQuery(_PAGE, cursor, None, with_total=False)
            calls, cursor, _ = await queries.calls_page(uow.session, principal, wanted, query)
            names = await service.names_of(uow, calls)
            people = await people_of(uow, principal, calls)
        yield table_lines([_row(call, {**names, **places}, people.get(call.id)) for call in calls])
        if cursor is None:
            return


def _row(call: Call, names: dict[UUID, str], contact: ContactRef | None) -> list[str]:
    def name(id_: UUID | None) -> str:
        return names.get(id_, str(id_)) if id_ else ""

    cells = (
        call.id, call.started_at.isoformat(), call.direction, call.status, call.caller_number, call.caller_name,
        call.dialed_number, name(call.location_id), name(call.queue_id), name(call.extension_id), call.ring_s,
        call.wait_s, call.talk_s, call.duration_s, call.hangup_cause, ", ".join(call.tags), call.outcome, call.notes,
        contact and contact.name,
    )  # fmt: skip
    return ["" if cell is None else str(cell) for cell in cells]
