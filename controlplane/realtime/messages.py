"""What goes over the WebSocket ``/api/v1/events``; all of it as JSON text."""

from typing import Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from controlplane.calls.door import LiveCall


class SnapshotMessage(BaseModel):
    """The first message to a listener without ``?after``: the calls that go on now.

    ``as_of`` is the id of the last event before. Events that follow carry a call's whole state and may repeat what the
    snapshot holds: put each call in by its id while its status is ``live``, take it out when it is anything else.
    """

    type: Literal["snapshot"] = "snapshot"
    as_of: int
    live_calls: list[LiveCall]


class EventMessage(BaseModel):
    """Something happened. ``?after=`` with the ``id`` of the last message received goes on behind it.

    Ids name events; they don't always rise. ``subject`` is the id of the thing, ``data`` the event's own fields.
    """

    type: Literal["event"] = "event"
    id: int
    name: str
    subject: str
    location_id: UUID | None
    occurred_at: AwareDatetime
    data: dict[str, Any]


class PingMessage(BaseModel):
    """Nothing happened for a while, and the stream is well."""

    type: Literal["ping"] = "ping"
