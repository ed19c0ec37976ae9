"""Whether every call gets somewhere: references, dead ends, circles, and objects that nobody reaches."""

from collections.abc import Iterator
from uuid import UUID

from controlplane.kit.destination import Kind
from controlplane.numbering.schemas import PhoneNumberFields
from controlplane.objects.door import references
from controlplane.objects.schemas import ObjectFields, Stored
from controlplane.release.finding import Finder
from controlplane.release.graph import circles, destinations_by_object, ways
from controlplane.release.schemas import ProblemRead
from controlplane.telephony.schemas import ExtensionFields, OutboundRouteFields


def dangling(finder: Finder) -> Iterator[ProblemRead]:
    """Whatever an object names is there, of the right kind, and of the same organisation."""
    for item in finder.configuration.objects:
        for reference in references(item.fields):
            found = finder.items.get(reference.id)
            if found is None or found.fields.kind != reference.kind or found.org_id != item.org_id:
                yield finder.error(
                    item, reference.field, "dangling-reference",
                    f"names a {reference.kind.replace('_', ' ')} that is not there", "Choose another.",
                )  # fmt: skip
        location = item.fields.location_id
        if location is not None and location not in finder.configuration.locations:
            yield finder.error(
                item, "location_id", "dangling-reference", "names a location that is not there", "Choose another."
            )


def dead_ends(finder: Finder) -> Iterator[ProblemRead]:
    """Nothing sends calls to what is disabled."""
    for item, way in finder.ways():
        id_ = way.destination.id
        if finder.is_on(item.id) and id_ in finder.items and not finder.is_on(id_):
            yield finder.error(
                item, way.field, "dead-end", f"leads to {finder.words(finder.items[id_])}, which is disabled",
                "Enable it, or choose another destination.",
            )  # fmt: skip


def loops(finder: Finder) -> Iterator[ProblemRead]:
    """No call runs in a circle by itself. A caller who presses the same key for ever is stopped while it runs."""
    for circle in circles(destinations_by_object(finder.fields, with_keys=False)):
        first = finder.items[min(circle)]
        way = _way_along(first, set(circle))
        names = " → ".join(
            finder.words(finder.items[id_]) for id_ in [*_in_order(finder, first, set(circle)), first.id]
        )
        yield finder.error(
            first, way, "loop", f"calls can run in a circle for ever: {names}",
            "Let one of them end: at voicemail, an announcement, or hang up.",
        )  # fmt: skip


def _way_along(item: Stored[ObjectFields], circle: set[UUID]) -> str:
    return next(way.field for way in ways(item.fields) if way.destination.id in circle and not way.pressed)


def _in_order(finder: Finder, first: Stored[ObjectFields], circle: set[UUID]) -> list[UUID]:
    """The circle as a caller goes round it, from the first until something comes again."""
    path = [first.id]
    while True:
        here = finder.fields[path[-1]]
        following = next(way.destination.id for way in ways(here) if way.destination.id in circle and not way.pressed)
        if following is None or following in path:
            return path
        path.append(following)


_ENTRANCES = (PhoneNumberFields, ExtensionFields, OutboundRouteFields)
_WITHOUT_CALLS = {Kind.TRUNK, Kind.DEVICE}


def unreached(finder: Finder) -> Iterator[ProblemRead]:
    """Nothing lies about that no call can reach. What has a number of its own can be dialled."""
    reached: set[UUID] = set()
    waiting = [
        item.id
        for item in finder.configuration.objects
        if isinstance(item.fields, _ENTRANCES) or item.fields.internal_number()
    ]
    while waiting:
        id_ = waiting.pop()
        if id_ in reached or id_ not in finder.fields:
            continue
        reached.add(id_)
        waiting += [reference.id for reference in references(finder.fields[id_])]
    for item in finder.configuration.objects:
        if item.id not in reached and item.fields.kind not in _WITHOUT_CALLS:
            yield finder.warning(item, "", "unreached", "no number, key or destination leads to it")
