"""What goes in and out over HTTP about organisations, places, people and their rights."""

import json
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, SecretStr

from controlplane.identity.rights import SCOPES
from controlplane.kit.text import Email, Name, one_line


def _known_timezone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("not a time zone; write an IANA name like Europe/Berlin or America/New_York")
    return name


def _known_scopes(scopes: list[str]) -> list[str]:
    unknown = sorted(set(scopes) - SCOPES)
    if unknown:
        raise ValueError(f"there is no right {', '.join(unknown[:5])}; see docs/reference/rights.md")
    return sorted(set(scopes))


def _lower(email: str) -> str:
    return email.lower()


TimeZone = Annotated[str, Field(max_length=60), AfterValidator(_known_timezone)]
NodeName = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$", description="The node that carries its calls.")]
Scopes = Annotated[list[str], Field(max_length=100), AfterValidator(_known_scopes)]
Login = Annotated[Email, AfterValidator(_lower)]
Password = Annotated[SecretStr, Field(min_length=10, max_length=200)]
Ids = Annotated[list[UUID], Field(max_length=500)]


class Write(BaseModel):
    """Base of what people send: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Patch(Write):
    """Base of partial changes: a field that is left out or null stays as it is."""

    def changes(self) -> dict[str, Any]:
        """The fields to change, in database form."""
        return {name: value for name in self.model_fields_set if (value := getattr(self, name)) is not None}


class Read(BaseModel):
    """Base of what people get."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    created_at: AwareDatetime


class OrganizationWrite(Write):
    """A new organisation, or its new name."""

    name: Name


class OrganizationRead(Read):
    """An organisation."""

    name: str
    updated_at: AwareDatetime


class Address(Write):
    """A postal address; free text, nothing is looked up."""

    lines: list[Name] = Field([], max_length=4)
    city: Name | None = None
    region: Name | None = None
    postcode: Name | None = None
    country: str | None = Field(None, pattern=r"^[A-Z]{2}$", description="Two-letter code such as US.")


class LocationWrite(Write):
    """A new place with phones."""

    name: Name
    timezone: TimeZone
    address: Address = Address()
    node: NodeName = "main"


class LocationPatch(Patch):
    """A change of a location."""

    name: Name | None = None
    timezone: TimeZone | None = None
    address: Address | None = None
    node: NodeName | None = None


class LocationRead(Read):
    """A location."""

    org_id: UUID
    name: str
    timezone: str
    address: Address
    node: str
    updated_at: AwareDatetime


@dataclass(frozen=True, slots=True)
class LocationInfo:
    """A location as other slices need it. ``timezone`` is an IANA name, ``node`` the home node's name."""

    id: UUID
    org_id: UUID
    name: str
    timezone: str
    node: str


@dataclass(frozen=True, slots=True)
class OrganizationInfo:
    """An organisation as other slices need it."""

    id: UUID
    name: str


class RoleWrite(Write):
    """A role of the organisation's own."""

    name: Name
    scopes: Scopes
    all_locations: bool = Field(False, description="Everywhere in the organisation; else in the user's locations.")
    own_only: bool = Field(False, description="Only calls, recordings and voicemail of the user's own extensions.")


class RolePatch(Patch):
    """A change of a role; it holds at once for everybody who has it."""

    name: Name | None = None
    scopes: Scopes | None = None
    all_locations: bool | None = None
    own_only: bool | None = None


class RoleRead(BaseModel):
    """A role. Built-in ones have no id and can't be changed."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID | None
    name: str
    scopes: list[str]
    all_locations: bool
    own_only: bool


class UserWrite(Write):
    """A new user."""

    email: Login
    name: Name
    role: Name = Field(description="admin, manager, executive, staff or a role of your own.")
    location_ids: Ids = Field([], description="Where a role that is not for all locations holds.")
    extension_ids: Ids = Field([], description="Their own extensions: whose calls and voicemail are theirs.")
    password: Password | None = Field(None, description="Left out: a strong one is made up and shown once.")
    installation_admin: bool = Field(False, description="Also over organisations and nodes.")


class UserPatch(Patch):
    """A change of a user."""

    email: Login | None = None
    name: Name | None = None
    role: Name | None = None
    location_ids: Ids | None = None
    extension_ids: Ids | None = None
    installation_admin: bool | None = None
    disabled: bool | None = None


class UserRead(Read):
    """A user."""

    org_id: UUID
    email: str
    name: str
    role: str
    location_ids: list[UUID]
    extension_ids: list[UUID]
    installation_admin: bool
    disabled: bool
    last_login_at: AwareDatetime | None
    updated_at: AwareDatetime


class UserCreated(UserRead):
    """A user, with the password if we made it up."""

    password: str | None = Field(None, description="Shown this once.")


class NewPassword(BaseModel):
    """A made-up password, shown this once."""

    password: str


class PasswordChange(Write):
    """A user's change of their own password."""

    current_password: SecretStr = Field(max_length=200)
    new_password: Password


class LoginRequest(Write):
    """Who wants in."""

    email: Annotated[str, AfterValidator(one_line)] = Field(min_length=1, max_length=254)
    password: SecretStr = Field(min_length=1, max_length=200)
    cookie: bool = Field(False, description="For browsers: the refresh token in a cookie that scripts can't read.")


class RefreshRequest(Write):
    """The refresh token of the last login or refresh."""

    refresh_token: str | None = Field(
        None, min_length=20, max_length=200, description="Left out where the login put it into a cookie."
    )


class Tokens(BaseModel):
    """A way in: the access token for 15 minutes, the refresh token for one refresh within 30 days."""

    access_token: str
    refresh_token: str | None = Field(description="null: it is in the cookie that was asked for.")
    expires_in_s: int
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - a word of RFC 6750


class Me(BaseModel):
    """Who is asking, and what they may do."""

    user: UserRead | None = Field(description="None for API keys.")
    label: str
    org_id: UUID
    organization: str
    scopes: list[str]
    location_ids: list[UUID] | None = Field(description="None: every location.")
    installation_admin: bool


MOST_PREFERENCES = 64_000
"""Bytes of JSON."""


def _not_too_big(document: dict[str, JsonValue]) -> dict[str, JsonValue]:
    if len(json.dumps(document)) > MOST_PREFERENCES:
        raise ValueError(f"must be at most {MOST_PREFERENCES} bytes of JSON")
    return document


class Preferences(Write):
    """How a user wants the page. Its names are the page's own; nothing else reads them."""

    document: Annotated[dict[str, JsonValue], AfterValidator(_not_too_big)] = {}


class SessionRead(Read):
    """A login that still holds."""

    user_id: UUID
    user_agent: str
    ip: str | None
    last_used_at: AwareDatetime
    expires_at: AwareDatetime
    current: bool = Field(False, description="The one that asks.")


class ApiKeyWrite(Write):
    """A new key. It never reaches further than the user who makes it, now or later."""

    name: Name
    scopes: Annotated[list[str], Field(min_length=1), AfterValidator(_known_scopes)]
    location_ids: Ids | None = Field(None, description="Null: wherever the user may.")
    expires_at: AwareDatetime | None = None


class ApiKeyRead(Read):
    """A key, without the key."""

    name: str
    prefix: str
    scopes: list[str]
    location_ids: list[UUID] | None
    created_by: UUID
    expires_at: AwareDatetime | None
    last_used_at: AwareDatetime | None


class ApiKeyCreated(ApiKeyRead):
    """A key, with the key."""

    key: str = Field(description="Shown this once.")


class AuditRead(BaseModel):
    """One line of the audit log."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    at: AwareDatetime
    location_id: UUID | None
    actor: str
    user_id: UUID | None
    api_key_id: UUID | None
    action: str
    kind: str
    object_id: str | None
    name: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    ip: str | None
    request_id: str | None


@dataclass(frozen=True, slots=True)
class FirstAdmin:
    """The login made at the first start. ``password`` is None when the operator set it."""

    email: str
    password: str | None
