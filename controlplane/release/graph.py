"""The ways calls can take from object to object."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import NamedTuple, TypeVar, get_args
from uuid import UUID

from pydantic import BaseModel

from controlplane.kit.destination import Destination, Spoken
from controlplane.objects.schemas import ObjectFields
from controlplane.telephony.schemas import IvrOption

Node = TypeVar("Node", bound=Hashable)


class Way(NamedTuple):
    """One way on from an object. ``pressed``: only when the caller presses a key for it."""

    field: str
    destination: Destination
    pressed: bool = False


@cache
def _fields_with(document: type[BaseModel], part: type[BaseModel]) -> tuple[str, ...]:
    """The fields that can hold such a part: most can't, and there are many documents."""
    return tuple(name for name, info in document.model_fields.items() if _can_hold(info.annotation, part))


def _can_hold(annotation: object, part: type[BaseModel]) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation is part or bool(_fields_with(annotation, part))
    return any(_can_hold(one, part) for one in get_args(annotation))


def ways(fields: ObjectFields) -> Iterator[Way]:
    """Where calls can go from an object, with the field that says so."""
    for name in _fields_with(type(fields), Destination):
        value = getattr(fields, name)
        if isinstance(value, Destination):
            yield Way(name, value)
        elif isinstance(value, tuple):
            for index, part in enumerate(value):
                if isinstance(part, IvrOption):
                    yield Way(f"{name}.{index}", part.destination, pressed=True)


def spoken_parts(document: BaseModel, prefix: str = "") -> Iterator[tuple[str, Spoken]]:
    """What callers hear from an object, with the path of its field."""
    for name in _fields_with(type(document), Spoken):
        value = getattr(document, name)
        parts = list(enumerate(value)) if isinstance(value, tuple) else [(None, value)]
        for index, part in parts:
            path = f"{prefix}{name}" if index is None else f"{prefix}{name}.{index}"
            if isinstance(part, Spoken):
                yield path, part
            elif isinstance(part, BaseModel):
                yield from spoken_parts(part, f"{path}.")


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


class Roads:
    """All ways on from objects that calls can come to. Never changes."""

    def __init__(self, leads: Mapping[UUID, tuple[Way, ...]]) -> None:
        self.leads = leads

    @cached_property
    def loops(self) -> list[list[UUID]]:
        """Circles in which calls run by themselves."""
        return circles(self._edges(self.leads, with_keys=False))

    @cached_property
    def rounds(self) -> list[list[UUID]]:
        """The same, and those that pressed keys lead round."""
        return circles(self._edges(self.leads, with_keys=True))

    @cached_property
    def circling(self) -> frozenset[UUID]:
        """Objects to which a call can come back, by itself or by pressed keys."""
        return frozenset(id_ for group in self.rounds for id_ in group)

    def after(self, differing: Mapping[UUID, tuple[Way, ...]]) -> "Roads":
        """The roads with the ways on from some objects changed; what is known of circles elsewhere is kept."""
        leads = dict(self.leads)
        for id_, found in differing.items():
            if found:
                leads[id_] = found
            else:
                leads.pop(id_, None)
        roads = Roads(leads)
        roads.loops = roads._circles_after(self.loops, differing, with_keys=False)
        roads.rounds = roads._circles_after(self.rounds, differing, with_keys=True)
        return roads

    def _circles_after(
        self, known: list[list[UUID]], differing: Collection[UUID], *, with_keys: bool
    ) -> list[list[UUID]]:
        """A new circle leads through what differs, so it is found by going on from there."""
        broken = {id_ for group in known if not set(differing).isdisjoint(group) for id_ in group}
        edges: dict[UUID, list[UUID]] = {}
        left = [*differing, *broken]
        while left:
            if (id_ := left.pop()) not in edges and id_ in self.leads:
                edges |= self._edges([id_], with_keys=with_keys)
                left += edges[id_]
        kept = (group for group in known if broken.isdisjoint(group) and edges.keys().isdisjoint(group))
        return [*kept, *circles(edges)]

    def _edges(self, ids: Iterable[UUID], *, with_keys: bool) -> dict[UUID, list[UUID]]:
        """Object to objects, of those that calls can both come to and leave: only they can be on a circle."""
        return {
            id_: [
                target
                for _, destination, pressed in self.leads[id_]
                if (target := destination.id) in self.leads and target and (with_keys or not pressed)
            ]
            for id_ in ids
        }
