"""People by number, as they go in and out over HTTP."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from controlplane.identity.schemas import Patch, Write
from controlplane.kit.e164 import Number
from controlplane.kit.text import FreeText, Name, Tag, email_address, one_line

MOST_NUMBERS = 20
MOST_TAGS = 50


def _line_or_nothing(text: str) -> str:
    return one_line(text) if text.strip() else ""


def _once(tags: list[str]) -> list[str]:
    return list(dict.fromkeys(tags))


class ContactNumber(BaseModel):
    """A phone number of somebody."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    number: Number = Field(description="E.164; any international spelling goes in.")
    label: Annotated[str, AfterValidator(_line_or_nothing), Field(max_length=40)] = Field(
        "", description="Such as `mobile` or `work`; empty: none."
    )


def _each_once(numbers: Sequence[ContactNumber]) -> Sequence[ContactNumber]:
    found = [one.number for one in numbers]
    twice = next((number for number in found if found.count(number) > 1), None)
    if twice:
        raise ValueError(f"{twice} stands there twice")
    return numbers


def _email_or_nothing(text: str) -> str:
    return email_address(text) if text.strip() else ""


Line = Annotated[str, AfterValidator(_line_or_nothing), Field(max_length=100)]
EmailOrNothing = Annotated[str, AfterValidator(_email_or_nothing), Field(max_length=254)]
Notes = Annotated[FreeText, Field(max_length=10_000)]
Tags = Annotated[list[Tag], Field(max_length=MOST_TAGS), AfterValidator(_once)]
Numbers = Annotated[list[ContactNumber], Field(max_length=MOST_NUMBERS), AfterValidator(_each_once)]


class ContactWrite(Write):
    """Somebody outside, whom calls are with. A number is one person's in the organisation."""

    name: Name
    company: Line = Field("", description="Empty: none, as with all texts here.")
    email: EmailOrNothing = ""
    notes: Notes = ""
    tags: Tags = Field([])
    numbers: Numbers = Field([])


class ContactPatch(Patch):
    """Only what is to change. `numbers` and `tags` replace all that were there."""

    name: Name | None = None
    company: Line | None = None
    email: EmailOrNothing | None = None
    notes: Notes | None = None
    tags: Tags | None = None
    numbers: Numbers | None = None


class ContactRef(BaseModel):
    """Who a number belongs to, as calls tell of it."""

    model_config = ConfigDict(from_attributes=True, frozen=True)

    id: UUID
    name: str
    company: str = Field(description="Empty: none.")


class Contact(ContactRef):
    """Somebody outside, whom calls are with."""

    email: str
    notes: str
    tags: list[str]
    numbers: list[ContactNumber]
    version: int = Field(description="Counts changes; the ETag.")
    created_at: AwareDatetime
    updated_at: AwareDatetime
