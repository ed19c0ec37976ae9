"""Nodes as people and other slices see them."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

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


def _sip_address(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,252})", host) or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("write a host name or IPv4 address with its port, like pbx2.example.com:5060")
    return text


SipAddress = Annotated[str, AfterValidator(_sip_address)]


class NodeWrite(BaseModel):
    """A node to be."""

    model_config = ConfigDict(extra="forbid")

    name: NodeName = Field(description="Prefix of its call ids; locations name it as their home.")


class NodePatch(BaseModel):
    """A change of a node."""

    model_config = ConfigDict(extra="forbid")

    disabled: bool | None = Field(None, description="Refuse its requests. Its phones go on working.")
    sip_address: SipAddress | None = Field(
        None,
        description="How other nodes call it, host:port; null: as it says itself. Works from the next apply.",
    )


class NodeInfo(BaseModel):
    """A node without its phones, which are many."""

    id: UUID
    name: str
    sip_address: str | None = Field(description="Host and port by which other nodes call it.")
    state: NodeState
    age_s: int | None = Field(description="Seconds since it was last heard of.")
    last_seen_at: AwareDatetime | None
    enrolled_at: AwareDatetime | None
    asterisk_version: str | None
    desired_digest: str | None
    live_digest: str | None
    drift: bool = Field(description="What is live is not what should be, or was changed outside of a release.")
    drift_found: list[str] = Field(description="What was changed outside of a release, and when, in sentences.")
    drift_checked_at: AwareDatetime | None = Field(description="The node looks for that once an hour.")
    refused: str = Field(description="Why nothing it says is taken, such as a clock that is off; empty if all is well.")
    spool_depth: int = Field(description="Facts it has not handed over yet.")
    uploads_waiting: int
    active_calls: int
    disk_free_mb: int
    trunks: dict[str, str]


class NodeRead(NodeInfo):
    """A node: how it is, and whether it runs what it should."""

    registered_devices: list[str]


class DriftRead(BaseModel):
    """What was changed on a node outside of a release."""

    checked: bool = Field(description="False: the node could not do it, or is not done within a minute.")
    detail: str = Field(description="Why it could not.")
    found: list[str] = Field(description="What differs now, and when and by whom it was changed, in sentences.")


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
