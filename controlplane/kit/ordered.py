"""Tuples in order of id."""

from bisect import bisect_left
from collections.abc import Mapping
from operator import attrgetter
from typing import Any, TypeVar
from uuid import UUID

Item = TypeVar("Item")
_id: Any = attrgetter("id")


def patched(items: tuple[Item, ...], changes: Mapping[UUID, Item | None]) -> tuple[Item, ...]:
    """Items in order of id with some of them replaced or put in, or taken out (None). Quick where few change."""
    if not changes:
        return items
    found = list(items)
    for id_, item in changes.items():
        place = bisect_left(found, id_, key=_id)
        is_there = place < len(found) and _id(found[place]) == id_
        found[place : place + is_there] = [] if item is None else [item]
    return tuple(found)
