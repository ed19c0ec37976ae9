"""An organisation's configuration out of the database, read whole once and then only where it changed.

Each process keeps what it read last. PostgreSQL knows by which transaction each row was written (``xmin``): one look
counts the rows and names those that were written since the look before, whoever wrote them; where the number doesn't
fit, something is gone, and a list of all of them says what. What is returned is what one such look at the database saw,
never an older state or a mixture.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.identity import door as identity
from controlplane.identity.schemas import OrganizationInfo
from controlplane.kit.destination import Kind
from controlplane.kit.memory import without_collections
from controlplane.kit.ordered import patched
from controlplane.objects import door as objects
from controlplane.objects.schemas import ObjectFields, Stored
from controlplane.platform.crypto import Crypto
from controlplane.platform.services import Services
from controlplane.telephony.configuration import FIELDS, Configuration
from controlplane.telephony.ready_sounds import ready_sounds
from controlplane.telephony.schemas import PromptFields
from controlplane.telephony.template_schemas import RoutingTemplateFields
from controlplane.telephony.templates import EXPANDED, expand

MANY = 2000
"""Rows that are read one by one; of more, all are."""
KEPT = 8
"""Organisations; one of 27,000 objects takes some 60 MB."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What was read last.

    Attributes:
        horizon: What is written from here on may be new; None: nothing was read.
        stamps: Each object's id, and that with its writing transaction and version.
        apart: Those of them that each load looks for: prompts, and what `expand` does. They are few, and to go through
            27,000 others takes 6 ms.
        texts: What our voice says for each object that speaks.
        configuration: Made of it, templates expanded.
        locations_mark: Differs after each change of its locations.
        is_certain: Nothing in it was written by a transaction that may still be taken back.
    """

    horizon: str | None = None
    stamps: Mapping[str, str] = field(default_factory=dict)
    objects: tuple[Stored[ObjectFields], ...] = ()
    apart: Mapping[UUID, Stored[ObjectFields]] = field(default_factory=dict)
    texts: Mapping[UUID, tuple[str, ...]] = field(default_factory=dict)
    configuration: Configuration | None = None
    locations_mark: int | None = None
    is_certain: bool = True


_APART = (PromptFields, *EXPANDED)
_kept: dict[tuple[str, UUID], _Loaded] = {}


async def load_organization(services: Services, session: AsyncSession, organization: OrganizationInfo) -> Configuration:
    """One organisation, secrets opened, templates expanded; what didn't change since last time is the very same object.

    Args:
        services: The process's ports.
        session: Where to read.
        organization: Whose. Its home is the node of its first location.
    """
    key = (services.database_url, organization.id)
    before = _kept.get(key, _Loaded())
    loaded = await _up_to_date(services.crypto, session, organization.id, before)
    mark = await identity.locations_mark(session, organization.id)
    if before.configuration and mark == before.locations_mark:
        locations = before.configuration.locations
    else:
        locations = {one.id: one for one in await identity.load_locations(session, org_ids=[organization.id])}
    node = next((one.node for one in locations.values()), services.settings.node_name)
    configuration = loaded.configuration
    there = {type(one.fields) for one in loaded.apart.values()}
    if configuration is None or configuration.locations != locations:
        whole = Configuration(node, {organization.id: organization}, locations, loaded.objects, {})
        configuration = whole if there.isdisjoint(EXPANDED) else expand(whole)
    texts = {text for some in loaded.texts.values() for text in some}
    spoken = configuration.objects if RoutingTemplateFields in there else loaded.apart.values()  # they make prompts
    sounds = await ready_sounds(session, spoken, texts)
    if before.configuration and before.configuration.sounds == sounds:
        sounds = before.configuration.sounds
    configuration = replace(configuration, node=node, organizations={organization.id: organization}, sounds=sounds)
    if loaded.is_certain:
        _kept.pop(key, None)
        _kept[key] = replace(loaded, configuration=configuration, locations_mark=mark)
    while len(_kept) > KEPT:
        del _kept[next(iter(_kept))]
    return configuration


def forget() -> None:
    """Drops all that is kept, as a restart does."""
    _kept.clear()


async def _up_to_date(crypto: Crypto, session: AsyncSession, org_id: UUID, loaded: _Loaded) -> _Loaded:
    while True:
        look = await objects.look_at(session, org_id, loaded.horizon)
        new = _unknown(look, loaded)
        gone: Collection[str] = ()
        if look.total != len(loaded.stamps) + sum(id_ not in loaded.stamps for id_ in new):
            look = await objects.look_at(session, org_id, None)
            new = _unknown(look, loaded)
            gone = loaded.stamps.keys() - {_id(stamp) for stamp in look.recent}
        if not new and not gone:
            return replace(loaded, horizon=look.horizon)
        if loaded.objects and len(new) > MANY:
            loaded = _Loaded()
            continue
        with without_collections():
            rows = await objects.rows_of(session, [org_id], set(map(UUID, new)) if loaded.objects else None)
            found = await asyncio.to_thread(_opened, crypto, rows)
        texts = {row.id: tuple(row.texts) for row in rows if row.texts}
        read = {_id(row.stamp): row.stamp for row in rows}
        if read != new:  # somebody wrote since the look; all that was read is not read again
            if not loaded.objects:
                loaded = _Loaded(look.horizon, read, tuple(found), _apart(found), texts, is_certain=not look.is_writing)
            continue
        changes: dict[UUID, Stored[ObjectFields] | None] = {one.id: one for one in found}
        changes |= dict.fromkeys(map(UUID, gone))
        return _Loaded(
            horizon=look.horizon,
            stamps=_without(gone, {**loaded.stamps, **new}),
            objects=patched(loaded.objects, changes) if loaded.objects else tuple(found),
            apart={id_: one for id_, one in loaded.apart.items() if id_ not in changes} | _apart(found),
            texts={id_: said for id_, said in loaded.texts.items() if id_ not in changes} | texts,
            is_certain=loaded.is_certain and not look.is_writing,
        )


def _apart(found: Iterable[Stored[ObjectFields]]) -> dict[UUID, Stored[ObjectFields]]:
    return {one.id: one for one in found if isinstance(one.fields, _APART)}


def _unknown(look: objects.Look, loaded: _Loaded) -> dict[str, str]:
    """What a look saw that was not read yet, by id."""
    return {_id(stamp): stamp for stamp in look.recent if loaded.stamps.get(_id(stamp)) != stamp}


def _without(gone: Iterable[str], stamps: dict[str, str]) -> dict[str, str]:
    for id_ in gone:
        del stamps[id_]
    return stamps


def _id(stamp: str) -> str:
    return stamp[:36]


def _opened(crypto: Crypto, rows: Sequence[Row[Any]]) -> list[Stored[ObjectFields]]:
    return [stored(row, crypto) for row in rows]


def stored(row: Row[Any], crypto: Crypto) -> Stored[ObjectFields]:
    """A row as an object, its secrets opened."""
    opened = {
        field: crypto.open(sealed, objects.sealed_where(row.id, field)) for field, sealed in row.secrets.items()
    }  # fmt: skip
    fields = FIELDS[Kind(row.kind)].model_validate(row.fields)
    return Stored(id=row.id, org_id=row.org_id, version=row.version, fields=fields, secrets=opened)
