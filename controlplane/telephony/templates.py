"""From routing templates to ordinary objects: what checks, dialplan, differences and explanations work with.

Each part of a template becomes one object for each location routing, under an id that stays the same whatever changes.
Destinations that name a location routing lead to where it begins.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2b
from typing import Annotated, Any, TypeVar, get_args
from uuid import UUID, uuid5

from controlplane.kit.destination import Destination, DestinationKind, Kind, Ref
from controlplane.objects.schemas import ObjectFields, Origin, Stored
from controlplane.telephony.configuration import Configuration
from controlplane.telephony.flow_schemas import FlowTestFields
from controlplane.telephony.schemas import ExtensionFields, IvrOption, QueueMember
from controlplane.telephony.template_parts import ALL_EXTENSIONS, Part, stand_in
from controlplane.telephony.template_schemas import LocationRoutingFields, RoutingTemplateFields

NAME_MAX = 100
Kept = TypeVar("Kept")
Destinations = Mapping[UUID, Destination]
Extensions = Mapping[UUID, tuple[UUID, ...]]


def made_id(routing_id: UUID, part: str) -> UUID:
    """The id of the object that a part becomes for a location routing."""
    return uuid5(routing_id, part)


EXPANDED = (FlowTestFields, RoutingTemplateFields, LocationRoutingFields)
"""What `expand` looks for: without any of it a configuration stays as it is."""


def expand(configuration: Configuration) -> Configuration:
    """The same configuration in ordinary objects only, still in order of id.

    A location routing that doesn't fit its template makes nothing: whoever names it is a dangling reference then.
    What is made of the very same objects is the very same again, so that little is compared after a small change.
    """
    there = {type(one.fields) for one in configuration.objects}
    if FlowTestFields in there:
        configuration = _without_tests(configuration)
    if RoutingTemplateFields not in there:
        return configuration
    made = list(_made(configuration))
    entries = {one.routing.id: one.entry for one in made}
    ordinary = [
        one
        for one in configuration.objects
        if not isinstance(one.fields, RoutingTemplateFields | LocationRoutingFields)
    ]
    led = [_led_on(item, entries) for item in (*ordinary, *(item for one in made for item in one.objects))]
    return replace(configuration, objects=tuple(sorted(led, key=lambda one: one.id.int)))


def _without_tests(configuration: Configuration) -> Configuration:
    """Flow tests lie beside what they test, and become nothing on a node."""
    return replace(
        configuration, objects=tuple(one for one in configuration.objects if not isinstance(one.fields, FlowTestFields))
    )


@dataclass(frozen=True, slots=True)
class _Made:
    """What one location routing became, and of what."""

    template: Stored[RoutingTemplateFields]
    routing: Stored[LocationRoutingFields]
    everybody: tuple[UUID, ...]
    entry: Destination
    objects: tuple[Stored[ObjectFields], ...]


@dataclass(frozen=True, slots=True)
class _Led:
    """An object whose calls were led on to where location routings begin."""

    item: Stored[ObjectFields]
    changes: Mapping[str, Any]
    led: Stored[ObjectFields]


_KEPT_MADE, _KEPT_LED = 2_000, 20_000
_made_before: dict[UUID, _Made] = {}
_led_before: dict[UUID, _Led] = {}


def _made(configuration: Configuration) -> Iterator[_Made]:
    """Every location routing that fits its template."""
    templates = {one.id: one for one in configuration.of(RoutingTemplateFields)}
    rings = _extensions_by_location(configuration)
    for routing in configuration.of(LocationRoutingFields):
        template = templates.get(routing.fields.template_id)
        if template is None or template.org_id != routing.org_id:
            continue
        everybody = rings.get(routing.fields.location_id, ())
        before = _made_before.get(routing.id)
        if before and before.routing is routing and before.template is template and before.everybody == everybody:
            yield before
            continue
        parts, wrong = template.fields.parts_of(routing.fields)
        if not wrong:
            yield _keep(_made_before, routing.id, _make(template, routing, everybody, parts), _KEPT_MADE)


def _make(
    template: Stored[RoutingTemplateFields], routing: Stored[LocationRoutingFields], everybody: tuple[UUID, ...],
    parts: Mapping[str, Part],
) -> _Made:  # fmt: skip
    destinations = _destinations(template, routing)
    place = _Place(destinations, _extensions(template, routing, everybody))
    entry = destinations[stand_in("part", template.fields.entry)]
    made = tuple(_object(template, routing, name, part, place) for name, part in parts.items())
    return _Made(template, routing, everybody, entry, made)


def _object(
    template: Stored[RoutingTemplateFields], routing: Stored[LocationRoutingFields], name: str, part: Part,
    place: "_Place",
) -> Stored[ObjectFields]:  # fmt: skip
    overridden = tuple(sorted(routing.fields.overrides.get(name, ())))
    fields = part.fields.model_copy(
        update={
            "name": _name(routing.fields.name, part.title),
            "location_id": routing.fields.location_id,
            **place.changes(part.fields),
        }
    )
    return Stored(
        id=made_id(routing.id, name),
        org_id=routing.org_id,
        version=_version(fields, template.fields.name, *overridden),
        fields=fields,
        origin=Origin(routing.id, template.id, template.fields.name, name, overridden),
    )


def _name(routing: str, title: str) -> str:
    """Long names are cut, but never so that two parts are called the same."""
    tail = f": {title[:60]}"
    return routing[: NAME_MAX - len(tail)] + tail


def _keep(kept: dict[UUID, Kept], key: UUID, made: Kept, most: int) -> Kept:
    kept.pop(key, None)
    kept[key] = made
    while len(kept) > most:
        del kept[next(iter(kept))]
    return made


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
    """An object, its calls led to where location routings begin."""
    if not _names_routing(item.fields):
        return item
    changes = _Place(entries, {}).changes(item.fields)
    before = _led_before.get(item.id)
    if before and before.item is item and before.changes == changes:
        return before.led
    fields = item.fields.model_copy(update=changes)
    led = replace(item, fields=fields, version=_version(fields, item.version))
    return _keep(_led_before, item.id, _Led(item, changes, led), _KEPT_LED).led


def _names_routing(fields: ObjectFields) -> bool:
    """Whether it leads to a location routing: asked of every object, so it looks at destinations only."""
    for name in _leading(type(fields)):
        value = getattr(fields, name)
        if isinstance(value, Destination):
            if value.kind is DestinationKind.LOCATION_ROUTING:
                return True
        elif name == "options" and any(one.destination.kind is DestinationKind.LOCATION_ROUTING for one in value):
            return True
    return False


def _version(fields: ObjectFields, *more: object) -> int:
    """Changes exactly when the object does. 48 bits; never a small number, as stored objects have."""
    content = blake2b(fields.model_dump_json().encode(), digest_size=6)
    content.update(repr(more).encode())
    return int.from_bytes(content.digest())


@dataclass(frozen=True, slots=True)
class _Place:
    """What ids stand for."""

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
        return self.destinations.get(value.id, value) if value.id else value

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
