"""Who may hear of what: the same rules as for reading the thing itself over REST.

An event is heard by those of its organisation and location who have the scope of its group. Staff hear of calls,
recordings and voicemail of their own extensions only. What happens to a phone or a trunk belongs to the organisation
that has configured it; a node belongs to nobody, so only installation admins hear of it, and of phones and trunks that
nobody has configured any more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.objects import door as objects
from controlplane.platform.auth import Principal
from controlplane.platform.event_log import EventRow, Position
from controlplane.realtime.messages import EventMessage

SCOPES: Mapping[str, str] = {
    "call": "calls:read",
    "recording": "recordings:read",
    "voicemail": "voicemails:read",
    "transcript": "recordings:read",
    "config": "config:read",
    "device": "devices:read",
    "trunk": "trunks:read",
    "node": "nodes:read",
    "queue": "queues:read",
    "member": "queues:read",
}
"""The scope that a group of events takes. A group that is not here is heard by nobody."""

_ALSO: Mapping[str, str] = {"config.applied": "calls:control"}
"""Events that a second scope lets hear, too: a browser phone looks anew at what it may do, and it tells no more."""

_OWN = frozenset({"call", "recording", "voicemail", "transcript"})
"""Groups of which staff hear their own only."""

Owners = Mapping[UUID | str, tuple[UUID, UUID | None]]


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event as it is told, and whom it concerns.

    Attributes:
        position: Its place in the log.
        text: The message, ready to be sent.
        scopes: One of these a listener needs; none: nobody may hear it.
        org_id: Whose it is; None: only installation admins.
        extension_ids: Whose own it is, where that matters.
    """

    position: Position
    text: str
    scopes: frozenset[str]
    org_id: UUID | None
    location_id: UUID | None
    extension_ids: frozenset[UUID] | None

    def concerns(self, principal: Principal) -> bool:
        """Whether this listener may hear of it."""
        if not any(principal.may(scope) for scope in self.scopes):
            return False
        if self.org_id is None:
            return principal.installation_admin
        if self.org_id != principal.org_id:
            return False
        if self.location_id is not None and principal.location_ids is not None:
            return self.location_id in principal.location_ids and self._is_own_of(principal)
        return self._is_own_of(principal)

    def _is_own_of(self, principal: Principal) -> bool:
        if self.extension_ids is None or principal.own_extension_ids is None:
            return True
        return bool(self.extension_ids & principal.own_extension_ids)


async def prepare(session: AsyncSession, rows: Sequence[EventRow]) -> list[LoggedEvent]:
    """Rows of the log as they are told; one more query if phones or trunks are among them."""
    owners = await _owners(session, rows)
    return [_logged(row, owners) for row in rows]


def _logged(row: EventRow, owners: Owners) -> LoggedEvent:
    group = row.name.partition(".")[0]
    scope = SCOPES.get(group)
    if group == "transcript" and row.payload.get("voicemail_id"):
        scope = "voicemails:read"
    org_id, location_id = row.org_id, row.location_id
    if org_id is None and (key := _key(row)) is not None:
        org_id, location_id = owners.get(key, (None, None))
    message = EventMessage(
        id=row.id, name=row.name, subject=row.subject, location_id=location_id, occurred_at=row.occurred_at,
        data=row.payload,
    )  # fmt: skip
    return LoggedEvent(
        position=Position(row.tx, row.id),
        text=message.model_dump_json(),
        scopes=frozenset(one for one in (scope, _ALSO.get(row.name)) if one),
        org_id=org_id,
        location_id=location_id,
        extension_ids=_extensions(row.payload) if group in _OWN else None,
    )


def _extensions(payload: Mapping[str, Any]) -> frozenset[UUID]:
    return frozenset(UUID(one) for one in payload.get("extension_ids", ()))


def _key(row: EventRow) -> UUID | str | None:
    """How the object that an event of a node is about is named: a trunk by its id, a phone by its SIP user name."""
    group = row.name.partition(".")[0]
    if group == "device":
        return f"device:{row.subject}"
    if group == "trunk":
        try:
            return UUID(row.subject.removeprefix("trunk-"))
        except ValueError:
            return None
    return None


async def _owners(session: AsyncSession, rows: Iterable[EventRow]) -> Owners:
    keys = {key for row in rows if row.org_id is None and (key := _key(row)) is not None}
    if not keys:
        return {}
    return await objects.owners_of(
        session,
        ids=[key for key in keys if isinstance(key, UUID)],
        global_keys=[key for key in keys if isinstance(key, str)],
    )
