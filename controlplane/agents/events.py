"""What members of queues do."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from controlplane.platform.events import Event


class MemberUpdated(Event):
    """A member of a queue logged in or out, paused, rings or talks. Subject: the queue's id.

    Its rest after a call is not told: `queues/live` says until when it lasts.
    """

    name: ClassVar[str] = "member.updated"

    extension_id: UUID
    state: str
    reason: str
    since: AwareDatetime
