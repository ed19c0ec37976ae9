"""An organisation's configuration, frozen with a release so that it can be compared and rolled back to."""

import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from controlplane.identity.schemas import LocationInfo, OrganizationInfo
from controlplane.kit.destination import Kind
from controlplane.objects.schemas import ObjectFields, Origin, Stored
from controlplane.release.index import Index
from controlplane.telephony.configuration import FIELDS, Configuration, Sound

_LENGTH = struct.Struct(">I")
_BY_PLACE = b"\x02"
"""First byte of a snapshot in portions; one of before begins as zlib does, and holds all in one."""

HEAD = "head"
"""What is no object: organisations, locations, sounds."""
Document = dict[str, Any]
Packed = dict[UUID | str | None, bytes]
"""Portions of a snapshot that are made already: `HEAD`, and the objects by location."""


def pack(configuration: Configuration) -> bytes:
    """The configuration as compressed JSON. Holds secrets in the clear: seal it before it is stored."""
    return pack_portions(configuration, Index.of(configuration).places, {})


def pack_portions(
    configuration: Configuration,
    places: Mapping[UUID | None, Sequence[Stored[ObjectFields]]],
    packed: Packed,
) -> bytes:
    """The same, a portion for each location: those that are ``packed`` already are taken as they are, others added."""
    if HEAD not in packed:
        packed[HEAD] = _compressed(_head(configuration))
    for place, objects in places.items():
        if place not in packed:
            packed[place] = _compressed({"objects": [_object(one) for one in objects]})
    portions = [packed[HEAD], *(packed[place] for place in places)]
    return _BY_PLACE + b"".join(_LENGTH.pack(len(one)) + one for one in portions)


def _head(configuration: Configuration) -> Document:
    return {
        "organizations": [{"id": str(one.id), "name": one.name} for one in configuration.organizations.values()],
        "locations": [
            {"id": str(one.id), "org_id": str(one.org_id), "name": one.name, "timezone": one.timezone, "node": one.node}
            for one in configuration.locations.values()
        ],
        "sounds": {
            key: {"files": dict(sound.files), "duration_ms": sound.duration_ms}
            for key, sound in configuration.sounds.items()
        },
    }


def _object(one: Stored[ObjectFields]) -> Document:
    return {
        "id": str(one.id),
        "org_id": str(one.org_id),
        "version": one.version,
        "kind": one.fields.kind,
        "fields": one.fields.model_dump(mode="json", exclude=set(one.fields.secret_fields)),
        "secrets": dict(one.secrets),
        "origin": asdict(one.origin) if one.origin else None,
    }


def _compressed(document: Document) -> bytes:
    return zlib.compress(json.dumps(document, separators=(",", ":"), default=str).encode(), level=1)


def document_of(packed: bytes) -> Document:
    """A snapshot as plain JSON: ``organizations``, ``locations``, ``objects`` and ``sounds``."""
    if not packed.startswith(_BY_PLACE):
        return _decompressed(packed)
    document: Document = {"objects": []}
    at = 1
    while at < len(packed):
        (length,) = _LENGTH.unpack_from(packed, at)
        at += _LENGTH.size + length
        portion = _decompressed(packed[at - length : at])
        document["objects"] += portion.pop("objects", [])
        document |= portion
    return document


def _decompressed(packed: bytes) -> Document:
    document: Document = json.loads(zlib.decompress(packed))
    return document


def unpack(packed: bytes, node: str) -> Configuration:
    """The configuration again."""
    document = document_of(packed)
    objects = (
        Stored(
            id=UUID(one["id"]),
            org_id=UUID(one["org_id"]),
            version=one["version"],
            fields=FIELDS[Kind(one["kind"])].model_validate(one["fields"]),
            secrets=one["secrets"],
            origin=_origin(one.get("origin")),
        )
        for one in document["objects"]
    )
    return Configuration(
        node=node,
        organizations={
            UUID(one["id"]): OrganizationInfo(UUID(one["id"]), one["name"]) for one in document["organizations"]
        },
        locations={
            UUID(one["id"]): LocationInfo(**{**one, "id": UUID(one["id"]), "org_id": UUID(one["org_id"])})
            for one in document["locations"]
        },
        objects=tuple(sorted(objects, key=lambda one: one.id.int)),
        sounds={key: Sound(one["files"], one["duration_ms"]) for key, one in document["sounds"].items()},
    )


def _origin(packed: dict[str, Any] | None) -> Origin | None:
    if packed is None:
        return None
    ids = {name: UUID(packed[name]) for name in ("routing_id", "template_id")}
    return Origin(**{**packed, **ids, "overridden": tuple(packed["overridden"])})


def part_of(configuration: Configuration, org_id: UUID) -> Configuration:
    """What belongs to one organisation. Sounds are shared by content and all kept."""
    return Configuration(
        node=configuration.node,
        organizations={key: one for key, one in configuration.organizations.items() if key == org_id},
        locations={key: one for key, one in configuration.locations.items() if one.org_id == org_id},
        objects=tuple(one for one in configuration.objects if one.org_id == org_id),
        sounds=configuration.sounds,
    )
