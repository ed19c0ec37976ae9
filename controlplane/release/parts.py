"""Which node gets what of an organisation, and how calls get from one node to the other.

An object belongs to the home node of its location; without a location to the organisation's home node. What calls
arrive at or leave by is where its trunk is; phones are where their extension is; what is only looked up or played is
on every node. A hop to an object of another node becomes a call to that node, whose SIP user names organisation,
kind and id; there only the objects in `PbxModel.passes` can be reached.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar
from uuid import UUID

from controlplane.kit.destination import TARGETS, Kind
from controlplane.release import model, names, pbx_objects
from controlplane.release.model import FIELDS, PbxModel
from controlplane.release.pbx_objects import Hop, PbxObject

One = TypeVar("One", bound=PbxObject)

PHONES, MEMBER, MESSAGES = "pho", "mem", "chk"
"""Passes besides those into an object's context: ring phones; ring them only if none is in use; listen to a box."""
_NUMBERED = (Kind.EXTENSION, Kind.RING_GROUP, Kind.QUEUE, Kind.IVR_MENU)
_EVERYWHERE = (Kind.HOLIDAY_CALENDAR, Kind.PROMPT)
_REACHED = (*_NUMBERED, Kind.TIME_CONDITION, Kind.VOICEMAIL_BOX)


@dataclass(frozen=True)
class Placement:
    """Where an organisation's locations are.

    Attributes:
        home: Node of objects without a location.
        homes: Home node of each location.
        addresses: Host and port by which each node is called by the others.
        secret: The password with which the first node logs in at the second.
    """

    home: str
    homes: Mapping[UUID, str]
    addresses: Mapping[str, tuple[str, int]]
    secret: Callable[[str, str], str]

    @property
    def nodes(self) -> list[str]:
        """All nodes with a part, the home node first."""
        return [self.home, *sorted({*self.homes.values()} - {self.home})]


def split(whole: PbxModel, placement: Placement) -> dict[str, PbxModel]:
    """One organisation's model as the part of each of its nodes. On a single node that is the model itself."""
    if len(placement.nodes) == 1:
        return {placement.home: whole}
    places = _places(whole, placement)
    return {node: _Part(whole, placement, places, node).make() for node in placement.nodes}


def merge(node: str, parts: Sequence[PbxModel]) -> PbxModel:
    """The parts of several organisations as the model of their node."""
    if len(parts) == 1:
        return replace(parts[0], node=node)
    merged: dict[str, Any] = {
        name: tuple(sorted((one for part in parts for one in getattr(part, name)), key=lambda one: one.id))
        for name in FIELDS.values()
    }
    return PbxModel(
        node=node,
        organizations=tuple(sorted((one for part in parts for one in part.organizations), key=lambda one: one.id)),
        zones=tuple(sorted({one for part in parts for one in part.zones})),
        prompts=tuple(sorted({one for part in parts for one in part.prompts})),
        peers=_merged_peers(part.peers for part in parts),
        passes=tuple(one for part in parts for one in part.passes),
        members=tuple(one for part in parts for one in part.members),
        **merged,
    )


def _merged_peers(each: Iterable[Sequence[model.Peer]]) -> tuple[model.Peer, ...]:
    found: dict[str, model.Peer] = {}
    for peers in each:
        for peer in peers:
            known = found.get(peer.node)
            both = peer.organizations + (known.organizations if known else ())
            found[peer.node] = replace(peer, organizations=tuple(sorted(both)))
    return tuple(found[node] for node in sorted(found))


def _places(whole: PbxModel, placement: Placement) -> dict[UUID, frozenset[str]]:
    """The nodes of each object."""
    every = frozenset(placement.nodes)
    places = {one.id: _at_location(one, placement) for one in whole.objects()}
    carriers = frozenset[str]().union(*(places[one.id] for one in whole.trunks)) or frozenset({placement.home})
    for number in whole.phone_numbers:
        places[number.id] = places.get(number.trunk, carriers) if number.trunk else carriers
    for device in whole.devices:
        places[device.id] = places[device.extension]
    for route in whole.routes:
        if route.carries:
            places[route.id] = places[route.carries[0].trunk]
    for kind in _EVERYWHERE:
        places |= {one.id: every for one in getattr(whole, FIELDS[kind])}
    return places


def _at_location(one: PbxObject, placement: Placement) -> frozenset[str]:
    home = placement.homes.get(one.location, placement.home) if one.location else placement.home
    return frozenset({home})


def _key(prefix: str, id_: UUID) -> str:
    """A pass: Asterisk overlooks hyphens in extensions, so there are none."""
    return f"{prefix}{id_.hex}"


class _Part:
    """Makes one node's part of an organisation."""

    def __init__(self, whole: PbxModel, placement: Placement, places: Mapping[UUID, frozenset[str]], node: str) -> None:
        self._whole = whole
        self._placement = placement
        self._places = places
        self._node = node
        self._extensions = {one.id: one for one in whole.extensions}

    def make(self) -> PbxModel:
        """The part."""
        kept: dict[str, Any] = {
            name: tuple(map(self._localized, self._here(getattr(self._whole, name)))) for name in FIELDS.values()
        }
        for kind in (*_NUMBERED, Kind.VOICEMAIL_BOX):
            known = (*kept[FIELDS[kind]], *self._known(getattr(self._whole, FIELDS[kind])))
            kept[FIELDS[kind]] = tuple(sorted(known, key=lambda one: one.id))
        kept["routes"] = tuple(one if self._is_here(one) else self._route_away(one) for one in self._routes())
        kept |= {"passes": tuple(self._passes()), "members": tuple(self._members(kept["queues"]))}
        part = replace(self._whole, node=self._node, **kept)
        return replace(part, peers=tuple(self._peers()), zones=self._zones(part), prompts=_played(part))

    # What is here

    def _is_here(self, one: PbxObject) -> bool:
        return self._node in self._places[one.id]

    def _here(self, items: Iterable[One]) -> Iterator[One]:
        return (one for one in items if self._is_here(one))

    def _routes(self) -> Iterator[pbx_objects.OutboundRoute]:
        """All of them, so that numbers are tried in the same order everywhere; each with the trunks of its node."""
        for route in self._whole.routes:
            place = self._places[route.id]
            yield replace(route, carries=tuple(one for one in route.carries if self._places[one.trunk] == place))

    def _zones(self, part: PbxModel) -> tuple[tuple[UUID, str], ...]:
        wanted = {one.location for one in part.objects() if not one.away}
        wanted |= {id_ for id_, node in self._placement.homes.items() if node == self._node}
        return tuple((id_, zone) for id_, zone in part.zones if id_ in wanted)

    # Ways to other nodes

    def _target(self, prefix: str, id_: UUID) -> str:
        """Where a call leaves for an object of another node."""
        (node,) = self._places[id_]
        return f"{names.calls_to_node(node)},{self._tag}{_key(prefix, id_)},1"

    @property
    def _tag(self) -> str:
        return self._whole.organizations[0].tag

    def _route_away(self, route: pbx_objects.OutboundRoute) -> pbx_objects.OutboundRoute:
        return replace(route, carries=(), away=self._target("rte", route.id) if route.carries else None)

    def _hop(self, hop: Hop) -> Hop:
        if hop.kind not in TARGETS or self._node in self._places[id_ := UUID(hop.ref)]:
            return hop
        return replace(hop, target=self._target(hop.target.partition("-")[0], id_), away=True)

    def _lines(self, extension: UUID) -> tuple[pbx_objects.Line, ...]:
        """What rings an extension's phones, wherever they are."""
        lines = self._extensions[extension].lines
        if not lines or self._node in self._places[extension]:
            return lines
        (node,) = self._places[extension]
        user = f"{self._tag}{_key(PHONES, extension)}"
        return (pbx_objects.Line(f"{user}@{names.peer_endpoint(node)}", many=False, elsewhere=True),)

    def _localized(self, one: PbxObject) -> PbxObject:
        """An object as it is on this node."""
        found = ((name, getattr(one, name)) for name in (field.name for field in fields(one)))
        changed: dict[str, Any] = {name: self._hop(value) for name, value in found if isinstance(value, Hop)}
        if isinstance(one, pbx_objects.IvrMenu):
            changed["options"] = tuple(replace(option, hop=self._hop(option.hop)) for option in one.options)
        elif isinstance(one, pbx_objects.RingGroup):
            each = [lines for id_ in one.members if id_ in self._extensions and (lines := self._lines(id_))]
            together = tuple(line for lines in each for line in lines)
            changed["rounds"] = ((together,) if together else ()) if one.strategy == "all" else tuple(each)
        elif isinstance(one, pbx_objects.Queue):
            changed["members"] = tuple(map(self._member, one.members))
        return replace(one, **changed)

    def _member(self, member: pbx_objects.Member) -> pbx_objects.Member:
        if self._node in self._places[member.extension]:
            return member
        # Busy while a call of the queue rings or talks there. The whole way is too long: app_queue keeps 79 characters.
        interface = f"Local/{member.extension.hex}@{names.FAR_MEMBERS}/n"
        return replace(member, interface=interface, state=interface)

    def _members(self, queues: Iterable[pbx_objects.Queue]) -> Iterator[tuple[UUID, str]]:
        """Phones of other nodes that queues here ring."""
        wanted = {one.extension for queue in queues if not queue.away for one in queue.members}
        for id_ in sorted(wanted):
            if self._node not in self._places[id_]:
                yield id_, self._target(MEMBER, id_)

    def _known(self, items: Iterable[Any]) -> Iterator[PbxObject]:
        """Objects of other nodes that are dialled by their numbers."""
        for one in items:
            if one.number and not self._is_here(one) and getattr(one, "enabled", True):
                prefix = MESSAGES if one.kind == Kind.VOICEMAIL_BOX else one.context.partition("-")[0]
                yield replace(one, away=self._target(prefix, one.id))

    # Ways from other nodes

    def _passes(self) -> Iterator[model.Pass]:
        for kind in _REACHED:
            for one in self._here(getattr(self._whole, FIELDS[kind])):
                if getattr(one, "enabled", True):
                    key = _key(one.context.partition("-")[0], one.id)
                    yield model.Pass(kind, one.id, one.org, one.name, key, f"{one.context},s,1")
        queued = {member.extension for queue in self._whole.queues for member in queue.members}
        for extension in self._here(self._whole.extensions):
            if extension.lines:
                yield _pass(extension, PHONES, None, extension.lines)
                if extension.id in queued:
                    yield replace(_pass(extension, MEMBER, None, extension.lines), if_idle=True)
        organization = self._whole.organizations[0]
        for box in self._here(self._whole.voicemail_boxes):
            table = names.table_of("chk", organization.tag, organization.digits.chk, box.number)
            yield _pass(box, MESSAGES, f"{table},{box.number},1")
        for route in self._here(self._routes()):
            if route.enabled and route.carries:
                yield _pass(route, "rte", f"{route.context},${{CP_TO}},1")

    def _peers(self) -> Iterator[model.Peer]:
        organization, secret = self._whole.organizations[0], self._placement.secret
        digits = names.pass_digits(len(self._whole.objects()))
        for node in sorted({*self._placement.nodes} - {self._node}):
            host, port = self._placement.addresses[node]
            yield model.Peer(
                node=node,
                endpoint=names.peer_endpoint(node),
                own=names.peer_endpoint(self._node),
                host=host,
                port=port,
                calls_to=names.calls_to_node(node),
                calls_from=names.calls_from_node(node),
                login=secret(self._node, node),
                password=secret(node, self._node),
                organizations=((organization.id, organization.tag, digits),),
            )


def _pass(one: PbxObject, prefix: str, target: str | None, lines: tuple[pbx_objects.Line, ...] = ()) -> model.Pass:
    return model.Pass(one.kind, one.id, one.org, one.name, _key(prefix, one.id), target, lines)


def _played(part: PbxModel) -> tuple[tuple[str, str], ...]:
    """The sounds that are played on the node."""
    played: set[str | None] = set()
    here: dict[str, list[Any]] = {
        name: [one for one in getattr(part, name) if not one.away] for name in FIELDS.values()
    }
    recorded = [*here["phone_numbers"], *here["queues"], *here["routes"]]
    played |= {one.recording.consent for one in recorded if one.recording}
    played |= {sound for one in here["ivr_menus"] for sound in (one.prompt, one.invalid_prompt)}
    played |= {one.whisper for one in here["queues"]} | {one.greeting for one in here["voicemail_boxes"]}
    played |= {one.sound for one in here["announcements"]}
    return tuple((sha256, extension) for sha256, extension in part.prompts if f"cp/{sha256}" in played)
