"""Extensions, devices and everything a call can pass on its way, except trunks and numbers."""

import re
import secrets
from collections.abc import Callable, Mapping
from datetime import date, time
from enum import StrEnum
from functools import cache
from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from controlplane.kit.destination import Destination, Kind, Ref, Spoken
from controlplane.kit.e164 import Number
from controlplane.kit.text import Email, Name, Shape, SpokenText
from controlplane.numbering.schemas import Codecs, Country, RecordingPolicy, SipUser
from controlplane.objects.schemas import ObjectFields

InternalNumber = Annotated[str, Shape(r"[0-9]{2,8}", "2 to 8 digits"), Field(description="What users dial inside.")]
Seconds = Annotated[int, Field(ge=1, le=3600)]


class Part(BaseModel):
    """A piece of an object."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def make_secret() -> str:
    """A SIP password nobody guesses: 24 characters, some 142 bits."""
    return secrets.token_urlsafe(24)[:24]


def make_pin() -> str:
    """A voicemail PIN of six digits."""
    return f"{secrets.randbelow(1_000_000):06}"


def _sip_secret(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9._~-]{12,80}", secret.get_secret_value()):
        raise ValueError("must have 12 to 80 characters out of letters, digits and . _ ~ -")
    return secret


def _pin(pin: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[0-9]{4,10}", pin.get_secret_value()):
        raise ValueError("must have 4 to 10 digits")
    return pin


class ExtensionFields(ObjectFields):
    """What a user dials inside; rings the user's devices."""

    kind: ClassVar[Kind] = Kind.EXTENSION

    number: InternalNumber
    ring_s: Seconds = 20
    no_answer: Destination | None = Field(None, description="After ring_s; default: the voicemail box, else hang up.")
    busy: Destination | None = Field(None, description="When every device is busy or away; default: as no_answer.")
    voicemail_box_id: Annotated[UUID, Ref(Kind.VOICEMAIL_BOX)] | None = None
    caller_number: Number | None = Field(None, description="Shown on outbound calls; default: the route's or trunk's.")
    enabled: bool = True

    def internal_number(self) -> str | None:
        """Its number."""
        return self.number


def _device_name(name: str) -> str:
    if re.fullmatch(r"\+?[0-9]{7,}", name):
        raise ValueError("must not look like a phone number: callers with this number would be asked for a password")
    if name.lower().startswith("trunk-"):
        raise ValueError("must not begin with trunk-, as the names of trunks do")
    return name.lower()  # Asterisk tells Sep00aa from sep00aa, people don't


class DeviceFields(ObjectFields):
    """A desk phone, softphone or browser phone of an extension. Its name is its SIP user name."""

    kind: ClassVar[Kind] = Kind.DEVICE
    secret_fields: ClassVar[tuple[str, ...]] = ("secret",)
    generated: ClassVar[Mapping[str, Callable[[], str]]] = {"secret": make_secret}

    name: Annotated[SipUser, AfterValidator(_device_name)] = Field(
        max_length=40, description="SIP user name, kept in small letters; unique on this installation."
    )
    extension_id: Annotated[UUID, Ref(Kind.EXTENSION)]
    secret: Annotated[SecretStr, AfterValidator(_sip_secret)] | None = Field(
        None,
        description="SIP password. Left out: a strong one is made up. Shown once, in the answer that made it.",
    )  # fmt: skip
    codecs: Codecs = ("opus", "g722", "ulaw", "alaw")
    media: Literal["rtp", "srtp", "webrtc"] = Field("rtp", description="srtp: with TLS; webrtc: browser over WSS.")
    max_contacts: int = Field(1, ge=1, le=10, description="How many places it may register from at once.")
    enabled: bool = True

    def global_key(self) -> str | None:
        """SIP user names are shared by all organisations on a node."""
        return f"device:{self.name.lower()}"


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _to_the_minute(moment: time) -> time:
    if moment.second or moment.microsecond or moment.tzinfo:
        raise ValueError("write a local time to the minute, like 09:00")
    return moment


class OpeningSpan(Part):
    """Open from ``start`` until ``end`` (which is closed already), local time; 00:00 as end means midnight."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)]
    start: Annotated[time, AfterValidator(_to_the_minute)]
    end: Annotated[time, AfterValidator(_to_the_minute)]

    @model_validator(mode="after")
    def _goes_forward(self) -> Self:
        if self.end != time(0) and self.end <= self.start:
            raise ValueError("a span ends after it starts; write one over midnight as two")
        return self


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())  # walks a folder: 10 ms


def known_timezone(name: str) -> str:
    """Checks an IANA time zone name.

    Raises:
        ValueError: Unknown.
    """
    if name not in _timezones():
        raise ValueError(f"unknown time zone {name[:60]!r}; write an IANA name like America/New_York")
    return name


class TimeConditionFields(ObjectFields):
    """Branches by the location's local hours and holidays."""

    kind: ClassVar[Kind] = Kind.TIME_CONDITION

    timezone: Annotated[str, AfterValidator(known_timezone)] | None = Field(
        None, description="IANA name; default: the location's."
    )
    open_hours: tuple[OpeningSpan, ...] = Field((), max_length=50)
    holiday_calendar_ids: tuple[Annotated[UUID, Ref(Kind.HOLIDAY_CALENDAR)], ...] = Field((), max_length=10)
    open: Destination
    closed: Destination
    holiday: Destination | None = Field(None, description="On holidays; default: as closed.")

    @model_validator(mode="after")
    def _has_a_timezone(self) -> Self:
        if self.timezone is None and self.location_id is None:
            raise ValueError("needs a location or a timezone of its own")
        return self


class Holiday(Part):
    """One exceptional day, the whole of it."""

    date: date
    name: Name


class HolidayCalendarFields(ObjectFields):
    """Days on which a business does not keep its usual hours."""

    kind: ClassVar[Kind] = Kind.HOLIDAY_CALENDAR

    holidays: tuple[Holiday, ...] = Field((), max_length=1000)

    @model_validator(mode="after")
    def _each_day_once(self) -> Self:
        days = [holiday.date for holiday in self.holidays]
        if len(set(days)) != len(days):
            raise ValueError("names a day twice")
        return self


class IvrOption(Part):
    """What a key does."""

    digit: Annotated[str, Shape(r"[0-9*#]", "one key: a digit, * or #")]
    destination: Destination


class IvrMenuFields(ObjectFields):
    """A menu: plays a prompt, waits for a key."""

    kind: ClassVar[Kind] = Kind.IVR_MENU

    number: InternalNumber | None = None
    prompt: Spoken
    invalid_prompt: Spoken | None = Field(None, description="After a wrong key; default: Asterisk's own.")
    options: tuple[IvrOption, ...] = Field(min_length=1, max_length=12)
    dial_extensions: bool = Field(False, description="Callers may also dial an extension's number.")
    wait_s: int = Field(5, ge=1, le=30, description="How long to wait for a key after the prompt.")
    attempts: int = Field(3, ge=1, le=10, description="How often the prompt is played before giving up.")
    on_timeout: Destination = Field(description="After the last attempt without a key.")
    on_invalid: Destination = Field(description="After the last attempt with a wrong key.")

    @model_validator(mode="after")
    def _each_key_once(self) -> Self:
        digits = [option.digit for option in self.options]
        if len(set(digits)) != len(digits):
            raise ValueError("options: a key is used twice")
        return self

    def internal_number(self) -> str | None:
        """Its number, if it has one."""
        return self.number


class QueueStrategy(StrEnum):
    """Order in which members ring. Source: Asterisk 22, queues.conf, ``strategy``."""

    RINGALL = "ringall"
    LEASTRECENT = "leastrecent"
    FEWESTCALLS = "fewestcalls"
    RANDOM = "random"
    RRMEMORY = "rrmemory"
    RRORDERED = "rrordered"
    LINEAR = "linear"
    WRANDOM = "wrandom"


class QueueMember(Part):
    """An extension that takes calls of a queue. A higher penalty rings only when lower ones can't."""

    extension_id: Annotated[UUID, Ref(Kind.EXTENSION)]
    penalty: int = Field(0, ge=0, le=100)


class QueueFields(ObjectFields):
    """A waiting line with music, and the people who take calls from it."""

    kind: ClassVar[Kind] = Kind.QUEUE

    number: InternalNumber | None = None
    strategy: QueueStrategy = QueueStrategy.RINGALL
    members: tuple[QueueMember, ...] = Field((), max_length=500)
    member_ring_s: Seconds = Field(15, description="How long a member rings at a time.")
    retry_s: int = Field(5, ge=0, le=60, description="Pause before ringing again.")
    wrap_up_s: int = Field(0, ge=0, le=600, description="Rest for a member after a call.")
    max_wait_s: Seconds = Field(300, description="Then the overflow.")
    max_waiting: int = Field(0, ge=0, le=1000, description="More callers go to the overflow at once; 0: no limit.")
    overflow: Destination = Field(description="After max_wait_s, when full, or when nobody can take calls.")
    join_empty: bool = Field(False, description="Let callers wait though no member is reachable.")
    announce_position: bool = False
    music: Literal["default"] = Field("default", description="Music on hold.")
    whisper: Spoken | None = Field(None, description="Heard by the member alone, before the caller is connected.")
    recording: RecordingPolicy = RecordingPolicy()

    @model_validator(mode="after")
    def _each_member_once(self) -> Self:
        ids = [member.extension_id for member in self.members]
        if len(set(ids)) != len(ids):
            raise ValueError("members: an extension is named twice")
        return self

    def internal_number(self) -> str | None:
        """Its number, if it has one."""
        return self.number


class RingGroupFields(ObjectFields):
    """Several extensions rung at once or in turn, without a waiting line."""

    kind: ClassVar[Kind] = Kind.RING_GROUP

    number: InternalNumber | None = None
    strategy: Literal["all", "in_turn"] = "all"
    extension_ids: tuple[Annotated[UUID, Ref(Kind.EXTENSION)], ...] = Field(min_length=1, max_length=100)
    ring_s: Seconds = Field(20, description="For all together, or for each in turn.")
    no_answer: Destination

    def internal_number(self) -> str | None:
        """Its number, if it has one."""
        return self.number


class VoicemailBoxFields(ObjectFields):
    """A mailbox; ``*97`` plays the messages of one's own extension's box."""

    kind: ClassVar[Kind] = Kind.VOICEMAIL_BOX
    secret_fields: ClassVar[tuple[str, ...]] = ("pin",)
    generated: ClassVar[Mapping[str, Callable[[], str]]] = {"pin": make_pin}

    number: Annotated[str, Shape(r"[0-9]{2,8}", "2 to 8 digits")] = Field(description="Box number; unique among boxes.")
    pin: Annotated[SecretStr, AfterValidator(_pin)] | None = Field(
        None, description="Left out: made up. Shown once, in the answer that made it."
    )
    email: Email | None = Field(None, description="New messages are mailed here.")
    greeting: Spoken | None = Field(None, description="Default: Asterisk's own.")
    max_messages: int = Field(100, ge=1, le=1000)
    max_message_s: int = Field(180, ge=5, le=1800)

    def org_key(self) -> str | None:
        """Boxes of an organisation share one voicemail context."""
        return f"box:{self.number}"


class PromptFields(ObjectFields):
    """A sound callers hear: spoken from text by our own voice, or uploaded."""

    kind: ClassVar[Kind] = Kind.PROMPT

    text: SpokenText | None = Field(None, description="What is said. Left out: audio is uploaded afterwards.")
    then: Destination | None = Field(
        None, description="Where a call goes on that was sent here as to an announcement; default: it ends."
    )

    def own_text(self) -> str | None:
        """Its text, unless its audio is uploaded."""
        return self.text


class SoundState(StrEnum):
    """How far a prompt's sound is."""

    PENDING = "pending"  # its text waits to be spoken, or its audio to be uploaded
    READY = "ready"
    FAILED = "failed"


class SoundRead(BaseModel):
    """A prompt's sound."""

    state: SoundState
    duration_ms: int | None = Field(description="How long it plays.")
    error: str | None = Field(description="Why it failed.")
    voice: str | None = Field(description="Engine and voice that spoke it; `upload` for uploaded audio.")


class PreviewRequest(BaseModel):
    """A text to listen to."""

    model_config = ConfigDict(extra="forbid")

    text: SpokenText


class HolidayImport(BaseModel):
    """Which public holidays to add to a calendar."""

    model_config = ConfigDict(extra="forbid")

    country: Country = Field(description="ISO 3166 code such as US.")
    subdivision: Annotated[str, Shape(r"[A-Za-z0-9]{1,10}", "a code such as NY")] | None = Field(
        None, description="State or province."
    )
    years: tuple[Annotated[int, Field(ge=2000, le=2100)], ...] = Field(min_length=1, max_length=10)


_PATTERN = re.compile(r"\+?([0-9XZN]|\[[0-9]+(-[0-9])?[0-9]*\])+[.!]?")


def _dial_pattern(text: str) -> str:
    if not _PATTERN.fullmatch(text):
        raise ValueError("write digits and X (0-9), Z (1-9), N (2-9), [1-5], and at the end a dot for the rest")
    return text


class OutboundRouteFields(ObjectFields):
    """Which trunks carry numbers that look like this. Routes are tried in order of position."""

    kind: ClassVar[Kind] = Kind.OUTBOUND_ROUTE

    position: int = Field(100, ge=1, le=10_000)
    pattern: Annotated[str, Field(max_length=60), AfterValidator(_dial_pattern)] = Field(
        description="What users dial, such as 9NXXXXXX or +1NXXNXXXXXX or 911."
    )
    strip: int = Field(0, ge=0, le=20, description="Digits to take off the front.")
    prepend: Annotated[str, Shape(r"\+?[0-9]{0,20}", "at most 20 digits, with a + before them if wanted")] = Field(
        "", description="Digits to put in front afterwards."
    )
    trunk_ids: tuple[Annotated[UUID, Ref(Kind.TRUNK)], ...] = Field(min_length=1, max_length=10)
    caller_number: Number | None = Field(None, description="Shown when the extension has none of its own.")
    emergency: bool = Field(
        False, description="Emergency calls: no recording, tried on every trunk, whatever it may carry."
    )
    recording: RecordingPolicy = RecordingPolicy()
    enabled: bool = True
