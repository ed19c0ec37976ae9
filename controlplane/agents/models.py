"""What nodes last told of the members of queues."""

import uuid
from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from controlplane.platform.db import Base


class QueueMemberState(Base):
    """A member of a queue as its node's Asterisk sees it now. The next word of the node replaces it.

    Attributes:
        device: What its phones do, see `protocol.link.MemberDevice`.
        paused: It gets no calls of this queue.
        reason: Why it is paused; `controlplane.agents.schemas.LOGGED_OUT` for who is logged out.
        since: When device or pause last changed.
        last_call_at: When its last call of this queue ended.
        wrap_up_s: How long it rests after a call; 0: as its queue has it.
    """

    __tablename__ = "queue_member_states"

    queue_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    extension_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    node: Mapped[str] = mapped_column(Text, index=True)
    device: Mapped[str] = mapped_column(Text)
    paused: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime]
    last_call_at: Mapped[datetime | None]
    wrap_up_s: Mapped[int]
