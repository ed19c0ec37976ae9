"""Tables of nodes."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from controlplane.platform.db import Base, Identified


class Node(Identified, Base):
    """One Asterisk machine. The row is born with its enrolment code or its first release, whichever comes first."""

    __tablename__ = "nodes"

    name: Mapped[str] = mapped_column(Text, unique=True)
    public_key: Mapped[str | None] = mapped_column(Text)  # Ed25519, base64; None until it has enrolled
    systemname: Mapped[str | None] = mapped_column(Text, unique=True)  # prefix of its call ids
    sip_address: Mapped[str | None] = mapped_column(Text)  # host:port by which other nodes call it, as set by people
    own_sip_address: Mapped[str | None] = mapped_column(Text)  # the same as it says itself
    enrolled_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    up: Mapped[bool] = mapped_column(default=False, server_default=text("false"))  # as last told by an event
    asterisk_up: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    asterisk_version: Mapped[str | None] = mapped_column(Text)
    desired_digest: Mapped[str | None] = mapped_column(Text)
    live_digest: Mapped[str | None] = mapped_column(Text)
    spool_depth: Mapped[int] = mapped_column(default=0, server_default="0")
    uploads_waiting: Mapped[int] = mapped_column(default=0, server_default="0")
    active_calls: Mapped[int] = mapped_column(default=0, server_default="0")
    disk_free_mb: Mapped[int] = mapped_column(default=0, server_default="0")
    trunks: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    registered_devices: Mapped[list[str]] = mapped_column(
        default=list, server_default=text("'[]'"), deferred=True, deferred_raiseload=True
    )  # up to 10,000: read only where they are asked for
    drift: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))  # sentences
    drift_checked_at: Mapped[datetime | None]
    refused: Mapped[str] = mapped_column(Text, default="", server_default="")  # why its requests are, as a sentence


class NodeEnrolment(Identified, Base):
    """A one-time code for a node."""

    __tablename__ = "node_enrolments"

    node_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(Text, unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class NodeCommand(Identified, Base):
    """Something a node should do now, or never."""

    __tablename__ = "node_commands"

    node_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("nodes.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    args: Mapped[dict[str, Any]]
    expires_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    ok: Mapped[bool | None]
    detail: Mapped[str] = mapped_column(Text, default="", server_default="")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))


class FactRow(Base):
    """A raw thing that happened on a node, as it was told. ``linkedid`` is empty where it is about no call."""

    __tablename__ = "facts"
    __table_args__ = (
        Index("ix_facts_node_linkedid", "node", "linkedid"),
        Index("ix_facts_node_at_of_nodes", "node", "at", postgresql_where=text("kind = 'node'")),
    )

    node: Mapped[str] = mapped_column(Text, primary_key=True)
    boot: Mapped[str] = mapped_column(Text, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    linkedid: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())


class CallToFold(Base):
    """A call with facts that its record doesn't know yet. ``linkedid`` is empty for news of the node itself."""

    __tablename__ = "calls_to_fold"

    node: Mapped[str] = mapped_column(Text, primary_key=True)
    linkedid: Mapped[str] = mapped_column(Text, primary_key=True)
    first_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
