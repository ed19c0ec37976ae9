"""Nodes as people and other slices see them."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

NodeName = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]


@dataclass(frozen=True, slots=True)
class NodeIdentity:
    """The node a signed request comes from."""

    name: str
    id: UUID


class NodeState(StrEnum):
    """How a node is."""

    WAITING = "waiting"  # has not enrolled yet
    UP = "up"
    ASTERISK_DOWN = "asterisk_down"  # noded reports, Asterisk doesn't run
    SILENT = "silent"  # not heard of for a minute; its phones may work all the same
    DISABLED = "disabled"  # its requests are refused


class NodeWrite(BaseModel):
    """A node to be."""

    model_config = ConfigDict(extra="forbid")

    name: NodeName = Field(description="Prefix of its call ids; locations name it as their home.")


class NodePatch(BaseModel):
    """A change of a node."""

    model_config = ConfigDict(extra="forbid")

    disabled: bool = Field(description="Refuse its requests. Its phones go on working.")


class NodeRead(BaseModel):
    """A node: how it is, and whether it runs what it should."""

    id: UUID
    name: str
    state: NodeState
    age_s: int | None = Field(description="Seconds since it was last heard of.")
    last_seen_at: AwareDatetime | None
    enrolled_at: AwareDatetime | None
    asterisk_version: str | None
    desired_digest: str | None
    live_digest: str | None
    drift: bool = Field(description="What is live is not what should be.")
    spool_depth: int = Field(description="Facts it has not handed over yet.")
    uploads_waiting: int
    active_calls: int
    disk_free_mb: int
    trunks: dict[str, str]
    registered_devices: list[str]


class EnrolmentCode(BaseModel):
    """A one-time code with which a node introduces itself."""

    node: str
    code: str = Field(description="Shown this once.")
    expires_at: AwareDatetime


class NodeCreated(BaseModel):
    """A new node and its code."""

    node: NodeRead
    enrolment: EnrolmentCode


class CommandState(StrEnum):
    """How far a command is."""

    WAITING = "waiting"  # the node has not fetched it yet
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"  # no word before its time was over


@dataclass(frozen=True, slots=True)
class CommandOutcome:
    """What became of a command; ``detail`` is a sentence for people."""

    state: CommandState
    detail: str = ""
    data: dict[str, Any] = field(default_factory=dict)
