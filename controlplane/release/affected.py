"""Which phone numbers a change touches: those whose calls can come to the changed object.

Only what leads to changed objects is walked, backwards. Sets of numbers are whole numbers with a bit for each phone
number: a change of everything at once stays linear in the objects, whatever leads wherever.
"""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from controlplane.numbering.schemas import PhoneNumberFields
from controlplane.release.index import Index
from controlplane.telephony.schemas import DeviceFields, TimeConditionFields

LISTED = 100
"""How many numbers are named; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Affected:
    """How many phone numbers are touched, and the first of them in order."""

    count: int = 0
    numbers: tuple[str, ...] = ()


def affected_numbers(indexes: Iterable[Index], ids: Collection[UUID]) -> dict[UUID, Affected]:
    """For each of these objects or locations, the numbers that lead to it in any of the configurations."""
    walks = [_Walk(index, ids) for index in indexes]
    order = sorted({number for walk in walks for number in walk.numbers.values()})
    bits = {number: 1 << place for place, number in enumerate(order)}
    masks = dict.fromkeys(ids, 0)
    for walk in walks:
        for id_, mask in walk.masks(bits).items():
            if id_ in masks:
                masks[id_] |= mask
    return {id_: Affected(mask.bit_count(), tuple(_first(mask, order))) for id_, mask in masks.items()}


def _first(mask: int, order: list[str]) -> Iterator[str]:
    for _ in range(min(mask.bit_count(), LISTED)):
        lowest = mask & -mask
        yield order[lowest.bit_length() - 1]
        mask ^= lowest


class _Walk:
    """The way back from some objects to phone numbers, in one configuration.

    Attributes:
        numbers: The phone numbers on it, by id.
    """

    def __init__(self, index: Index, ids: Collection[UUID]) -> None:
        self._index = index
        self._leads_on: dict[UUID, list[UUID]] = {}
        self.numbers: dict[UUID, str] = {}
        waiting, seen = list(ids), set(ids)
        while waiting:
            id_ = waiting.pop()
            self._note_number(id_)
            for source in self._leading_to(id_):
                self._leads_on.setdefault(source, []).append(id_)
                if source not in seen:
                    seen.add(source)
                    waiting.append(source)

    def _note_number(self, id_: UUID) -> None:
        fields = self._index.find(id_, PhoneNumberFields)
        if fields is not None:
            self.numbers[id_] = fields.number

    def _leading_to(self, id_: UUID) -> Collection[UUID]:
        """A phone is led to by its extension, a location by the hours that keep its time, all else by who names it."""
        if device := self._index.find(id_, DeviceFields):
            return (device.extension_id,)
        if id_ in self._index.items:
            return self._index.readers.get(id_, ())
        hours = self._index.each(TimeConditionFields) if id_ in self._index.configuration.locations else ()
        return [one.id for one in hours if one.fields.location_id == id_ and one.fields.timezone is None]

    def masks(self, bits: Mapping[str, int]) -> dict[UUID, int]:
        """The numbers that lead to each object on the way."""
        masks = {id_: bits[number] for id_, number in self.numbers.items()}
        waiting = deque(masks)  # first come, first served: most objects then get all their numbers at once
        queued = set(masks)
        while waiting:
            id_ = waiting.popleft()
            queued.discard(id_)
            for target in self._leads_on.get(id_, ()):
                before = masks.get(target, 0)
                if masks[id_] | before != before:
                    masks[target] = masks[id_] | before
                    if target not in queued:
                        queued.add(target)
                        waiting.append(target)
        return masks
