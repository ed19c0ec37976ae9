"""Tables of telephony."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from controlplane.platform.db import Base


class SoundRow(Base):
    """A sound that was made from a text or an upload, or the reason why it could not be.

    Attributes:
        key: As `configuration.sound_key` says. Texts are shared by all who say the same.
        voice: Engine and version that spoke it; ``upload`` for audio from people. Another voice speaks it anew.
        state: ``ready`` or ``failed``; what has no row yet is pending.
        files: SHA-256 of the blob by format: ``wav`` 8 kHz, ``wav16`` 16 kHz, both 16 bit mono.
        duration_ms: How long it plays.
        error: Why it failed, for people.
    """

    __tablename__ = "sounds"
    __table_args__ = (CheckConstraint("state IN ('ready', 'failed')", name="state"),)

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    voice: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    files: Mapped[dict[str, Any]]
    duration_ms: Mapped[int]
    error: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
