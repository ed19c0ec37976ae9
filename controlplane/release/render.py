"""From a node's model to its files. No decisions here: the model holds them, the templates only write.

Files are cut so that a change of one object touches few and small ones: everything of a location is in files of its
own, and so is each table of numbers. A file depends on the objects in it and on its organisation, on nothing else.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from controlplane.kit.destination import Kind
from controlplane.protocol.bundle import Expectation, FileKind
from controlplane.release import names
from controlplane.release.escape import FILTERS
from controlplane.release.model import Organization, PbxModel
from controlplane.release.numbers import normal_patterns
from controlplane.release.parts import merge
from controlplane.release.pbx_objects import OutboundRoute, PbxObject
from controlplane.release.render_peers import render_peers
from controlplane.release.sourcemap import SourceMap, map_sources, owned_by

_SECRET = {FileKind.DEVICES, FileKind.PJSIP, FileKind.VOICEMAIL}


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """One file. ``secret``: holds passwords or PINs."""

    kind: FileKind
    content: bytes
    sha256: str

    @classmethod
    def of(cls, kind: FileKind, text: str) -> "RenderedFile":
        """A file with this text."""
        content = (text.strip("\n") + "\n").encode()
        return cls(kind, content, hashlib.sha256(content).hexdigest())

    @property
    def secret(self) -> bool:
        """Whether it holds passwords or PINs."""
        return self.kind in _SECRET


@dataclass(frozen=True)
class RenderedRelease:
    """All files of a release, by path.

    Attributes:
        prompts: SHA-256 and file extension of the sounds that the dialplan plays.
    """

    files: Mapping[str, RenderedFile]
    prompts: frozenset[tuple[str, str]]
    model: PbxModel = field(repr=False)

    @cached_property
    def sources(self) -> SourceMap:
        """Which object each line of dialplan came from."""
        texts = {path: one.content.decode() for path, one in self.files.items() if one.kind == FileKind.DIALPLAN}
        return map_sources(texts)

    @cached_property
    def expect(self) -> Expectation:
        """What Asterisk holds when the files are loaded."""
        return Expectation(
            contexts=self.sources.priorities,
            devices=sorted(one.endpoint for one in self.model.devices if one.enabled),
            trunks=[
                *(one.endpoint for one in self.model.trunks if one.enabled),
                *(one.endpoint for one in self.model.peers),
            ],
            queues=[one.queue for one in self.model.queues if not one.away],
        )


class Part(NamedTuple):
    """Which file of an organisation: ``tag`` is a place, or the organisation with the ending of a table of numbers."""

    family: str
    org: UUID
    tag: str

    @property
    def path(self) -> str:
        """Its path in the release."""
        return _FAMILIES[self.family].path.format(self.tag)


Contents = Mapping[Part, tuple[PbxObject, ...]]
"""The objects in each file, in order of id."""


def render(model: PbxModel, release_id: str, templates_dir: Path) -> RenderedRelease:
    """The files of a release. Equal models and ids give equal bytes.

    Raises:
        CantCarry: A text that no file can hold; nothing is made.
    """
    files = {SYSTEM_PATH: render_system([model], release_id, templates_dir)}
    files |= render_organizations(model, templates_dir) | render_links(model.node, [model], templates_dir)
    return RenderedRelease(dict(sorted(files.items())), frozenset(model.prompts), model)


def render_organizations(model: PbxModel, templates_dir: Path) -> dict[str, RenderedFile]:
    """The files that belong to one organisation each.

    Raises:
        CantCarry: A text that no file can hold.
    """
    orgs = {one.id: one for one in model.organizations}
    return {
        part.path: render_part(part, orgs[part.org], items, templates_dir) for part, items in contents(model).items()
    }


def render_links(node: str, models: Sequence[PbxModel], templates_dir: Path) -> dict[str, RenderedFile]:
    """Calls to and from other nodes, for those organisations that have a part there."""
    spread = [model for model in models if model.peers]
    if not spread:
        return {}
    found = render_peers(merge(node, spread), _environment(templates_dir))
    return {path: RenderedFile.of(kind, text) for path, kind, text in found}


def contents(model: PbxModel) -> dict[Part, tuple[PbxObject, ...]]:
    """Which objects each file holds; tables without a number are there as well."""
    orgs = {one.id: one for one in model.organizations}
    found: dict[Part, list[PbxObject]] = defaultdict(list)
    for org in model.organizations:
        for part in parts_always(org):
            found[part] = []
    for item in model.objects():
        for part in parts_of(item, orgs[item.org]):
            found[part].append(item)
    return {part: tuple(sorted(items, key=lambda one: one.id.int)) for part, items in found.items()}


def parts_always(org: Organization) -> Iterator[Part]:
    """The files that an organisation has whatever is in it: Asterisk logs a look-up in a table that is not there."""
    yield Part("internal", org.id, org.tag)
    for family, (kind, digits) in _tables(org).items():
        for context in names.tables(kind, org.tag, digits):
            yield Part(family, org.id, context.removeprefix(f"{kind}-"))


def parts_of(item: PbxObject, org: Organization) -> Iterator[Part]:
    """The files in which an object stands."""
    if not getattr(item, "enabled", True):
        return
    place = (item.location or org.id).hex
    for family in _STANDS_IN[item.kind]:
        if item.away and family not in _KNOWN_ON_ALL:
            continue
        if family in _BY_PLACE:
            yield Part(family, org.id, place)
        elif family in _tables(org):
            kind, digits = _tables(org)[family]
            number: str | None = getattr(item, "number", None)
            if number:
                yield Part(family, org.id, names.table_of(kind, org.tag, digits, number).removeprefix(f"{kind}-"))
        elif not isinstance(item, OutboundRoute) or item.carries or item.away:
            yield Part(family, org.id, org.tag)


def render_part(part: Part, org: Organization, items: Sequence[PbxObject], templates_dir: Path) -> RenderedFile:
    """One file of an organisation.

    Raises:
        CantCarry: A text that no file can hold.
    """
    family = _FAMILIES[part.family]
    kinds: dict[Kind, list[PbxObject]] = defaultdict(list)
    for item in items:
        kinds[item.kind].append(item)
    environment = _environment(templates_dir)
    values: dict[str, Any] = {"org": org, "tag": part.tag}
    texts = [
        environment.get_template(template).render(values, items=taken(kinds))
        for template, taken in family.templates.items()
        if family.always or taken(kinds)
    ]
    return RenderedFile.of(family.kind, "\n".join(texts))


SYSTEM_PATH = "extensions/00-system.conf"


def render_system(models: Iterable[PbxModel], release_id: str, templates_dir: Path) -> RenderedFile:
    """What all organisations of a node share."""
    kept = list(models)
    shapes = {one.shape.country: one.shape for model in kept for one in model.trunks if one.enabled}
    text = _environment(templates_dir).get_template("extensions/system.conf.j2").render(
        release_id=release_id,
        zones=sorted(zone for model in kept for zone in model.zones),
        shapes=[shapes[country] for country in sorted(shapes)],
    )  # fmt: skip
    return RenderedFile.of(FileKind.DIALPLAN, text)


# Which files there are

Kinds = Mapping[Kind, list[PbxObject]]


def _only(kind: Kind) -> Callable[[Kinds], list[PbxObject]]:
    return lambda kinds: kinds.get(kind, [])


def _all(kinds: Kinds) -> list[PbxObject]:
    return [item for kind in _DIALED for item in kinds.get(kind, [])]


def _routes(kinds: Kinds) -> list[PbxObject]:
    routes: list[Any] = kinds.get(Kind.OUTBOUND_ROUTE, [])
    return sorted(routes, key=lambda one: (one.position, one.id))


_DIALED = (Kind.PHONE_NUMBER, Kind.EXTENSION, Kind.RING_GROUP, Kind.QUEUE, Kind.IVR_MENU, Kind.VOICEMAIL_BOX)


class Family(NamedTuple):
    """Files of one sort.

    Attributes:
        templates: Their texts, one after the other, and which objects each is about.
        always: The file is written without objects, too.
    """

    kind: FileKind
    path: str
    templates: Mapping[str, Callable[[Kinds], list[PbxObject]]]
    always: bool = False


_FAMILIES: Mapping[str, Family] = {
    "trunks": Family(
        FileKind.DIALPLAN, "extensions/10-trunks-{}.conf", {"extensions/trunks.conf.j2": _only(Kind.TRUNK)}
    ),
    "carriers": Family(FileKind.PJSIP, "pjsip/trunks-{}.conf", {"pjsip/trunks.conf.j2": _only(Kind.TRUNK)}),
    "dids": Family(FileKind.DIALPLAN, "extensions/20-dids-{}.conf", {"extensions/dids.conf.j2": _all}, always=True),
    "internal": Family(
        FileKind.DIALPLAN, "extensions/30-internal-{}.conf", {"extensions/internal.conf.j2": _routes}, always=True
    ),
    "numbers": Family(
        FileKind.DIALPLAN, "extensions/31-numbers-{}.conf", {"extensions/numbers.conf.j2": _all}, always=True
    ),
    "place": Family(
        FileKind.DIALPLAN,
        "extensions/40-{}.conf",
        {
            "extensions/extensions.conf.j2": _only(Kind.EXTENSION),
            "extensions/groups.conf.j2": _only(Kind.RING_GROUP),
            "extensions/queues.conf.j2": _only(Kind.QUEUE),
            "extensions/menus.conf.j2": _only(Kind.IVR_MENU),
            "extensions/calendars.conf.j2": _only(Kind.HOLIDAY_CALENDAR),
            "extensions/hours.conf.j2": _only(Kind.TIME_CONDITION),
            "extensions/boxes.conf.j2": _only(Kind.VOICEMAIL_BOX),
            "extensions/announcements.conf.j2": _only(Kind.PROMPT),
        },
    ),
    "checks": Family(
        FileKind.DIALPLAN, "extensions/50-checks-{}.conf", {"extensions/checks.conf.j2": _all}, always=True
    ),
    "routes": Family(FileKind.DIALPLAN, "extensions/60-routes-{}.conf", {"extensions/routes.conf.j2": _routes}),
    "devices": Family(FileKind.DEVICES, "devices/{}.conf", {"devices/devices.conf.j2": _only(Kind.DEVICE)}),
    "queues": Family(FileKind.QUEUES, "queues/{}.conf", {"queues/queues.conf.j2": _only(Kind.QUEUE)}),
    "voicemail": Family(
        FileKind.VOICEMAIL, "voicemail/{}.conf", {"voicemail/voicemail.conf.j2": _only(Kind.VOICEMAIL_BOX)}
    ),
}
_BY_PLACE = {"place", "devices", "queues"}
_KNOWN_ON_ALL = {"numbers", "checks", "internal", "routes"}
"""Where objects of other nodes stand, too."""
_STANDS_IN: Mapping[Kind, tuple[str, ...]] = {
    Kind.TRUNK: ("trunks", "carriers"),
    Kind.PHONE_NUMBER: ("dids",),
    Kind.EXTENSION: ("place", "numbers"),
    Kind.DEVICE: ("devices",),
    Kind.RING_GROUP: ("place", "numbers"),
    Kind.QUEUE: ("place", "numbers", "queues"),
    Kind.IVR_MENU: ("place", "numbers"),
    Kind.TIME_CONDITION: ("place",),
    Kind.HOLIDAY_CALENDAR: ("place",),
    Kind.VOICEMAIL_BOX: ("place", "checks", "voicemail"),
    Kind.PROMPT: ("place",),
    Kind.OUTBOUND_ROUTE: ("internal", "routes"),
}


def _tables(org: Organization) -> Mapping[str, tuple[str, int]]:
    """The tables of numbers: how their contexts begin, and by how many last digits they are cut."""
    return {"dids": ("did", org.digits.did), "numbers": ("num", org.digits.num), "checks": ("chk", org.digits.chk)}


@cache
def _environment(templates_dir: Path) -> Environment:
    """Compiled once a process; every file is a few calls of templates."""
    environment = Environment(
        loader=FileSystemLoader(templates_dir),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - no HTML: each value passes the filter of its own syntax
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= FILTERS
    environment.filters |= {"normal_patterns": normal_patterns, "own": owned_by}
    environment.globals["steps"] = Steps
    return environment


class Steps:
    """Writes the head of each line of one dialplan extension: ``exten => 201,1,`` and then `` same => n,``."""

    def __init__(self, exten: str) -> None:
        self._head = f"exten => {exten},1"

    def __call__(self, label: str = "") -> str:
        """The head of the next line."""
        head, self._head = self._head, " same => n"
        return f"{head}({label})," if label else f"{head},"
