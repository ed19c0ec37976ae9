"""Where a call goes next: the one vocabulary for it, used by every object that routes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from controlplane.kit.e164 import Number
from controlplane.kit.text import SpokenText


class Kind(StrEnum):
    """Kinds of configuration objects."""

    TRUNK = "trunk"
    PHONE_NUMBER = "phone_number"
    EXTENSION = "extension"
    DEVICE = "device"
    RING_GROUP = "ring_group"
    QUEUE = "queue"
    IVR_MENU = "ivr_menu"
    TIME_CONDITION = "time_condition"
    HOLIDAY_CALENDAR = "holiday_calendar"
    VOICEMAIL_BOX = "voicemail_box"
    PROMPT = "prompt"
    OUTBOUND_ROUTE = "outbound_route"
    ROUTING_TEMPLATE = "routing_template"
    LOCATION_ROUTING = "location_routing"
    FLOW_TEST = "flow_test"

    @property
    def words(self) -> str:
        """How sentences call it: ``ring group``."""
        return self.value.replace("_", " ").replace("ivr", "IVR")

    @property
    def article(self) -> str:
        """The same with its article: ``a ring group``, ``an extension``."""
        return f"{'an' if self.value[0] in 'aeiou' else 'a'} {self.words}"


@dataclass(frozen=True)
class Ref:
    """Marks a UUID field as naming an object of this kind: ``Annotated[UUID, Ref(Kind.PROMPT)]``.

    The API's description says so too, as ``x-object``: forms are made from it.
    """

    kind: Kind

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """The field's schema, with the kind."""
        return {**handler(schema), "x-object": self.kind.value}


class DestinationKind(StrEnum):
    """What a caller can be sent to."""

    EXTENSION = "extension"
    RING_GROUP = "ring_group"
    QUEUE = "queue"
    IVR_MENU = "ivr_menu"
    TIME_CONDITION = "time_condition"
    VOICEMAIL = "voicemail"
    EXTERNAL_NUMBER = "external_number"
    ANNOUNCEMENT = "announcement"
    LOCATION_ROUTING = "location_routing"
    HANGUP = "hangup"


TARGETS: dict[DestinationKind, Kind] = {
    DestinationKind.EXTENSION: Kind.EXTENSION,
    DestinationKind.RING_GROUP: Kind.RING_GROUP,
    DestinationKind.QUEUE: Kind.QUEUE,
    DestinationKind.IVR_MENU: Kind.IVR_MENU,
    DestinationKind.TIME_CONDITION: Kind.TIME_CONDITION,
    DestinationKind.VOICEMAIL: Kind.VOICEMAIL_BOX,
    DestinationKind.ANNOUNCEMENT: Kind.PROMPT,  # the prompt is played, then the call goes on or ends
    DestinationKind.LOCATION_ROUTING: Kind.LOCATION_ROUTING,  # where the location's routing begins
}


class Destination(BaseModel):
    """``{"kind": "queue", "id": "…"}``, ``{"kind": "external_number", "number": "+1…"}`` or ``{"kind": "hangup"}``."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"x-targets": {kind.value: target.value for kind, target in TARGETS.items()}},
    )

    kind: DestinationKind
    id: UUID | None = Field(None, description="The object, for every kind that is one of ours.")
    number: Number | None = Field(None, description="E.164, for external_number only.")

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        if self.kind in TARGETS:
            if self.id is None or self.number is not None:
                raise ValueError(f"a destination of kind {self.kind} has an id and no number")
        elif self.kind == DestinationKind.EXTERNAL_NUMBER:
            if self.number is None or self.id is not None:
                raise ValueError("a destination of kind external_number has a number and no id")
        elif self.id is not None or self.number is not None:
            raise ValueError(f"a destination of kind {self.kind} has neither id nor number")
        return self


class Spoken(BaseModel):
    """Something a caller hears: a stored prompt, or a text that is spoken by our voice."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt_id: Annotated[UUID, Ref(Kind.PROMPT)] | None = None
    text: SpokenText | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.prompt_id is None) == (self.text is None):
            raise ValueError("give either prompt_id or text")
        return self
