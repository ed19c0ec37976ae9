"""The objects of a node's telephony, resolved: no ids to look up, no defaults to fill in, nothing to decide."""

from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from controlplane.kit.destination import DestinationKind, Kind


@dataclass(frozen=True, slots=True)
class Hop:
    """Where a call goes next.

    Attributes:
        ref: id of the object, an E.164 number for ``external_number``, empty for ``hangup``.
        target: ``context,exten,priority`` in the dialplan.
        away: It is on another node, and the target leads there.
    """

    kind: DestinationKind
    ref: str
    target: str
    away: bool = False

    @property
    def words(self) -> str:
        """The first pairs of its CP_AT event."""
        if self.kind == DestinationKind.EXTERNAL_NUMBER:
            return f"kind={self.kind}|number={self.ref}"
        return f"kind={self.kind}|id={self.ref}"


@dataclass(frozen=True, slots=True)
class Recording:
    """The call is recorded once it is bridged. ``consent`` is a sound played to the caller before."""

    consent: str | None = None


@dataclass(frozen=True, slots=True)
class PbxObject:
    """What every object has. ``enabled`` False keeps it out of the files but in the diff."""

    kind: ClassVar[Kind]
    derived: ClassVar[frozenset[str]] = frozenset()
    """Fields that follow from other objects: a diff passes over them."""

    id: UUID
    org: UUID
    location: UUID | None
    name: str
    away: str | None = field(default=None, kw_only=True)
    """``context,exten,priority`` that leads to its node, in the part of another node that only knows of it."""

    @property
    def label(self) -> str:
        """Kind and name as people say it."""
        return f"{self.kind.replace('_', ' ')} {self.name}"


@dataclass(frozen=True, slots=True)
class NumberShape:
    """How a country writes phone numbers.

    Attributes:
        calling_code: ``1``, ``44``.
        international: what is dialled before a foreign number, ``011`` or ``00``; empty where it varies.
        trunk_prefix: what is dialled before a national number, ``0``; empty where nothing is.
        lengths: digits of a national number without prefix.
    """

    country: str
    calling_code: str
    international: str
    trunk_prefix: str
    lengths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Trunk(PbxObject):
    """A link to a carrier. ``fixed_caller`` hides every caller's number; ``fallback_caller`` stands in for none."""

    kind: ClassVar[Kind] = Kind.TRUNK
    derived: ClassVar[frozenset[str]] = frozenset({"shape", "endpoint", "context"})

    endpoint: str
    context: str
    identity: str
    host: str
    port: int
    transport: str
    username: str | None
    password: str | None = field(repr=False)
    networks: tuple[str, ...]
    codecs: tuple[str, ...]
    shape: NumberShape
    country: str
    number_format: str
    fixed_caller: str | None
    fallback_caller: str | None
    trust_caller_name: bool
    max_calls: int | None
    enabled: bool


@dataclass(frozen=True, slots=True)
class PhoneNumber(PbxObject):
    """A number that reaches us."""

    kind: ClassVar[Kind] = Kind.PHONE_NUMBER

    number: str
    trunk: UUID | None
    destination: Hop
    recording: Recording | None
    caller_name_prefix: str
    enabled: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One device as it is dialled. ``many`` contacts are rung all at once, by their addresses.

    ``elsewhere``: all phones of an extension whose home is another node, by way of that node.
    """

    endpoint: str
    many: bool
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Extension(PbxObject):
    """What a user dials inside. ``in_queue``: some queue rings several lines of it, so it needs a way in of its own."""

    kind: ClassVar[Kind] = Kind.EXTENSION
    derived: ClassVar[frozenset[str]] = frozenset({"context", "lines", "guard", "in_queue"})

    number: str
    context: str
    lines: tuple[Line, ...]
    ring_s: int
    no_answer: Hop
    busy: Hop
    caller_number: str | None
    guard: bool
    in_queue: bool
    enabled: bool


@dataclass(frozen=True, slots=True)
class Device(PbxObject):
    """A phone. ``who`` goes into its CP_INTERNAL events, ``mailbox`` is ``box@context``."""

    kind: ClassVar[Kind] = Kind.DEVICE
    derived: ClassVar[frozenset[str]] = frozenset({"context", "who", "number", "person", "caller_number", "mailbox"})

    endpoint: str
    context: str
    extension: UUID
    number: str
    person: str
    caller_number: str | None
    mailbox: str | None
    who: str
    secret: str = field(repr=False)
    codecs: tuple[str, ...]
    media: str
    max_contacts: int
    enabled: bool


@dataclass(frozen=True, slots=True)
class RingGroup(PbxObject):
    """Extensions rung at once (one round) or in turn (a round each)."""

    kind: ClassVar[Kind] = Kind.RING_GROUP
    derived: ClassVar[frozenset[str]] = frozenset({"context", "rounds", "guard"})

    number: str | None
    context: str
    strategy: str
    members: tuple[UUID, ...]
    rounds: tuple[tuple[Line, ...], ...]
    ring_s: int
    no_answer: Hop
    guard: bool


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a queue; ``interface`` is rung, ``state`` is watched. Its name in queue_log is the extension's id."""

    extension: UUID
    interface: str
    state: str
    penalty: int


@dataclass(frozen=True, slots=True)
class Queue(PbxObject):
    """A waiting line."""

    kind: ClassVar[Kind] = Kind.QUEUE
    derived: ClassVar[frozenset[str]] = frozenset({"context", "queue", "guard", "whisper_context"})

    number: str | None
    context: str
    queue: str
    strategy: str
    members: tuple[Member, ...]
    member_ring_s: int
    retry_s: int
    wrap_up_s: int
    max_wait_s: int
    max_waiting: int
    overflow: Hop
    join_empty: bool
    announce_position: bool
    music: str
    whisper: str | None
    whisper_context: str
    recording: Recording | None
    guard: bool


@dataclass(frozen=True, slots=True)
class Option:
    """What a key does."""

    digit: str
    hop: Hop


@dataclass(frozen=True, slots=True)
class IvrMenu(PbxObject):
    """A menu.

    Attributes:
        direct: Patterns of extension numbers that may be dialled.
        digit_wait_s: How long a key that also begins such a number waits for the next one.
    """

    kind: ClassVar[Kind] = Kind.IVR_MENU
    derived: ClassVar[frozenset[str]] = frozenset({"context", "direct", "guard"})

    number: str | None
    context: str
    prompt: str
    invalid_prompt: str
    options: tuple[Option, ...]
    dial_extensions: bool
    direct: tuple[str, ...]
    digit_wait_s: float
    wait_s: float
    attempts: int
    on_timeout: Hop
    on_invalid: Hop
    guard: bool


@dataclass(frozen=True, slots=True)
class Span:
    """Open hours as ``GotoIfTime`` wants them: its last minute is inclusive."""

    days: str
    hours: str


@dataclass(frozen=True, slots=True)
class TimeCondition(PbxObject):
    """Branches by local time."""

    kind: ClassVar[Kind] = Kind.TIME_CONDITION
    derived: ClassVar[frozenset[str]] = frozenset({"context", "guard"})

    context: str
    timezone: str
    spans: tuple[Span, ...]
    calendars: tuple[UUID, ...]
    open: Hop
    closed: Hop
    holiday: Hop
    guard: bool


@dataclass(frozen=True, slots=True)
class HolidayCalendar(PbxObject):
    """Days as ``YYYYMMDD``, in the local time of whoever asks."""

    kind: ClassVar[Kind] = Kind.HOLIDAY_CALENDAR
    derived: ClassVar[frozenset[str]] = frozenset({"context"})

    context: str
    days: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VoicemailBox(PbxObject):
    """A mailbox."""

    kind: ClassVar[Kind] = Kind.VOICEMAIL_BOX
    derived: ClassVar[frozenset[str]] = frozenset({"context", "mailbox"})

    number: str
    context: str
    mailbox: str
    pin: str = field(repr=False)
    greeting: str | None
    max_messages: int
    max_message_s: int


@dataclass(frozen=True, slots=True)
class Announcement(PbxObject):
    """A prompt that is played; then the call goes on or, without ``then``, ends."""

    kind: ClassVar[Kind] = Kind.PROMPT
    derived: ClassVar[frozenset[str]] = frozenset({"context"})

    context: str
    sound: str
    then: Hop | None


@dataclass(frozen=True, slots=True)
class Carry:
    """One trunk of a route: what it is sent. ``dialed`` and ``shown`` are dialplan expressions."""

    trunk: UUID
    endpoint: str
    dialed: str
    shown: str
    max_calls: int | None


@dataclass(frozen=True, slots=True)
class OutboundRoute(PbxObject):
    """Which trunks carry numbers that look like this."""

    kind: ClassVar[Kind] = Kind.OUTBOUND_ROUTE
    derived: ClassVar[frozenset[str]] = frozenset({"context", "carries"})

    context: str
    position: int
    pattern: str
    strip: int
    prepend: str
    trunks: tuple[UUID, ...]
    carries: tuple[Carry, ...]
    caller_number: str | None
    emergency: bool
    recording: Recording | None
    enabled: bool
