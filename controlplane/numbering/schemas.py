"""Trunks and phone numbers."""

import ipaddress
import re
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from controlplane.kit.destination import Destination, Kind, Ref, Spoken
from controlplane.kit.e164 import Number
from controlplane.kit.text import Name, Shape
from controlplane.objects.schemas import ObjectFields

Codec = Literal["ulaw", "alaw", "g722", "opus"]

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*")
_SIP_USER = re.compile(r"[A-Za-z0-9._+-]{1,80}")

_WIDEST = {4: 16, 6: 32}


def _address(text: str) -> str:
    if "%" in text:
        raise ValueError("an address with a zone")  # ipaddress takes any text behind the %, line breaks too
    return str(ipaddress.ip_address(text))


def _host(text: str) -> str:
    try:
        return _address(text)
    except ValueError:
        if len(text) > 253 or not _HOST.fullmatch(text):
            raise ValueError("not a host name or IP address") from None
        return text.lower()


def _network(text: str) -> str:
    try:
        address, slash, bits = text.partition("/")
        network = ipaddress.ip_network(_address(address) + slash + bits, strict=False)
    except ValueError:
        raise ValueError("not an IP address or network like 203.0.113.7 or 203.0.113.0/28") from None
    widest = _WIDEST[network.version]
    if network.prefixlen < widest:
        raise ValueError(f"too wide: whoever calls from there is taken for the carrier; /{widest} at most")
    return str(network)


def _sip_user(text: str) -> str:
    if not _SIP_USER.fullmatch(text):
        raise ValueError("only letters, digits and . _ + - are allowed, at most 80")
    return text


def no_repeats(values: tuple[str, ...]) -> tuple[str, ...]:
    """Refuses a list that names something twice."""
    if len(set(values)) != len(values):
        raise ValueError("names something twice")
    return values


def _password(password: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[\x21-\x7e]{1,200}", password.get_secret_value()):
        raise ValueError("must have 1 to 200 characters: letters, digits and signs of ASCII, no spaces")
    return password


Country = Annotated[str, Shape(r"[A-Z]{2}", "two capital letters such as US")]
Host = Annotated[str, AfterValidator(_host)]
Network = Annotated[str, AfterValidator(_network)]
SipUser = Annotated[str, AfterValidator(_sip_user)]
Codecs = Annotated[tuple[Codec, ...], AfterValidator(no_repeats), Field(min_length=1)]


class RecordingPolicy(BaseModel):
    """Whether talk is recorded. The recording starts when both sides are connected, caller left, answerer right."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = False
    consent: Spoken | None = Field(None, description="Played to the caller before the call is put through.")


class CallerIdMode(StrEnum):
    """Which number the other side sees."""

    PASS_THROUGH = "pass_through"  # noqa: S105 - no password; the caller's own number, also on forwarded calls
    FIXED = "fixed"  # always this number


class CallerIdPolicy(BaseModel):
    """Caller number sent to the carrier."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: CallerIdMode = CallerIdMode.PASS_THROUGH
    number: Number | None = Field(None, description="For fixed; also used where the caller has no public number.")

    @model_validator(mode="after")
    def _fixed_has_number(self) -> Self:
        if self.mode == CallerIdMode.FIXED and self.number is None:
            raise ValueError("a fixed caller ID needs a number")
        return self


class TrunkFields(ObjectFields):
    """A SIP link to a carrier. By ``registration`` we log in there; by ``ip`` it is known by its source addresses."""

    kind: ClassVar[Kind] = Kind.TRUNK
    secret_fields: ClassVar[tuple[str, ...]] = ("password",)

    identity: Literal["registration", "ip"]
    host: Host = Field(description="Where we send calls (and register).")
    port: int = Field(5060, ge=1, le=65535)
    transport: Literal["udp", "tcp", "tls"] = "udp"
    username: SipUser | None = Field(None, description="Needed for registration; optional for ip.")
    password: Annotated[SecretStr, AfterValidator(_password)] | None = Field(
        None, description="Written, never read back."
    )
    source_networks: tuple[Network, ...] = Field(
        (), max_length=100, description="Addresses its calls come from; default: the host."
    )
    codecs: Codecs = ("ulaw", "alaw")
    caller_id: CallerIdPolicy = CallerIdPolicy()
    country: Country = Field("US", description="Country whose national numbers the carrier may send without +.")
    number_format: Literal["+e164", "e164", "national"] = Field("+e164", description="How it wants dialled numbers.")
    trust_caller_name: bool = Field(True, description="Take the caller's name as the carrier sends it.")
    max_calls: int | None = Field(None, ge=1, le=10_000, description="Calls at once; null: no limit.")
    enabled: bool = True

    @property
    def sources(self) -> tuple[str, ...]:
        """Where its calls come from: networks, or the host."""
        return self.source_networks or (self.host,)

    @model_validator(mode="after")
    def _registration_has_user(self) -> Self:
        if self.identity == "registration" and self.username is None:
            raise ValueError("a trunk that registers needs a username")
        return self


class PhoneNumberFields(ObjectFields):
    """A number (DID) that reaches us, and where its calls go first."""

    kind: ClassVar[Kind] = Kind.PHONE_NUMBER

    number: Number
    name: Name = Field("", validate_default=False, description="What it is for; default: the number itself.")
    trunk_id: Annotated[UUID, Ref(Kind.TRUNK)] | None = Field(None, description="Only from this trunk; null: from any.")
    destination: Destination
    recording: RecordingPolicy = RecordingPolicy()
    caller_name_prefix: Annotated[
        str, Shape(r"[A-Za-z0-9 ._-]{0,20}", "at most 20 letters, digits, spaces and . _ -")
    ] = Field("", description="Shown before names.")
    enabled: bool = True

    @model_validator(mode="before")
    @classmethod
    def _name_defaults_to_number(cls, data: object) -> object:
        if isinstance(data, dict) and not data.get("name"):
            return {**data, "name": str(data.get("number", ""))[:100]}
        return data

    def global_key(self) -> str | None:
        """A number rings in one place only."""
        return f"did:{self.number}"
