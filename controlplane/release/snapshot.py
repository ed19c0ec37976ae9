"""An organisation's configuration, frozen with a release so that it can be compared and rolled back to."""

import json
import zlib
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from controlplane.identity.schemas import LocationInfo, OrganizationInfo
from controlplane.kit.destination import Kind
from controlplane.objects.schemas import ObjectFields, Origin, Stored
from controlplane.telephony.configuration import FIELDS, Configuration, Sound


def pack(configuration: Configuration) -> bytes:
    """The configuration as compressed JSON. Holds secrets in the clear: seal it before it is stored."""
    document = {
        "organizations": [{"id": str(one.id), "name": one.name} for one in configuration.organizations.values()],
        "locations": [
            {**asdict(one), "id": str(one.id), "org_id": str(one.org_id)} for one in configuration.locations.values()
        ],
        "objects": [
            {
                "id": str(one.id),
                "org_id": str(one.org_id),
                "version": one.version,
                "kind": one.fields.kind,
                "fields": one.fields.model_dump(mode="json", exclude=set(one.fields.secret_fields)),
                "secrets": dict(one.secrets),
                "origin": asdict(one.origin) if one.origin else None,
            }
            for one in configuration.objects
        ],
        "sounds": {
            key: {"files": dict(sound.files), "duration_ms": sound.duration_ms}
            for key, sound in configuration.sounds.items()
        },
    }
    return zlib.compress(json.dumps(document, separators=(",", ":"), default=str).encode(), level=1)


def unpack(packed: bytes, node: str) -> Configuration:
    """The configuration again."""
    document: dict[str, Any] = json.loads(zlib.decompress(packed))
    return Configuration(
        node=node,
        organizations={
            UUID(one["id"]): OrganizationInfo(UUID(one["id"]), one["name"]) for one in document["organizations"]
        },
        locations={
            UUID(one["id"]): LocationInfo(**{**one, "id": UUID(one["id"]), "org_id": UUID(one["org_id"])})
            for one in document["locations"]
        },
        objects=tuple(
            Stored(
                id=UUID(one["id"]),
                org_id=UUID(one["org_id"]),
                version=one["version"],
                fields=FIELDS[Kind(one["kind"])].model_validate(one["fields"]),
                secrets=one["secrets"],
                origin=_origin(one.get("origin")),
            )
            for one in document["objects"]
        ),
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


def together(node: str, parts: Iterable[Configuration]) -> Configuration:
    """One node's configuration out of its organisations' parts."""
    organizations: dict[UUID, OrganizationInfo] = {}
    locations: dict[UUID, LocationInfo] = {}
    sounds: dict[str, Sound] = {}
    objects: list[Stored[ObjectFields]] = []
    for part in parts:
        organizations |= part.organizations
        locations |= part.locations
        sounds |= part.sounds
        objects += part.objects
    return Configuration(node, organizations, locations, tuple(sorted(objects, key=lambda one: one.id)), sounds)
