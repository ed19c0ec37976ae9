"""Whether every call gets somewhere: references, dead ends, circles, and objects that nobody reaches."""

from collections.abc import Iterator
from uuid import UUID

from controlplane.kit.destination import DestinationKind, Kind, Spoken
from controlplane.objects.door import references
from controlplane.objects.schemas import ObjectFields, Stored
from controlplane.release.finding import Finder
from controlplane.release.graph import ways
from controlplane.release.schemas import ProblemRead
from controlplane.telephony.configuration import sound_key
from controlplane.telephony.schemas import ExtensionFields, QueueFields, RingGroupFields

# One object


def dangling(finder: Finder, item: Stored[ObjectFields]) -> Iterator[ProblemRead]:
    """Whatever an object names is there, of the right kind, and of the same organisation."""
    for reference in references(item.fields):
        found = finder.index.items.get(reference.id)
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


def dead_ends(finder: Finder, item: Stored[ObjectFields]) -> Iterator[ProblemRead]:
    """Nothing sends calls to what is disabled."""
    for way in ways(item.fields):
        target = finder.index.items.get(way.destination.id) if way.destination.id else None
        if target and finder.is_on(item.id) and not finder.is_on(target.id):
            yield finder.error(
                item, way.field, "dead-end", f"leads to {finder.words(target)}, which is disabled",
                "Enable it, or choose another destination.",
            )  # fmt: skip


def silent_announcements(finder: Finder, item: Stored[ObjectFields]) -> Iterator[ProblemRead]:
    """Nothing sends calls to an announcement that has no sound: it is not in the dialplan, and the call would end."""
    for way in ways(item.fields):
        target = finder.index.items.get(way.destination.id) if way.destination.id else None
        if target is None or target.fields.kind != Kind.PROMPT:
            continue
        if sound_key(Spoken(prompt_id=target.id)) not in finder.configuration.sounds:
            yield finder.error(
                item, way.field, "sound-missing", f"leads to {finder.words(target)}, which has no sound yet",
                "Upload audio for the prompt, or give it a text; then plan again.",
            )  # fmt: skip


def no_fallback(finder: Finder, item: Stored[ObjectFields]) -> Iterator[ProblemRead]:
    """Whoever isn't answered gets somewhere, and isn't just cut off."""
    field = _cuts_off_at(finder, item)
    if field:
        yield finder.warning(
            item, field, "no-fallback", "callers who are not answered are cut off",
            "Send them to a voicemail box or to somebody else.",
        )  # fmt: skip


def _cuts_off_at(finder: Finder, item: Stored[ObjectFields]) -> str | None:
    match item.fields:
        case QueueFields(overflow=end):
            return "overflow" if end.kind == DestinationKind.HANGUP else None
        case RingGroupFields(no_answer=end):
            return "no_answer" if end.kind == DestinationKind.HANGUP else None
        case ExtensionFields() as fields if _cuts_off(fields) and _rings_from_outside(finder, item.id):
            return "no_answer"
    return None


def _cuts_off(fields: ExtensionFields) -> bool:
    if fields.no_answer is None:
        return fields.voicemail_box_id is None and fields.enabled
    return fields.no_answer.kind == DestinationKind.HANGUP and fields.enabled


def _rings_from_outside(finder: Finder, extension: UUID) -> bool:
    naming = (finder.index.items[id_].fields for id_ in finder.index.readers.get(extension, ()))
    return any(fields.kind == Kind.PHONE_NUMBER for fields in naming) and bool(finder.phones(extension))


# All together


def loops(finder: Finder) -> Iterator[ProblemRead]:
    """No call runs in a circle by itself. A caller who presses the same key for ever is stopped while it runs."""
    items = finder.index.items
    for circle in finder.index.roads.loops:
        first = items[min(circle)]
        way = _way_along(first, set(circle))
        names = " → ".join(finder.words(items[id_]) for id_ in [*_in_order(finder, first, set(circle)), first.id])
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
        here = finder.index.items[path[-1]].fields
        following = next(way.destination.id for way in ways(here) if way.destination.id in circle and not way.pressed)
        if following is None or following in path:
            return path
        path.append(following)


def unreached(finder: Finder) -> Iterator[ProblemRead]:
    """Nothing lies about that no call can reach. What has a number of its own can be dialled."""
    for id_ in finder.index.unreached:
        yield finder.warning(finder.index.items[id_], "", "unreached", "no number, key or destination leads to it")
