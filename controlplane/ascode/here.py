"""What is there already: an organisation's locations and objects, and how they are called."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.ascode.shape import LOCATION
from controlplane.ascode.tree import key_of, scope
from controlplane.identity import door as identity
from controlplane.kit.destination import Kind
from controlplane.objects import door as objects
from controlplane.objects.schemas import ObjectFields
from controlplane.platform.auth import Principal
from controlplane.telephony.configuration import FIELDS


@dataclass(frozen=True, slots=True)
class Existing:
    """One object of the draft. ``secrets`` are sealed."""

    id: UUID
    version: int
    fields: ObjectFields
    secrets: Mapping[str, str]

    @property
    def before(self) -> objects.Before:
        """As the writer wants it."""
        return objects.Before(self.id, self.version, self.fields)


@dataclass(frozen=True)
class Here:
    """The draft of an organisation.

    ``objects`` are all of it, also those that the principal can't see: what they name must stay, and their names and
    numbers are taken.
    """

    locations: Mapping[UUID, identity.LocationRead]
    objects: Mapping[UUID, Existing]

    def within(self, principal: Principal, location_id: UUID | None) -> bool:
        """Whether the principal may change what belongs to this location."""
        return principal.location_ids is None or location_id in principal.location_ids

    def own(self, principal: Principal) -> list[Existing]:
        """What the principal may change, as far as places go."""
        return [one for one in self.objects.values() if self.within(principal, one.fields.location_id)]

    def nameable(self, principal: Principal) -> Iterable[Existing]:
        """What the principal may see and name: also what belongs to the whole organisation."""
        for one in self.objects.values():
            place = one.fields.location_id
            if (place is None or self.within(principal, place)) and principal.may(scope(one.fields.kind, "read")):
                yield one

    def own_locations(self, principal: Principal) -> list[identity.LocationRead]:
        """The principal's locations."""
        return [one for one in self.locations.values() if self.within(principal, one.id)]


async def load(session: AsyncSession, org_id: UUID) -> Here:
    """The draft as it is now. Two queries whatever the size."""
    locations = await identity.read_locations(session, org_id)
    rows = await objects.rows_of(session, [org_id])
    return Here({one.id: one for one in locations}, await asyncio.to_thread(_read, rows))


def _read(rows: Iterable[Row[Any]]) -> dict[UUID, Existing]:
    """Their fields checked: a second for 10,000, which is too long for the event loop."""
    return {
        row.id: Existing(row.id, row.version, FIELDS[Kind(row.kind)].model_validate(row.fields), row.secrets)
        for row in rows
    }


class Keys:
    """Readable keys of objects, both ways. Numbers win over names, so that ``"201"`` is always the extension 201."""

    def __init__(self) -> None:
        self._names: dict[str, dict[str, UUID]] = defaultdict(dict)
        self._keys: dict[str, dict[str, UUID]] = defaultdict(dict)
        self._ids: dict[str, str] = {}
        self._kinds: dict[UUID, str] = {}

    def add(self, kind: str, id_: UUID, key: str, name: str) -> None:
        """An object that can be named."""
        self._keys[kind][key.casefold()] = id_
        self._names[kind][name.casefold()] = id_
        self._ids[str(id_)] = key
        self._kinds[id_] = kind

    def add_object(self, id_: UUID, fields: ObjectFields) -> None:
        """The same for an object with fields."""
        self.add(fields.kind, id_, key_of(fields), fields.name)

    def label(self, id_: str) -> str:
        """How files call it; the id itself where it can't be named."""
        return self._ids.get(id_, id_)

    def find(self, kind: str, text: str) -> UUID | None:
        """The id behind a key, a name or an id."""
        wanted = text.strip().casefold()
        found = self._keys[kind].get(wanted) or self._names[kind].get(wanted)
        if found is not None:
            return found
        id_ = as_id(text)
        return id_ if id_ is not None and self._kinds.get(id_) == kind else None


def as_id(text: str) -> UUID | None:
    """A UUID as text; None where it isn't one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def keys_of(here: Here, principal: Principal) -> Keys:
    """Of everything that the principal may name."""
    keys = Keys()
    for place in here.own_locations(principal):
        keys.add(LOCATION, place.id, place.name, place.name)
    for one in here.nameable(principal):
        keys.add_object(one.id, one.fields)
    return keys
