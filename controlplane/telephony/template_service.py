"""What routing templates become at each location, and letting go of them."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

from controlplane.identity import door as identity
from controlplane.kit.destination import DestinationKind, Kind
from controlplane.objects import door as objects
from controlplane.objects.errors import InUse, Taken
from controlplane.objects.schemas import ObjectFields, Origin, Stored
from controlplane.platform.auth import Principal
from controlplane.platform.uow import UnitOfWork
from controlplane.telephony.configuration import FIELDS, Configuration
from controlplane.telephony.template_schemas import (
    LocationRoutingFields,
    MadeObjectRead,
    OverrideRead,
    RoutingTemplateFields,
    TemplateUseRead,
)
from controlplane.telephony.templates import expand, made_id


async def uses_of(uow: UnitOfWork, principal: Principal, template_id: UUID) -> list[TemplateUseRead]:
    """The visible locations that use a template, and what each has otherwise.

    Raises:
        NotFound: Not there, or not for this principal.
    """
    row = await objects.get(uow, principal, RoutingTemplateFields, template_id)
    template = RoutingTemplateFields.model_validate(row.fields)
    places = {one.id: one.name for one in await identity.load_locations(uow.session, org_ids=[principal.org_id])}
    users = await objects.rows_using(uow.session, principal, Kind.LOCATION_ROUTING, template_id)
    return [_use_read(template, user, places) for user in users]


def _use_read(template: RoutingTemplateFields, user: objects.ConfigObject, places: dict[UUID, str]) -> TemplateUseRead:
    routing = LocationRoutingFields.model_validate(user.fields)
    return TemplateUseRead(
        kind=routing.kind, id=user.id, name=user.name, number="", field="template_id",
        location_id=routing.location_id, location_name=places.get(routing.location_id, ""),
        overrides=list(_overrides(template, routing)),
        inherited=[name for name in sorted(template.parts) if name not in routing.overrides],
    )  # fmt: skip


def _overrides(template: RoutingTemplateFields, routing: LocationRoutingFields) -> Iterator[OverrideRead]:
    for part, changes in sorted(routing.overrides.items()):
        for field, value in sorted(changes.items()):
            yield OverrideRead(part=part, field=field, template_value=template.parts[part].get(field), value=value)


async def made_objects(uow: UnitOfWork, principal: Principal, routing_id: UUID) -> list[MadeObjectRead]:
    """The ordinary objects that a location routing stands for, in order of the parts' names.

    Raises:
        NotFound: Not there, or not for this principal.
    """
    row = await objects.get(uow, principal, LocationRoutingFields, routing_id)
    return [
        MadeObjectRead(
            id=one.id, kind=one.fields.kind, part=origin.part, name=one.fields.name,
            overridden=list(origin.overridden), fields=one.fields.model_dump(mode="json"),
        )
        for one, origin in await _made(uow, row)
    ]  # fmt: skip


async def _made(uow: UnitOfWork, row: objects.ConfigObject) -> list[tuple[Stored[ObjectFields], Origin]]:
    """What a location routing becomes. Needs no more than its template and the extensions of its location."""
    routing = LocationRoutingFields.model_validate(row.fields)
    template = await uow.session.get_one(objects.ConfigObject, routing.template_id)
    extensions = await objects.rows_at(uow.session, row.org_id, routing.location_id, [Kind.EXTENSION])
    alone = Configuration(
        node="", organizations={}, locations={}, objects=tuple(map(_stored, [template, row, *extensions])), sounds={}
    )
    made = [(one, one.origin) for one in expand(alone).objects if one.origin]
    return sorted(made, key=lambda one: one[1].part)


def _stored(row: objects.ConfigObject) -> Stored[ObjectFields]:
    return Stored(row.id, row.org_id, row.version, FIELDS[Kind(row.kind)].model_validate(row.fields))


async def detach(uow: UnitOfWork, principal: Principal, routing_id: UUID, if_match: str | None) -> list[MadeObjectRead]:
    """Turns a location routing into ordinary objects, under the ids that releases know: calls notice nothing.

    Raises:
        Forbidden: The principal may not write these kinds of objects.
        InUse: Objects of hidden locations lead to it.
        NotFound: Not there, or not for this principal.
        Stale: Changed by somebody else since it was read.
        Taken: An object has one of the names already.
    """
    row = await objects.get(uow, principal, LocationRoutingFields, routing_id, for_change=True)
    await objects.require_match(uow, row, if_match)
    shown = await made_objects(uow, principal, routing_id)
    made = [objects.Write(one.id, one.fields, {}) for one, _ in await _made(uow, row)]
    users = [write async for write in _led_on(uow, principal, row)]
    _require_writing(principal, {one.fields.kind for one in (*made, *users)})
    await _refuse_taken(uow, principal, made)
    gone = objects.Before(row.id, row.version, LocationRoutingFields.model_validate(row.fields))
    await objects.write_many(uow, principal, objects.Writes(put=[*made, *users], delete=[gone]))
    return shown


def _require_writing(principal: Principal, kinds: set[Kind]) -> None:
    for kind in sorted(kinds):
        principal.require(f"{kind.replace('_', '-')}s:write")


async def _refuse_taken(uow: UnitOfWork, principal: Principal, made: list[objects.Write]) -> None:
    names = {one.fields.name: one.fields.kind for one in made}
    for name, kind in await objects.taken_names(uow.session, principal.org_id, names):
        raise Taken("name", f"there is {Kind(kind).article} called {name!r} already")


async def _led_on(uow: UnitOfWork, principal: Principal, row: objects.ConfigObject) -> AsyncIterator[objects.Write]:
    """Whatever led to the location routing, led to where it begins."""
    template = await uow.session.get_one(objects.ConfigObject, UUID(row.fields["template_id"]))
    fields = RoutingTemplateFields.model_validate(template.fields)
    there = {"kind": fields.destination_kinds[fields.entry], "id": str(made_id(row.id, fields.entry))}
    users, hidden = await objects.users_of(uow.session, principal, row.id)
    if hidden:
        raise InUse([], hidden)
    for use_id, kind in {use.id: use.kind for use in users}.items():
        user = await objects.get(uow, principal, FIELDS[kind], use_id, for_change=True)
        before = objects.Before(user.id, user.version, FIELDS[kind].model_validate(user.fields))
        after = FIELDS[kind].model_validate(_led(user.fields, str(row.id), there))
        yield objects.Write(user.id, after, user.secrets, before)


def _led(value: Any, routing_id: str, there: dict[str, Any]) -> Any:
    """A JSON value in which destinations that were the location routing are its first object."""
    if isinstance(value, list):
        return [_led(item, routing_id, there) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("kind") == DestinationKind.LOCATION_ROUTING and value.get("id") == routing_id:
        return {**value, **there}
    return {key: _led(item, routing_id, there) for key, item in value.items()}
