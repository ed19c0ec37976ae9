"""What members of queues do."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from controlplane.platform.events import Event


class MemberUpdated(Event):
    """A member of a queue logged in or out, paused, rings, talks or rests. Subject: the queue's id."""

    name: ClassVar[str] = "member.updated"

    extension_id: UUID
    state: str
    reason: str
    since: AwareDatetime
