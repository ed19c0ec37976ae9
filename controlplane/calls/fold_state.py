"""What is known of a call while its facts are taken: the state that `fold` writes and `finishing` reads."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from controlplane.calls.legs import Leg, Legs
from controlplane.calls.reading import CelRow
from controlplane.calls.record import FoldedCall
from controlplane.calls.spans import Span


@dataclass(eq=False)
class FoldState:
    """One call, as far as its facts have told it."""

    call: FoldedCall
    legs: Legs = field(default_factory=Legs)
    place: tuple[str, UUID | None] | None = None
    """Where the caller is: kind and id of the destination."""
    place_why: str | None = None
    ended_by: str = ""
    """Who hung up: a channel, `dialplan/…`, or unknown."""
    caller_cause: int | None = None
    """Q.850 cause of the caller's channel."""
    dial_status: str | None = None
    queue_since: tuple[UUID | None, datetime] | None = None
    """The line that the caller waits in now."""
    queue_left: bool = False
    waits: list[Span] = field(default_factory=list)
    queues: list[tuple[datetime, UUID]] = field(default_factory=list)
    outbound: CelRow | None = None
    """The carrier asked last."""
    message_left: bool = False
    newest: datetime | None = None
    cdr_ids: dict[str, datetime] = field(default_factory=dict)
    joined: set[str] = field(default_factory=set)
    """Linkedids of the calls that an attended transfer made part of this one."""
    left_behind: set[str] = field(default_factory=set)
    """The transferer's channels."""
    other_end: datetime | None = None
    """When Asterisk ended the joined call's linkedid."""
    given_away: datetime | None = None
    """When this call became part of another."""

    def leave_queue(self, at: datetime) -> None:
        """The caller waits no longer, whatever the reason."""
        if self.queue_since is not None:
            self.waits.append((self.queue_since[1], at))
            self.queue_since = None

    def real_legs(self) -> list[Leg]:
        """All but Asterisk's own halves of Local channels."""
        return [leg for leg in self.legs.by_id.values() if not leg.is_local]

    def tell(self, at: datetime, what: str, where: dict[str, Any] | None, why: str | None, **more: Any) -> None:
        """A line of the timeline."""
        details = {key: value for key, value in more.items() if value is not None}
        self.call.timeline.append({"at": at.isoformat(), "what": what, "where": where, "why": why, **details})

    def tell_row(self, row: CelRow, what: str, where: dict[str, Any] | None, why: str | None, **more: Any) -> None:
        """What the dialplan itself told, with the place at which it did."""
        self.tell(row.at, what, where, why, **more, dialplan=row.dialplan)

    def flag(self, what: str, at: datetime | None, detail: str) -> None:
        """Something that does not fit: kept beside the record."""
        self.call.flags.append({"what": what, "at": at and at.isoformat(), "detail": detail[:200]})
