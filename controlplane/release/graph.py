"""The ways calls can take from object to object."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar
from uuid import UUID

from controlplane.kit.destination import Destination
from controlplane.objects.schemas import ObjectFields
from controlplane.telephony.schemas import IvrOption

Node = TypeVar("Node", bound=Hashable)


class Way(NamedTuple):
    """One way on from an object. ``pressed``: only when the caller presses a key for it."""

    field: str
    destination: Destination
    pressed: bool = False


def ways(fields: ObjectFields) -> Iterator[Way]:
    """Where calls can go from an object, with the field that says so."""
    for name in type(fields).model_fields:
        value = getattr(fields, name)
        if isinstance(value, Destination):
            yield Way(name, value)
        elif isinstance(value, tuple):
            for index, part in enumerate(value):
                if isinstance(part, IvrOption):
                    yield Way(f"{name}.{index}", part.destination, pressed=True)


def circles(edges: Mapping[Node, Sequence[Node]]) -> list[list[Node]]:
    """Groups of nodes that lead back to themselves, each in the order in which it was met.

    Source: R. Tarjan, Depth-first search and linear graph algorithms, 1972; without recursion.
    """
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    open_nodes: dict[Node, None] = {}
    found: list[list[Node]] = []
    for root in edges:
        if root in index:
            continue
        index[root] = low[root] = len(index)
        open_nodes[root] = None
        path = [(root, iter(edges[root]))]
        while path:
            node, rest = path[-1]
            following = next(rest, None)
            if following is None:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[node])
                if low[node] == index[node]:
                    group = _pop_until(open_nodes, node)
                    if len(group) > 1 or node in edges[node]:
                        found.append(group)
            elif following not in index:
                index[following] = low[following] = len(index)
                open_nodes[following] = None
                path.append((following, iter(edges.get(following, ()))))
            elif following in open_nodes:
                low[node] = min(low[node], index[following])
    return found


def _pop_until(open_nodes: dict[Node, None], node: Node) -> list[Node]:
    group: list[Node] = []
    while not group or group[-1] != node:
        group.append(open_nodes.popitem()[0])
    return group[::-1]


def destinations_by_object(objects: Mapping[UUID, ObjectFields], *, with_keys: bool) -> dict[UUID, list[UUID]]:
    """Object to objects; ``with_keys`` also follows the ways that need a pressed key."""
    return {
        id_: [
            target
            for way in ways(fields)
            if (target := way.destination.id) in objects and target is not None and (with_keys or not way.pressed)
        ]
        for id_, fields in objects.items()
    }
