"""Facts: raw things that happened on a node, append-only and repeatable."""

from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class FactKind(StrEnum):
    """Where a fact was read."""

    CEL = "cel"  # one row of Asterisk's channel event log; payload keys = asterisk_logs.CEL_COLUMNS
    CDR = "cdr"  # one row of Asterisk's call detail records; payload keys = CDR_COLUMNS
    QUEUE_LOG = "queue_log"  # one line of queue_log; payload keys = QUEUE_LOG_COLUMNS
    NODE = "node"  # noded's own: see NodeFact


class NodeFact(StrEnum):
    """``payload["event"]`` of a NODE fact."""

    ASTERISK_UP = "asterisk_up"  # connected and fully booted; payload: version, started_at
    ASTERISK_DOWN = "asterisk_down"  # the process or its AMI is gone: calls up to now have no end of their own
    DEVICE_REGISTERED = "device_registered"  # payload: device, contact, user_agent
    DEVICE_UNREGISTERED = "device_unregistered"  # payload: device
    TRUNK_UP = "trunk_up"  # payload: trunk
    TRUNK_DOWN = "trunk_down"  # payload: trunk, reason


class Fact(BaseModel):
    """One raw thing that happened. The key (node, boot, seq) makes taking it in twice harmless.

    Attributes:
        boot: Random id of the spool file's life, so that a lost spool can't reuse keys.
        seq: Counts up by one within a boot.
        at: When it happened by the node's clock, UTC.
        linkedid: Asterisk's id of the call it is about; None for node facts and some queue_log lines.
        payload: The row as read, text by column name; numbers are not converted.
    """

    model_config = ConfigDict(frozen=True)

    boot: str = Field(min_length=8, max_length=36)
    seq: int = Field(ge=1)
    kind: FactKind
    at: AwareDatetime
    linkedid: str | None = Field(default=None, max_length=200)
    payload: dict[str, Any]


class FactBatch(BaseModel):
    """What noded pushes, oldest first. ``POST /node/v1/facts``."""

    protocol: int = 1
    facts: list[Fact] = Field(max_length=5000)


class FactAck(BaseModel):
    """The node may forget every fact of this boot up to and with ``seq``."""

    boot: str
    seq: int
