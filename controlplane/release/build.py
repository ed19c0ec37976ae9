"""One organisation's configuration and all that follows from it: problems, model, files.

`make` builds from scratch, or from an earlier build of the organisation: then it makes anew only what a change
touches, and keeps the rest. Both ways give the same to the byte (tests/unit/release/test_build.py).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from controlplane.kit.destination import Kind
from controlplane.kit.layered import changed
from controlplane.kit.memory import without_collections
from controlplane.kit.ordered import patched
from controlplane.platform.settings import REPOSITORY
from controlplane.release.checks import check_object, check_whole, in_order
from controlplane.release.compile import Compiler, Facts
from controlplane.release.finding import Finder
from controlplane.release.index import Changes, Index, touched
from controlplane.release.model import FIELDS, Organization, PbxModel
from controlplane.release.pbx_objects import PbxObject
from controlplane.release.render import Contents, Part, RenderedFile, contents, parts_always, parts_of, render_part
from controlplane.release.schemas import ProblemRead
from controlplane.release.snapshot import HEAD, Packed
from controlplane.telephony.configuration import Configuration

TEMPLATES = REPOSITORY / "dialplan_templates"
_HUNG_ON_BY_ALL = {Kind.TRUNK, Kind.OUTBOUND_ROUTE}
"""Kinds of which there are few, and on which anything may hang that leads to an outside number."""


@dataclass(frozen=True)
class Examined:
    """A configuration with what is wrong with it.

    Attributes:
        findings: What is wrong with single objects.
        problems: All that is wrong, in order.
        touched: Objects that may have become something else since the earlier build; None: there was none to go by.
    """

    index: Index
    findings: Mapping[UUID, tuple[ProblemRead, ...]]
    problems: list[ProblemRead]
    touched: frozenset[UUID] | None

    @property
    def configuration(self) -> Configuration:
        """What was looked at."""
        return self.index.configuration

    @property
    def is_good(self) -> bool:
        """Whether it can be applied."""
        return all(problem.severity != "error" for problem in self.problems)


@dataclass(frozen=True)
class Compiled:
    """A configuration that can be applied, and what it becomes.

    Attributes:
        contents: Which objects stand in which file.
        files: The organisation's own files, by path.
        packed: Portions of its snapshot, as far as that was asked for.
    """

    examined: Examined
    facts: Facts
    circling: frozenset[UUID]
    objects: Mapping[UUID, PbxObject]
    model: PbxModel
    contents: Contents
    files: Mapping[str, RenderedFile]
    packed: Packed

    @property
    def configuration(self) -> Configuration:
        """What it was made of."""
        return self.examined.configuration

    @property
    def index(self) -> Index:
        """Look-ups into the configuration."""
        return self.examined.index

    @property
    def organization(self) -> Organization:
        """Whose it is."""
        return self.facts.organization


def examine(configuration: Configuration, before: Compiled | None = None) -> Examined:
    """Checks one organisation's configuration; what an earlier build found out and still holds is kept."""
    changes = before.index.changes_to(configuration) if before else None
    if before is None or changes is None or _hang_on_all(before.configuration, configuration, changes):
        with without_collections():
            finder = Finder(Index.of(configuration))
            findings = {item.id: found for item in configuration.objects if (found := check_object(finder, item))}
            return _examined(finder, findings, None)
    index = before.index.after(changes, configuration)
    finder = Finder(index)
    ids = touched(before.index, index, changes)
    findings = {id_: found for id_, found in before.examined.findings.items() if id_ not in ids}
    findings |= {id_: found for id_ in ids if (item := index.items.get(id_)) and (found := check_object(finder, item))}
    return _examined(finder, findings, frozenset(ids))


def _hang_on_all(old: Configuration, new: Configuration, changes: Changes) -> bool:
    return (old.node, old.organizations, old.locations) != (new.node, new.organizations, new.locations) or bool(
        changes.kinds() & _HUNG_ON_BY_ALL
    )


def _examined(
    finder: Finder, findings: Mapping[UUID, tuple[ProblemRead, ...]], ids: frozenset[UUID] | None
) -> Examined:
    alone = (problem for found in findings.values() for problem in found)
    return Examined(finder.index, findings, in_order([*alone, *check_whole(finder)]), ids)


def make(examined: Examined, before: Compiled | None = None) -> Compiled:
    """What a good configuration becomes. ``before`` is the build that it was examined by.

    Raises:
        CompileError: It is not good.
        CantCarry: A text that no file can hold.
    """
    compiler = Compiler(examined.index, (before.index, before.facts) if before else None)
    facts = compiler.facts[next(iter(examined.configuration.organizations))]
    if before is None or examined.touched is None or facts.organization != before.organization:
        return _from_scratch(examined, compiler, facts)
    ids = examined.touched | (before.circling ^ compiler.circling)
    if facts.direct != before.facts.direct:
        ids |= {one.id for one in examined.index.kinds.get(Kind.IVR_MENU, ())}
    outcome = dict(_outcome(examined.index, compiler, before, ids))
    files, parts = _patched_files(before, outcome)
    return Compiled(
        examined=examined,
        facts=facts,
        circling=compiler.circling,
        objects=changed(before.objects, outcome),
        model=compiler.around(_patched_model(before.model, before.objects, outcome)),
        contents=parts,
        files=files,
        packed=_still_packed(examined, before),
    )


def _still_packed(examined: Examined, before: Compiled) -> Packed:
    """The portions of the build before that hold."""
    were = before.index.places
    portions: Packed = {  # asked one by one: somebody may be packing the build before at this moment
        place: before.packed[place]
        for place, some in examined.index.places.items()
        if place in before.packed and some is were.get(place)
    }
    if HEAD in before.packed and examined.configuration.sounds == before.configuration.sounds:
        portions[HEAD] = before.packed[HEAD]  # other organisations or locations: all is built from scratch
    return portions


def _from_scratch(examined: Examined, compiler: Compiler, facts: Facts) -> Compiled:
    with without_collections():
        compiled = (compiler.compile(item) for item in examined.configuration.objects)
        objects = {one.id: one for one in compiled if one}
        model = compiler.model_of(objects.values())
        parts = contents(model)
        files = {part.path: render_part(part, facts.organization, items, TEMPLATES) for part, items in parts.items()}
    return Compiled(examined, facts, compiler.circling, objects, model, parts, files, {})


Outcome = Mapping[UUID, PbxObject | None]
"""What changed objects became; None: they are gone."""


def _outcome(index: Index, compiler: Compiler, before: Compiled, ids: Iterable[UUID]) -> Iterable[tuple[UUID, Any]]:
    """Those that became something else, or None where they are gone."""
    for id_ in ids:
        item = index.items.get(id_)
        made = compiler.compile(item) if item else None
        if made != before.objects.get(id_):
            yield id_, made


def _patched_model(model: PbxModel, objects: Mapping[UUID, PbxObject], outcome: Outcome) -> PbxModel:
    kinds: dict[Kind, dict[UUID, PbxObject | None]] = defaultdict(dict)
    for id_, one in outcome.items():
        kinds[(one or objects[id_]).kind][id_] = one
    fields: dict[str, Any] = {FIELDS[kind]: patched(getattr(model, FIELDS[kind]), some) for kind, some in kinds.items()}
    return replace(model, **fields)


def _patched_files(before: Compiled, outcome: Outcome) -> tuple[dict[str, RenderedFile], dict[Part, Any]]:
    org = before.organization
    parts: dict[Part, dict[UUID, PbxObject | None]] = defaultdict(dict)
    for id_, one in outcome.items():
        old = before.objects.get(id_)
        for part in parts_of(old, org) if old else ():
            parts[part][id_] = None
        for part in parts_of(one, org) if one else ():
            parts[part][id_] = one
    files, found = dict(before.files), dict(before.contents)
    always = set(parts_always(org))
    for part, some in parts.items():
        found[part] = patched(found.get(part, ()), some)
        if found[part] or part in always:
            files[part.path] = render_part(part, org, found[part], TEMPLATES)
        else:
            del found[part], files[part.path]
    return files, found
