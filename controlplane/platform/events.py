"""Domain events: what happened, in the past tense, written beside the change itself."""

from typing import Any, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from controlplane.kit import clock


class Event(BaseModel):
    """Base of all events. ``name`` is what WebSocket listeners and webhooks see, such as ``call.ended``.

    Attributes:
        org_id: Whose event it is; None for node-wide happenings.
        subject: Id of the thing it is about, as text.
        location_id: Where it happened, so that listeners with few locations see only theirs.
        occurred_at: When it happened in the world (not when we heard of it).
    """

    model_config = ConfigDict(frozen=True)
    name: ClassVar[str]
    version: ClassVar[int] = 1

    org_id: UUID | None
    subject: str
    location_id: UUID | None = None
    occurred_at: AwareDatetime = Field(default_factory=clock.now)

    def payload(self) -> dict[str, Any]:
        """The event's own fields as JSON values."""
        return self.model_dump(mode="json", exclude={"org_id", "subject", "location_id", "occurred_at"})
