"""From the draft, or from a release, to a tree of files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from controlplane.ascode.here import Keys
from controlplane.ascode.shape import LOCATION
from controlplane.ascode.text import Inline, write
from controlplane.ascode.tree import FORMAT, HEAD, LOCATIONS, SECTIONS, file_names, key_of, section, shape_of_kind
from controlplane.kit.destination import Kind
from controlplane.objects.door import document_of
from controlplane.objects.schemas import ObjectFields

WHOLE = "configuration.yaml"
ORGANIZATION = "organization.yaml"
EXISTING = {"from": "existing"}


@dataclass(frozen=True, slots=True)
class Source:
    """One object to be written.

    ``secrets`` are those that it has, sealed where they are to be written; ``audio`` is an uploaded prompt's sound.
    """

    id: UUID
    fields: ObjectFields
    secrets: Mapping[str, str | None] = field(default_factory=dict)
    audio: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Place:
    """One location to be written: its id and its fields as the API has them."""

    id: UUID
    fields: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.fields["name"])


def export(
    places: Iterable[Place], sources: Iterable[Source], keys: Keys, *, per_location: bool = False, ids: bool = True
) -> dict[str, str]:
    """YAML by file name: the same configuration always gives the same bytes.

    Args:
        places: The locations.
        sources: The objects.
        keys: How references are written.
        per_location: A file for each location and one for the rest, instead of one for all.
        ids: With the objects' ids, so that an import elsewhere makes the same objects.
    """
    ordered = sorted(places, key=lambda one: (one.name.casefold(), one.name))
    everything = sorted(sources, key=lambda one: (key_of(one.fields).casefold(), key_of(one.fields), str(one.id)))
    writer = _Writer(keys, ids=ids)
    if not per_location:
        document: dict[str, Any] = {"format": int(FORMAT), LOCATIONS: [writer.place(one) for one in ordered]}
        return {WHOLE: _text({**document, **writer.sections(everything)})}
    by_place: dict[UUID | None, list[Source]] = {one.id: [] for one in ordered}
    for one in everything:
        known = one.fields.location_id if one.fields.location_id in by_place else None
        by_place.setdefault(known, []).append(one)
    names = file_names(one.name for one in ordered)
    files = {}
    if None in by_place:
        files[ORGANIZATION] = _text({"format": int(FORMAT), **writer.sections(by_place[None])})
    for place in ordered:
        head = {"format": int(FORMAT), LOCATION: writer.place(place)}
        files[names[place.name]] = _text({**head, **writer.sections(by_place[place.id], inside=place.id)})
    return files


def _text(document: dict[str, Any]) -> str:
    """Without empty sections, a blank line before each of the others."""
    parts = [write({name: value}) for name, value in document.items() if value != []]
    return HEAD + "\n".join(parts)


class _Writer:
    def __init__(self, keys: Keys, *, ids: bool) -> None:
        self._keys = keys
        self._ids = ids

    def place(self, place: Place) -> dict[str, Any]:
        shape = shape_of_kind(LOCATION)
        found = {
            one.written: one.shape.encode(place.fields[one.name], self._keys.label)
            for one in shape.fields()
            if one.name in place.fields
        }
        return self._with_id(place.id, found)

    def sections(self, sources: list[Source], inside: UUID | None = None) -> dict[str, list[dict[str, Any]]]:
        by_kind: dict[Kind, list[dict[str, Any]]] = {kind: [] for kind in SECTIONS.values()}
        for one in sources:
            by_kind[one.fields.kind].append(self._object(one, inside))
        return {section(kind): found for kind, found in by_kind.items()}

    def _object(self, source: Source, inside: UUID | None) -> dict[str, Any]:
        document = document_of(source.fields)
        if inside is not None and source.fields.location_id == inside:
            del document["location_id"]
        encoded = dict(shape_of_kind(source.fields.kind).encode(document, self._keys.label))
        for name, sealed in sorted(source.secrets.items()):
            encoded[name] = Inline(EXISTING if sealed is None else {"sealed": sealed})
        if source.audio is not None:
            encoded["audio"] = dict(source.audio)
        return self._with_id(source.id, encoded)

    def _with_id(self, id_: UUID, found: dict[str, Any]) -> dict[str, Any]:
        """Name and number first, then the id, then the rest."""
        first: dict[str, Any] = {name: found[name] for name in ("number", "name") if name in found}
        return {**first, **({"id": str(id_)} if self._ids else {}), **found}
