"""Which objects no call can come to, carried on from change to change."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from uuid import UUID

from controlplane.kit.destination import Kind
from controlplane.objects.door import references
from controlplane.objects.schemas import ObjectFields, Stored
from controlplane.release.model import FIELDS

Items = Mapping[UUID, Stored[ObjectFields]]
Readers = Mapping[Hashable, frozenset[UUID]]
"""Who mentions a thing."""

_ENTRANCES = {Kind.PHONE_NUMBER, Kind.EXTENSION, Kind.OUTBOUND_ROUTE}
_BETWEEN = set(FIELDS) - _ENTRANCES - {Kind.TRUNK, Kind.DEVICE}


def unreached(
    items: Items, readers: Readers, ids: Iterable[UUID], known: Collection[UUID] = frozenset()
) -> frozenset[UUID]:
    """Those of these objects that no call can come to; of the others, they are ``known``.

    What has a number of its own can be dialled.
    """
    hidden = {id_ for id_ in ids if _must_be_led_to(items[id_])}
    entered: list[UUID] = []
    leads: dict[UUID, list[UUID]] = defaultdict(list)
    for id_ in hidden:
        naming = readers.get(id_, frozenset())
        if any(_is_reached(items[reader], hidden, known) for reader in naming):
            entered.append(id_)
            continue
        for reader in naming:
            leads[reader].append(id_)
    while entered:
        if (id_ := entered.pop()) in hidden:
            hidden.remove(id_)
            entered += leads.get(id_, ())
    return frozenset(hidden)


def unreached_after(
    known: frozenset[UUID], items: Items, readers: Readers, changed: Iterable[Stored[ObjectFields] | None]
) -> frozenset[UUID]:
    """The same after a change: only what calls come to by the changed objects is looked at.

    Args:
        known: Those before it.
        items: All objects after it.
        readers: Who mentions them, after it.
        changed: The changed objects as they were and as they are.
    """
    looked_at: set[UUID] = set()
    waiting = [id_ for one in changed if one for id_ in (one.id, *_named(one))]
    while waiting:
        id_ = waiting.pop()
        if id_ in items and id_ not in looked_at and _must_be_led_to(items[id_]):
            looked_at.add(id_)
            waiting += _named(items[id_])
    kept = frozenset(id_ for id_ in known - looked_at if id_ in items and _must_be_led_to(items[id_]))
    return kept | unreached(items, readers, looked_at, kept)


def _named(item: Stored[ObjectFields]) -> Iterator[UUID]:
    return (reference.id for reference in references(item.fields))


def _must_be_led_to(item: Stored[ObjectFields]) -> bool:
    return item.fields.kind in _BETWEEN and not item.fields.internal_number()


def _is_reached(item: Stored[ObjectFields], hidden: Collection[UUID], known: Collection[UUID]) -> bool:
    """Whether calls are known to come to an object, whatever is found of the hidden ones."""
    if not _must_be_led_to(item):
        return item.fields.kind in _ENTRANCES or bool(item.fields.internal_number())
    return item.id not in hidden and item.id not in known
