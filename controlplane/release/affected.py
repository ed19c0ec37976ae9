"""Which phone numbers a change touches: those whose calls can come to the changed object.

Only the part of the configuration that leads to changed objects is walked. Sets of numbers are whole numbers with a bit
for each phone number: a change of everything at once stays linear in the objects, whatever leads wherever.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import get_args
from uuid import UUID

from pydantic import BaseModel

from controlplane.kit.destination import Destination
from controlplane.numbering.schemas import PhoneNumberFields
from controlplane.telephony.configuration import Configuration
from controlplane.telephony.schemas import DeviceFields, TimeConditionFields

LISTED = 100
"""How many numbers are named; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Affected:
    """How many phone numbers are touched, and the first of them in order."""

    count: int = 0
    numbers: tuple[str, ...] = ()


def affected_numbers(
    configurations: Iterable[Configuration], ids: Collection[UUID]
) -> dict[UUID, Affected]:  # fmt: skip
    """For each of these objects, the numbers that lead to it in any of the configurations (before and after)."""
    if not ids:
        return {}
    kept = list(configurations)
    named = {item.fields.number for one in kept for item in one.of(PhoneNumberFields)}
    order = sorted(named)
    bits = {number: 1 << index for index, number in enumerate(order)}
    masks = dict.fromkeys(ids, 0)
    for configuration in kept:
        for id_, mask in _masks(configuration, ids, bits).items():
            if id_ in masks:
                masks[id_] |= mask
    return {id_: Affected(mask.bit_count(), tuple(_first(mask, order))) for id_, mask in masks.items()}


def _first(mask: int, order: list[str]) -> Iterator[str]:
    for _ in range(min(mask.bit_count(), LISTED)):
        lowest = mask & -mask
        yield order[lowest.bit_length() - 1]
        mask ^= lowest


def _masks(configuration: Configuration, ids: Collection[UUID], bits: Mapping[str, int]) -> dict[UUID, int]:
    leads_in = _leads_in(configuration)
    leads_on: dict[UUID, list[UUID]] = {}
    waiting, seen = list(ids), set(ids)
    while waiting:
        id_ = waiting.pop()
        for source in leads_in.get(id_, ()):
            leads_on.setdefault(source, []).append(id_)
            if source not in seen:
                seen.add(source)
                waiting.append(source)
    masks: dict[UUID, int] = {}
    for item in configuration.of(PhoneNumberFields):
        if item.id in seen:
            masks[item.id] = bits[item.fields.number]
            waiting.append(item.id)
    while waiting:
        id_ = waiting.pop()
        for target in leads_on.get(id_, ()):
            if masks[id_] | masks.get(target, 0) != masks.get(target, 0):
                masks[target] = masks[id_] | masks.get(target, 0)
                waiting.append(target)
    return masks


def _leads_in(configuration: Configuration) -> dict[UUID, list[UUID]]:
    """Object to those that name it; a phone is named by its extension, a location by the hours that keep its time."""
    found: dict[UUID, list[UUID]] = {}
    for item in configuration.objects:
        fields = item.fields
        if isinstance(fields, DeviceFields):
            found.setdefault(item.id, []).append(fields.extension_id)
            continue
        for name in _naming_fields(type(fields)):
            for target in _named_in(getattr(fields, name)):
                found.setdefault(target, []).append(item.id)
        if isinstance(fields, TimeConditionFields) and fields.timezone is None and fields.location_id:
            found.setdefault(fields.location_id, []).append(item.id)
    return found


@cache
def _naming_fields(model: type[BaseModel]) -> tuple[str, ...]:
    """The fields that can name objects: most can't, and 16,000 objects have to be looked through."""
    return tuple(
        name for name, info in model.model_fields.items() if name != "location_id" and _can_name(info.annotation)
    )


def _can_name(annotation: object) -> bool:
    if annotation is UUID:
        return True
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return bool(_naming_fields(annotation))
    return any(map(_can_name, get_args(annotation)))


def _named_in(value: object) -> Iterator[UUID]:
    if isinstance(value, UUID):
        yield value
    elif isinstance(value, Destination):
        if value.id is not None:
            yield value.id
    elif isinstance(value, tuple):
        for part in value:
            yield from _named_in(part)
    elif isinstance(value, BaseModel):
        for name in _naming_fields(type(value)):
            yield from _named_in(getattr(value, name))
