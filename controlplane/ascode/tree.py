"""The tree of files: what stands where, and how objects are called in it."""

import re
import unicodedata
from collections.abc import Iterable
from collections.abc import Mapping as Lookup
from dataclasses import dataclass, field
from functools import cache
from uuid import UUID

from controlplane.ascode.errors import ImportRefused
from controlplane.ascode.schemas import ImportProblem
from controlplane.ascode.shape import LOCATION, Part
from controlplane.ascode.text import Mapping, Node, Scalar, Sequence, read
from controlplane.identity.schemas import LocationWrite
from controlplane.kit.destination import Kind
from controlplane.objects.schemas import ObjectFields
from controlplane.telephony.configuration import FIELDS

FORMAT = "1"
HEAD = "# Call Commander configuration. How to read and change it: docs/howto/configuration-as-code.md\n"
LOCATIONS = "locations"


def section(kind: str) -> str:
    """The heading of a kind's objects, which is also its REST path with underscores: ``voicemail_boxes``."""
    if kind.endswith(("x", "s", "ch")):
        return f"{kind}es"
    return f"{kind}s"


def scope(kind: str, verb: str) -> str:
    """The right that a kind needs: ``voicemail-boxes:write``."""
    return f"{section(kind).replace('_', '-')}:{verb}"


SECTIONS: dict[str, Kind] = {section(kind): kind for kind in FIELDS}


@cache
def shape_of_kind(kind: str) -> Part:
    """The shape of a kind's objects, or of locations."""
    return Part((LocationWrite,)) if kind == LOCATION else Part((FIELDS[Kind(kind)],))


@cache
def keyed_by_number(kind: Kind) -> bool:
    """Whether objects of this kind are called by their number, which all of them have; else by their name."""
    number = FIELDS[kind].model_fields.get("number")
    return number is not None and number.is_required()


def key_of(fields: ObjectFields) -> str:
    """How references call an object: ``"201"`` or ``Sales``."""
    return str(getattr(fields, "number")) if keyed_by_number(fields.kind) else fields.name  # noqa: B009 - of this kind


@dataclass(slots=True)
class Item:
    """One object as it stands in a file.

    Attributes:
        kind: A kind of objects, or ``location``.
        file: Where.
        node: Its fields as written, without ``id`` and what is about secrets and sound.
        given_id: As written; None where it is left out.
        extras: Fields that are no part of the document: secrets by field, ``audio``.
        location: The file's own location, which is that of all its objects.
        merge: What is left out stays as it is (tables, locations); else it is the default.
        defaults: Fields for a new object, where the file has nothing else for them.
    """

    kind: str
    file: str
    node: Mapping
    given_id: UUID | None = None
    extras: dict[str, Node] = field(default_factory=dict)
    location: str | None = None
    merge: bool = False
    defaults: dict[str, Node] = field(default_factory=dict)

    @property
    def line(self) -> int:
        """Where it begins."""
        return self.node.line

    def text(self, name: str) -> str | None:
        """A field's text; None where it has none."""
        found = self.node.entries.get(name)
        return found.value if isinstance(found, Scalar) else None

    @property
    def label(self) -> str:
        """How problems call it: ``queues/Sales``."""
        name = self.text("name") or self.text("number") or "?"
        return f"{LOCATIONS if self.kind == LOCATION else section(self.kind)}/{name[:100]}"

    def problem(self, message: str, field_: str = "", hint: str = "", line: int | None = None) -> ImportProblem:
        """Something wrong with it."""
        return ImportProblem(
            file=self.file, line=line or self.line, object=self.label, field=field_, message=message, hint=hint
        )


@dataclass(slots=True)
class Tree:
    """Everything that files say.

    ``only`` are the locations that the files are about, by name; None where they are about the whole organisation.
    ``sounds`` is the content of audio files by SHA-256. ``skip``: objects that are here already are left alone.
    """

    items: list[Item] = field(default_factory=list)
    only: frozenset[str] | None = None
    sounds: Lookup[str, bytes] = field(default_factory=dict)
    skip: bool = False


def parse(files: Lookup[str, bytes], sounds: Lookup[str, bytes] | None = None) -> Tree:
    """Reads YAML files, each by itself; all of their problems at once.

    Raises:
        ImportRefused: One isn't what it should be.
    """
    tree, problems, places = Tree(sounds=sounds or {}), [], []
    for file, content in sorted(files.items()):
        try:
            items, place = _file(file, read(file, content))
            tree.items += items
            places.append(place)
        except ImportRefused as err:
            problems += err.problems
    if problems:
        raise ImportRefused(problems)
    if places and None not in places:
        tree.only = frozenset(place for place in places if place is not None)
    return tree


def _file(file: str, root: Node) -> tuple[list[Item], str | None]:
    wrong = _Wrong(file)
    if not isinstance(root, Mapping):
        wrong.at(root.line, "", "must be a mapping that begins with `format: 1`")
        raise ImportRefused(wrong.found)
    version = root.entries.get("format")
    if not isinstance(version, Scalar) or version.text != FORMAT:
        wrong.at(
            version.line if version else root.line, "format", f"must be {FORMAT}, which is what this version reads"
        )
    own = root.entries.get(LOCATION)
    items: list[Item] = []
    place: str | None = None
    if own is not None:
        items += wrong.items(LOCATION, Sequence([own], own.line), None)
        place = items[0].text("name") if items else None
    for heading, node in root.entries.items():
        if heading in {"format", LOCATION} or (isinstance(node, Scalar) and node.value is None):
            continue
        kind = LOCATION if heading == LOCATIONS else SECTIONS.get(heading)
        if kind is None:
            wrong.at(node.line, heading, "is no kind of object", f"The kinds are {', '.join(SECTIONS)}.")
        elif not isinstance(node, Sequence):
            wrong.at(node.line, heading, "must be a list: each object begins with a dash")
        else:
            items += wrong.items(kind, node, place)
    if wrong.found:
        raise ImportRefused(wrong.found)
    return items, place


class _Wrong:
    """Collects the problems of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[ImportProblem] = []

    def at(self, line: int, where: str, message: str, hint: str = "") -> None:
        self.found.append(ImportProblem(file=self.file, line=line, object="", field=where, message=message, hint=hint))

    def items(self, kind: str, node: Sequence, place: str | None) -> list[Item]:
        return [item for one in node.items if (item := self._item(kind, one, place)) is not None]

    def _item(self, kind: str, node: Node, place: str | None) -> Item | None:
        if not isinstance(node, Mapping):
            self.at(node.line, kind, "must be a mapping of fields")
            return None
        entries = dict(node.entries)
        item = Item(kind, self.file, Mapping(entries, node.line), location=place, merge=kind == LOCATION)
        if (given := entries.pop("id", None)) is not None:
            try:
                item.given_id = UUID(given.text if isinstance(given, Scalar) else "")
            except ValueError:
                self.at(given.line, f"{item.label}.id", "is not an id (a UUID)", "Leave it out to have one made.")
        for name in extra_fields(kind):
            if name in entries:
                item.extras[name] = entries.pop(name)
        return item


@cache
def extra_fields(kind: str) -> tuple[str, ...]:
    """What an object has beside its document: secrets, and a prompt's sound."""
    if kind == LOCATION:
        return ()
    return (*FIELDS[Kind(kind)].secret_fields, *(("audio",) if kind == Kind.PROMPT else ()))


def file_names(places: Iterable[str]) -> dict[str, str]:
    """A file for each location, the same every time: ``locations/store-12.yaml``."""
    names: dict[str, str] = {}
    for place in places:
        plain = unicodedata.normalize("NFKD", place).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "location"
        candidate, count = slug, 1
        while f"locations/{candidate}.yaml" in names.values():
            count += 1
            candidate = f"{slug}-{count}"
        names[place] = f"locations/{candidate}.yaml"
    return names
