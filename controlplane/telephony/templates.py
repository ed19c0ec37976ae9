"""From routing templates to ordinary objects: what checks, dialplan, differences and explanations work with.

Each part of a template becomes one object for each location routing, under an id that stays the same whatever changes.
Destinations that name a location routing lead to where it begins.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2b
from typing import Annotated, Any, get_args
from uuid import UUID, uuid5

from controlplane.kit.destination import Destination, DestinationKind, Kind, Ref
from controlplane.objects.schemas import ObjectFields, Origin, Stored
from controlplane.telephony.configuration import Configuration
from controlplane.telephony.schemas import ExtensionFields, IvrOption, QueueMember
from controlplane.telephony.template_parts import ALL_EXTENSIONS, Part, stand_in
from controlplane.telephony.template_schemas import LocationRoutingFields, RoutingTemplateFields

NAME_MAX = 100
Destinations = Mapping[UUID, Destination]
Extensions = Mapping[UUID, tuple[UUID, ...]]


def made_id(routing_id: UUID, part: str) -> UUID:
    """The id of the object that a part becomes for a location routing."""
    return uuid5(routing_id, part)


def expand(configuration: Configuration) -> Configuration:
    """The same configuration in ordinary objects only, still in order of id.

    A location routing that doesn't fit its template makes nothing: whoever names it is a dangling reference then.
    """
    if not any(isinstance(one.fields, RoutingTemplateFields) for one in configuration.objects):
        return configuration
    plans = list(_plans(configuration))
    entries = {plan.routing.id: plan.entry for plan in plans}
    kept = [
        _led_on(one, entries)
        for one in configuration.objects
        if not isinstance(one.fields, RoutingTemplateFields | LocationRoutingFields)
    ]
    made = [one for plan in plans for one in plan.objects(entries)]
    return replace(configuration, objects=tuple(sorted((*kept, *made), key=lambda one: one.id.int)))


@dataclass(frozen=True, slots=True)
class _Plan:
    """What becomes of one location routing."""

    routing: Stored[LocationRoutingFields]
    template: Stored[RoutingTemplateFields]
    parts: Mapping[str, Part]
    destinations: Destinations
    extensions: Extensions

    @property
    def entry(self) -> Destination:
        """Where calls come to first."""
        return self.destinations[stand_in("part", self.template.fields.entry)]

    def objects(self, entries: Destinations) -> Iterator[Stored[ObjectFields]]:
        """The parts as objects of the location."""
        routing, template = self.routing, self.template
        place = _Place(entries, self.destinations, self.extensions)
        for name, part in self.parts.items():
            overridden = tuple(routing.fields.overrides.get(name, ()))
            fields = part.fields.model_copy(
                update={
                    "name": f"{routing.fields.name}: {part.title}"[:NAME_MAX],
                    "location_id": routing.fields.location_id,
                    **place.changes(part.fields),
                }
            )
            origin = Origin(routing.id, template.id, template.fields.name, name, overridden)
            yield Stored(
                id=made_id(routing.id, name),
                org_id=routing.org_id,
                version=_version(fields, template.fields.name, *overridden),
                fields=fields,
                origin=origin,
            )


def _plans(configuration: Configuration) -> Iterator[_Plan]:
    """Every location routing that fits its template."""
    templates = {one.id: one for one in configuration.of(RoutingTemplateFields)}
    rings = _extensions_by_location(configuration)
    for routing in configuration.of(LocationRoutingFields):
        template = templates.get(routing.fields.template_id)
        if template is None or template.org_id != routing.org_id:
            continue
        parts, wrong = template.fields.parts_of(routing.fields)
        if not wrong:
            everybody = rings.get(routing.fields.location_id, ())
            yield _Plan(
                routing, template, parts, _destinations(template, routing), _extensions(template, routing, everybody)
            )


def _extensions_by_location(configuration: Configuration) -> dict[UUID, tuple[UUID, ...]]:
    found: dict[UUID, list[tuple[str, UUID]]] = defaultdict(list)
    for one in configuration.of(ExtensionFields):
        if one.fields.location_id is not None and one.fields.enabled:
            found[one.fields.location_id].append((one.fields.number, one.id))
    return {location: tuple(id_ for _, id_ in sorted(those)) for location, those in found.items()}


def _destinations(template: Stored[RoutingTemplateFields], routing: Stored[LocationRoutingFields]) -> Destinations:
    """What stands behind the stand-ins of siblings and slots."""
    found = {
        stand_in("part", name): Destination(kind=kind, id=made_id(routing.id, name))
        for name, kind in template.fields.destination_kinds.items()
    }
    for name, slot in template.fields.slots.items():
        filling = routing.fields.slots.get(name)
        if destination := (filling.destination if filling else slot.default):
            found[stand_in("here", name)] = destination
    return found


def _extensions(
    template: Stored[RoutingTemplateFields], routing: Stored[LocationRoutingFields], everybody: tuple[UUID, ...]
) -> Extensions:
    """Who rings for the stand-ins of extensions."""
    found = {stand_in("here", ALL_EXTENSIONS): everybody}
    for name, slot in template.fields.slots.items():
        if slot.gives == "extensions":
            filling = routing.fields.slots.get(name)
            found[stand_in("here", name)] = (filling.extension_ids if filling else None) or everybody
    return found


def _led_on(item: Stored[ObjectFields], entries: Destinations) -> Stored[ObjectFields]:
    """An ordinary object, its calls led to where location routings begin."""
    changes = _Place(entries, {}, {}).changes(item.fields)
    if not changes:
        return item
    fields = item.fields.model_copy(update=changes)
    return replace(item, fields=fields, version=_version(fields, item.version))


def _version(fields: ObjectFields, *more: object) -> int:
    """Changes exactly when the object does. 48 bits; never a small number, as stored objects have."""
    content = blake2b(fields.model_dump_json().encode(), digest_size=6)
    content.update(repr(more).encode())
    return int.from_bytes(content.digest())


@dataclass(frozen=True, slots=True)
class _Place:
    """What ids stand for at one location, and where every location routing begins."""

    entries: Destinations
    destinations: Destinations
    extensions: Extensions

    def changes(self, fields: ObjectFields) -> dict[str, Any]:
        """The fields that are otherwise here."""
        changed = {}
        for name in _leading(type(fields)):
            value = getattr(fields, name)
            if value and (here := self._here(value)) is not value:
                changed[name] = here
        return changed

    def _here(self, value: Any) -> Any:
        match value:
            case Destination():
                return self._destination(value)
            case IvrOption():
                there = self._destination(value.destination)
                return value if there is value.destination else IvrOption(digit=value.digit, destination=there)
            case tuple():
                here = tuple(one for item in value for one in self._items(item))
                same = len(here) == len(value) and all(one is other for one, other in zip(here, value, strict=True))
                return value if same else _each_once(here)
        return value

    def _destination(self, value: Destination) -> Destination:
        """A slot may itself be filled with another location routing."""
        if value.id is None:
            return value
        here = self.destinations.get(value.id, value)
        if here.kind == DestinationKind.LOCATION_ROUTING and here.id is not None:
            return self.entries.get(here.id, here)
        return here

    def _items(self, item: Any) -> tuple[Any, ...]:
        if isinstance(item, UUID):
            return self.extensions.get(item, (item,))
        if isinstance(item, QueueMember):
            ids = self.extensions.get(item.extension_id)
            return (item,) if ids is None else tuple(QueueMember(extension_id=id_, penalty=item.penalty) for id_ in ids)
        return (self._here(item),)


def _each_once(items: tuple[Any, ...]) -> tuple[Any, ...]:
    """Who is named and is there anyway rings once, as first named."""
    first: dict[object, Any] = {}
    for item in items:
        first.setdefault(item.extension_id if isinstance(item, QueueMember) else item, item)
    return tuple(first.values())


@cache
def _leading(kind: type[ObjectFields]) -> tuple[str, ...]:
    """Fields that lead calls on, or say who rings."""
    return tuple(name for name, info in kind.model_fields.items() if _leads(info.annotation))


_LEADING = (Destination, IvrOption, QueueMember, Annotated[UUID, Ref(Kind.EXTENSION)])


def _leads(annotation: Any) -> bool:
    return annotation in _LEADING or any(map(_leads, get_args(annotation)))
