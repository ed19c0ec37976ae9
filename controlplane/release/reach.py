"""How far a person's plans and applies may reach: who has rights in some locations decides for these only."""

from collections.abc import Iterator
from uuid import UUID

from controlplane.platform.auth import Principal
from controlplane.platform.problem import Forbidden
from controlplane.release.index import Index


def refuse_elsewhere(principal: Principal, live: Index | None, wanted: Index) -> None:
    """Lets nobody change what phones do at other people's locations, or in the whole organisation.

    Args:
        principal: Who asks; whoever has rights everywhere passes.
        live: What the phones run on; None before the first release.
        wanted: What they would run on.

    Raises:
        Forbidden: Something that differs lies outside of the principal's locations. What it is isn't told.
    """
    if principal.location_ids is None:
        return
    places = list(_changed_places(live, wanted))
    outside = sum(place not in principal.location_ids for place in places)
    if outside:
        raise Forbidden(
            f"{outside} of {len(places)} changes that wait to be applied are outside of your locations.",
            hint="Ask an admin to apply them first; then yours can be applied alone.",
        )


def require_everywhere(principal: Principal, what: str) -> None:
    """Keeps what concerns the whole organisation to those who have rights in all of it.

    Raises:
        Forbidden: The principal's rights are limited to some locations.
    """
    if principal.location_ids is not None:
        raise Forbidden(f"{what} is for those with rights in the whole organisation.", hint="Ask an admin.")


def _changed_places(live: Index | None, wanted: Index) -> Iterator[UUID | None]:
    """The location of each thing that differs; one that moves counts at both places."""
    if live is None:
        yield from (item.fields.location_id for item in wanted.items.values())
        return
    changes = live.changes_to(wanted.configuration)
    for old, new in changes.objects.values():
        yield from {one.fields.location_id for one in (old, new) if one}
    speaking = {id_ for sound in changes.sounds for id_ in wanted.readers.get(sound, ())} - changes.objects.keys()
    yield from (wanted.items[id_].fields.location_id for id_ in speaking)
    before, after = live.configuration.locations, wanted.configuration.locations
    yield from (id_ for id_ in before.keys() | after.keys() if before.get(id_) != after.get(id_))
