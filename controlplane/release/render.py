"""From a node's model to its files. No decisions here: the model holds them, the templates only write."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from controlplane.protocol.bundle import Expectation, FileKind
from controlplane.release import names
from controlplane.release.escape import FILTERS
from controlplane.release.model import Extension, IvrMenu, Organization, PbxModel, PbxObject, Queue, RingGroup
from controlplane.release.numbers import normal_patterns
from controlplane.release.sourcemap import SourceMap, map_sources

Item = TypeVar("Item", bound=PbxObject)


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """One file. ``secret``: holds passwords or PINs."""

    kind: FileKind
    content: bytes
    secret: bool = False


@dataclass(frozen=True, slots=True)
class RenderedRelease:
    """All files of a release, by path, and what noded reads back when they are loaded.

    Attributes:
        prompts: SHA-256 and file extension of the sounds that the dialplan plays.
    """

    files: Mapping[str, RenderedFile]
    prompts: frozenset[tuple[str, str]]
    expect: Expectation
    sources: SourceMap


def render(model: PbxModel, release_id: str, templates_dir: Path) -> RenderedRelease:
    """The files of a release. Equal models and ids give equal bytes.

    Raises:
        CantCarry: A text that no file can hold; nothing is made.
    """
    files = {
        path: RenderedFile(kind, (text.strip("\n") + "\n").encode(), secret=kind in _SECRET)
        for path, kind, text in _Renderer(model, release_id, templates_dir).files()
    }
    dialplan = {path: file.content.decode() for path, file in files.items() if file.kind == FileKind.DIALPLAN}
    sources = map_sources(dialplan)
    files["sourcemap.json"] = RenderedFile(FileKind.SOURCE_MAP, sources.to_json())
    expect = Expectation(
        contexts=sources.priorities,
        devices=sorted(one.endpoint for one in model.devices if one.enabled),
        trunks=[one.endpoint for one in model.trunks if one.enabled],
        queues=[one.queue for one in model.queues],
    )
    return RenderedRelease(files, frozenset(model.prompts), expect, sources)


_SECRET = {FileKind.DEVICES, FileKind.PJSIP, FileKind.VOICEMAIL}


@cache
def _environment(templates_dir: Path) -> Environment:
    """Compiled once a process; every file is one call of one template."""
    environment = Environment(
        loader=FileSystemLoader(templates_dir),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - no HTML: each value passes the filter of its own syntax
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= FILTERS
    environment.filters["normal_patterns"] = normal_patterns
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


class _Renderer:
    def __init__(self, model: PbxModel, release_id: str, templates_dir: Path) -> None:
        self._model = model
        self._release_id = release_id
        self._environment = _environment(templates_dir)

    def _text(self, template: str, **values: Any) -> str:
        return self._environment.get_template(template).render(values)

    def files(self) -> Iterator[tuple[str, FileKind, str]]:
        """Path, kind and text of each file."""
        yield from self._system()
        for org in self._model.organizations:
            yield from self._numbers(org)
            yield from self._stations(org)
            yield from self._pbx(org)

    def _system(self) -> Iterator[tuple[str, FileKind, str]]:
        shapes = {one.shape.country: one.shape for one in self._model.trunks if one.enabled}
        text = self._text(
            "extensions/system.conf.j2",
            release_id=self._release_id,
            zones=self._model.zones,
            shapes=[shapes[country] for country in sorted(shapes)],
        )
        yield "extensions/00-system.conf", FileKind.DIALPLAN, text

    def _numbers(self, org: Organization) -> Iterator[tuple[str, FileKind, str]]:
        """Trunks, routes and the numbers that lead in."""
        trunks = [one for one in _of(org, self._model.trunks) if one.enabled]
        if trunks:
            yield (
                f"extensions/10-trunks-{org.tag}.conf",
                FileKind.DIALPLAN,
                self._text("extensions/trunks.conf.j2", org=org, items=trunks),
            )
            yield f"pjsip/trunks-{org.tag}.conf", FileKind.PJSIP, self._text("pjsip/trunks.conf.j2", items=trunks)
        routes = [one for one in _of(org, self._model.routes) if one.enabled and one.carries]
        if routes:
            yield (
                f"extensions/60-routes-{org.tag}.conf",
                FileKind.DIALPLAN,
                self._text("extensions/routes.conf.j2", items=routes),
            )
        numbers = [(one.number, one) for one in _of(org, self._model.phone_numbers) if one.enabled]
        tables = _tables("did", org, org.digits.did, numbers)
        for last, part in groupby(sorted(tables, key=_last_digit), key=_last_digit):
            path = f"extensions/20-dids-{org.tag}{f'-{last}' if org.digits.did else ''}.conf"
            yield path, FileKind.DIALPLAN, self._text("extensions/dids.conf.j2", org=org, tables=list(part))

    def _stations(self, org: Organization) -> Iterator[tuple[str, FileKind, str]]:
        """Extensions and devices, a file for each location, and what is dialled inside."""
        extensions = [one for one in _of(org, self._model.extensions) if one.enabled]
        for tag, here in _by_location(org, extensions):
            yield (
                f"extensions/40-extensions-{tag}.conf",
                FileKind.DIALPLAN,
                self._text("extensions/extensions.conf.j2", items=here),
            )
        devices = [one for one in _of(org, self._model.devices) if one.enabled]
        for tag, phones in _by_location(org, devices):
            yield f"devices/{tag}.conf", FileKind.DEVICES, self._text("devices/devices.conf.j2", items=phones)
        dialed: list[Extension | RingGroup | Queue | IvrMenu] = [
            *extensions, *_of(org, self._model.ring_groups), *_of(org, self._model.queues),
            *_of(org, self._model.ivr_menus),
        ]  # fmt: skip
        numbered = [(number, one) for one in dialed if (number := one.number)]
        yield (
            f"extensions/30-internal-{org.tag}.conf",
            FileKind.DIALPLAN,
            self._text(
                "extensions/internal.conf.j2",
                org=org,
                routes=[one for one in _of(org, self._model.routes) if one.enabled and one.carries],
                tables=_tables("num", org, org.digits.num, numbered),
            ),
        )

    def _pbx(self, org: Organization) -> Iterator[tuple[str, FileKind, str]]:
        """Everything that a call passes between its number and a phone."""
        model = self._model
        boxes = _of(org, model.voicemail_boxes)
        checks = _tables("chk", org, org.digits.chk, [(one.number, one) for one in boxes])
        plans: list[tuple[str, dict[str, Any]]] = [
            ("groups", {"items": _of(org, model.ring_groups)}),
            ("queues", {"items": _of(org, model.queues)}),
            ("menus", {"org": org, "items": _of(org, model.ivr_menus)}),
            (
                "hours",
                {"calendars": _of(org, model.holiday_calendars), "conditions": _of(org, model.time_conditions)},
            ),
            ("boxes", {"items": boxes, "org": org, "tables": checks}),
            ("announcements", {"items": _of(org, model.announcements)}),
        ]
        for name, values in plans:
            if values.get("items") or values.get("conditions") or values.get("calendars"):
                path = f"extensions/50-{name}-{org.tag}.conf"
                yield path, FileKind.DIALPLAN, self._text(f"extensions/{name}.conf.j2", **values)
        queues = _of(org, model.queues)
        if queues:
            yield f"queues/{org.tag}.conf", FileKind.QUEUES, self._text("queues/queues.conf.j2", items=queues)
        if boxes:
            text = self._text("voicemail/voicemail.conf.j2", org=org, items=boxes)
            yield f"voicemail/{org.tag}.conf", FileKind.VOICEMAIL, text


def _of(org: Organization, items: Sequence[Item]) -> list[Item]:
    return [one for one in items if one.org == org.id]


def _tables(
    kind: str, org: Organization, digits: int, numbered: Iterable[tuple[str, Item]]
) -> list[tuple[str, list[Item]]]:
    """Each context of a table with the objects whose numbers it holds."""
    found: dict[str, list[Item]] = {context: [] for context in names.tables(kind, org.tag, digits)}
    for number, item in numbered:
        found[names.table_of(kind, org.tag, digits, number)].append(item)
    return list(found.items())


def _last_digit(table: tuple[str, list[Item]]) -> str:
    return table[0][-1]


def _by_location(org: Organization, items: Sequence[Item]) -> list[tuple[str, list[Item]]]:
    places: dict[UUID, list[Item]] = defaultdict(list)
    for item in items:
        places[item.location or org.id].append(item)
    return [(place.hex, places[place]) for place in sorted(places)]
