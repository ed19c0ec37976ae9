"""Everything one node needs to know, read in one go: the input of a release."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeGuard, TypeVar
from uuid import UUID

from controlplane.identity.schemas import LocationInfo, OrganizationInfo
from controlplane.kit.destination import Kind, Spoken
from controlplane.numbering.schemas import PhoneNumberFields, TrunkFields
from controlplane.objects.schemas import ObjectFields, Stored
from controlplane.telephony import schemas
from controlplane.telephony.flow_schemas import FlowTestFields
from controlplane.telephony.template_schemas import LocationRoutingFields, RoutingTemplateFields

Fields = TypeVar("Fields", bound=ObjectFields)

FIELDS: Mapping[Kind, type[ObjectFields]] = {
    fields.kind: fields
    for fields in (
        TrunkFields,
        PhoneNumberFields,
        schemas.ExtensionFields,
        schemas.DeviceFields,
        schemas.RingGroupFields,
        schemas.QueueFields,
        schemas.IvrMenuFields,
        schemas.TimeConditionFields,
        schemas.HolidayCalendarFields,
        schemas.VoicemailBoxFields,
        schemas.PromptFields,
        schemas.OutboundRouteFields,
        RoutingTemplateFields,
        LocationRoutingFields,
        FlowTestFields,
    )
}
"""The shape of each kind's document."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound that is ready to be played: SHA-256 of its file per format (``wav`` 8 kHz, ``wav16`` 16 kHz, mono)."""

    files: Mapping[str, str]
    duration_ms: int


def sound_key(spoken: Spoken) -> str:
    """Where `Configuration.sounds` keeps what is spoken."""
    if spoken.prompt_id is not None:
        return f"prompt:{spoken.prompt_id}"
    return "text:" + hashlib.sha256((spoken.text or "").encode()).hexdigest()


def is_sound_key(key: object) -> TypeGuard[str]:
    """Whether something is what `sound_key` gives."""
    return isinstance(key, str) and key.startswith(("prompt:", "text:"))


@dataclass(frozen=True, slots=True)
class Configuration:
    """All objects of the organisations on one node, in order of id.

    ``sounds`` holds what is ready; a missing key means that the prompt has no audio yet (a plan problem).
    """

    node: str
    organizations: Mapping[UUID, OrganizationInfo]
    locations: Mapping[UUID, LocationInfo]
    objects: tuple[Stored[ObjectFields], ...]
    sounds: Mapping[str, Sound]

    def of(self, fields: type[Fields]) -> "Iterator[Stored[Fields]]":
        """The objects of one kind."""
        for item in self.objects:
            if isinstance(item.fields, fields):
                yield item  # type: ignore[misc] # narrowed by its fields
