"""Where phones register, and which phones and trunks are up."""

from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field


class ConnectionRead(BaseModel):
    """What a phone is set up with, beside its own name and secret."""

    host: str = Field(description="SIP server.")
    udp_port: int
    tcp_port: int
    tls_port: int | None = Field(description="null: this node has not said.")
    wss_url: str | None = Field(description="For browser phones; null: none on this node.")


class TrunkState(StrEnum):
    """How a trunk is, as the nodes told last."""

    UP = "up"  # registered, or its carrier answers
    DOWN = "down"
    UNKNOWN = "unknown"  # nobody asks it, it is not applied yet, or its node is silent


class TrunkStatus(BaseModel):
    """How a trunk is."""

    id: UUID
    name: str
    enabled: bool
    state: TrunkState


class DevicesStatus(BaseModel):
    """Which of the visible devices are registered."""

    enabled: int = Field(description="Devices that could register.")
    registered: int
    registered_ids: list[UUID] | None = Field(description="Which they are, where asked for.")


class StatusRead(BaseModel):
    """How phones and trunks are, as the nodes told last (at most some 10 s ago)."""

    age_s: int | None = Field(
        description="Seconds since the node that is silent for longest was heard of; null: one has never told. "
        "From 60 on it is not known how its phones and trunks are."
    )
    devices: DevicesStatus
    trunks: list[TrunkStatus] = Field(description="Empty for who may not see trunks.")
