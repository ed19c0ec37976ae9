"""Tables of the release slice."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from controlplane.platform.db import Base, Identified, OrgOwned


class Release(OrgOwned, Base):
    """One organisation's configuration, frozen, on its journey to the nodes."""

    __tablename__ = "releases"

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True))  # for people: "release 12"
    state: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, server_default="")
    rollback_of: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("releases.id"))
    snapshot: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # snapshot.pack, sealed
    # A first release has 27,000 changes: read where they are shown, see `repository.ReleaseWords`.
    changes: Mapped[list[Any]] = mapped_column(deferred=True, deferred_raiseload=True)
    problems: Mapped[list[Any]] = mapped_column(deferred=True, deferred_raiseload=True)
    finished_at: Mapped[datetime | None]
    waves: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))  # nodes, wave by wave
    wave: Mapped[int] = mapped_column(default=0, server_default="0")  # the one under way
    wave_at: Mapped[datetime | None]  # when it began
    stopped: Mapped[str] = mapped_column(Text, default="", server_default="")  # where and why it stopped


class NodeBundle(Identified, Base):
    """What one release means for one node, and how it went there."""

    __tablename__ = "node_bundles"
    __table_args__ = (UniqueConstraint("node", "digest"),)

    release_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("releases.id"), index=True)
    includes: Mapped[list[str]]  # every organisation's release that is in it, this one among them
    node: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    manifest: Mapped[str] = mapped_column(Text, deferred=True)
    signature: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    problems: Mapped[list[Any]]
    reloads: Mapped[list[Any]]
    took_ms: Mapped[int] = mapped_column(server_default="0")
    reported_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="", server_default="")  # why nobody waits for the node
