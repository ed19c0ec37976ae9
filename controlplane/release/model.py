"""What one node has to know: its objects (`pbx_objects`), whose they are, and the other nodes.

Everything is sorted, so that equal configurations give equal models and equal files.
A model holds secrets in the clear.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from controlplane.kit.destination import Kind
from controlplane.release.pbx_objects import (
    Announcement,
    Device,
    Extension,
    HolidayCalendar,
    IvrMenu,
    Line,
    OutboundRoute,
    PbxObject,
    PhoneNumber,
    Queue,
    RingGroup,
    TimeCondition,
    Trunk,
    VoicemailBox,
)


@dataclass(frozen=True, slots=True)
class TableDigits:
    """By how many last digits each table of numbers is cut: ``did`` from outside, ``num`` inside, ``chk`` boxes."""

    did: int
    num: int
    chk: int


@dataclass(frozen=True, slots=True)
class Organization:
    """One organisation's names on the node; two of them share nothing."""

    id: UUID
    name: str
    tag: str
    voicemail_context: str
    digits: TableDigits


FIELDS: Mapping[Kind, str] = {
    Kind.TRUNK: "trunks",
    Kind.PHONE_NUMBER: "phone_numbers",
    Kind.EXTENSION: "extensions",
    Kind.DEVICE: "devices",
    Kind.RING_GROUP: "ring_groups",
    Kind.QUEUE: "queues",
    Kind.IVR_MENU: "ivr_menus",
    Kind.TIME_CONDITION: "time_conditions",
    Kind.HOLIDAY_CALENDAR: "holiday_calendars",
    Kind.VOICEMAIL_BOX: "voicemail_boxes",
    Kind.PROMPT: "announcements",
    Kind.OUTBOUND_ROUTE: "routes",
}
"""Where `PbxModel` keeps the objects of each kind."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Another node with which calls are exchanged.

    Attributes:
        endpoint: what it is called here.
        own: what we are called there, and the user name of our login.
        calls_to: context of calls that leave for it.
        calls_from: context in which its calls arrive.
        login: our password there.
        password: its password here.
        organizations: id, tag, and digits of its passes of those that have a part on both nodes.
    """

    node: str
    endpoint: str
    own: str
    host: str
    port: int
    calls_to: str
    calls_from: str
    login: str = field(repr=False)
    password: str = field(repr=False)
    organizations: tuple[tuple[UUID, str, int], ...]


@dataclass(frozen=True, slots=True)
class Pass:
    """How calls of other nodes come to an object of this one: nothing else can be reached from there.

    Attributes:
        key: the SIP user after the organisation's tag.
        target: where it leads; None rings ``lines``.
        if_idle: not while one of them is in use: so queues want it.
    """

    kind: Kind
    id: UUID
    org: UUID
    name: str
    key: str
    target: str | None
    lines: tuple[Line, ...] = ()
    if_idle: bool = False


@dataclass(frozen=True, slots=True)
class PbxModel:
    """One node's telephony. Each tuple is in order of id."""

    node: str
    organizations: tuple[Organization, ...]
    zones: tuple[tuple[UUID, str], ...]
    """Locations and their time zones."""
    prompts: tuple[tuple[str, str], ...]
    """Sound files that the node needs: SHA-256 and file extension."""
    trunks: tuple[Trunk, ...] = ()
    phone_numbers: tuple[PhoneNumber, ...] = ()
    extensions: tuple[Extension, ...] = ()
    devices: tuple[Device, ...] = ()
    ring_groups: tuple[RingGroup, ...] = ()
    queues: tuple[Queue, ...] = ()
    ivr_menus: tuple[IvrMenu, ...] = ()
    time_conditions: tuple[TimeCondition, ...] = ()
    holiday_calendars: tuple[HolidayCalendar, ...] = ()
    voicemail_boxes: tuple[VoicemailBox, ...] = ()
    announcements: tuple[Announcement, ...] = ()
    routes: tuple[OutboundRoute, ...] = ()
    peers: tuple[Peer, ...] = ()
    """Other nodes, by name."""
    passes: tuple[Pass, ...] = ()
    members: tuple[tuple[UUID, str], ...] = ()
    """Extensions of other nodes that are in queues here, and ``context,exten,priority`` that rings their phones."""

    def objects(self) -> tuple[PbxObject, ...]:
        """All objects, by kind."""
        return tuple(one for name in FIELDS.values() for one in getattr(self, name))
