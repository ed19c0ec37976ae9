"""Large mappings of which few entries change: the next one costs what differs, and shares the rest."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

MOST = 500
"""Entries in a layer, which is copied for each change; a larger one becomes one with what lies under it."""


class _Layered(Mapping[Key, Value]):
    """Entries that differ, over a mapping that stays as it is. None in the layer: gone."""

    __slots__ = ("base", "layer")

    def __init__(self, base: Mapping[Key, Value], layer: dict[Key, Value | None]) -> None:
        self.base, self.layer = base, layer

    def __getitem__(self, key: Key) -> Value:
        if key not in self.layer:
            return self.base[key]
        found = self.layer[key]
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[Key]:
        yield from (key for key in self.base if key not in self.layer)
        yield from (key for key, value in self.layer.items() if value is not None)

    def __len__(self) -> int:
        there = sum(value is not None for value in self.layer.values())
        return len(self.base) - sum(key in self.base for key in self.layer) + there


def changed(mapping: Mapping[Key, Value], changes: Mapping[Key, Value | None]) -> Mapping[Key, Value]:
    """The mapping with some entries replaced or put in, or taken out (None). Values are never None."""
    if not changes:
        return mapping
    base, layer = (mapping.base, mapping.layer) if isinstance(mapping, _Layered) else (mapping, {})
    layer = {**layer, **changes}
    found = _Layered(base, layer)
    return found if len(layer) <= MOST else dict(found)
