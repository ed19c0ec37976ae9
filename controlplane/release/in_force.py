"""What was configured when a call came: the release in force, names as they were then, hours, and dialplan lines."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.kit.destination import Kind
from controlplane.platform.services import Services
from controlplane.protocol.bundle import FileKind, Manifest
from controlplane.release import repository
from controlplane.release.blobs import Blobs
from controlplane.release.dialplan_source import DialplanSource
from controlplane.release.hours import hours_in_words
from controlplane.release.models import NodeBundle, Release
from controlplane.release.snapshot import document_of
from controlplane.telephony.schemas import HolidayCalendarFields, TimeConditionFields


@dataclass(frozen=True, slots=True)
class ReleaseThen:
    """The release that decided a call.

    Attributes:
        number: As people know it: "release 12".
        live_at: When its nodes had verified it; None if that never came.
        certain: The node named it; else it is what was live by the clock.
    """

    id: UUID
    number: int
    author: str
    reason: str
    created_at: datetime
    live_at: datetime | None
    certain: bool


class InForce:
    """A release and what it said. Objects that it didn't have are unknown to it.

    Attributes:
        kept: False for a release so old that only its history is left.
    """

    def __init__(self, release: ReleaseThen, document: Mapping[str, Any], dialplan: DialplanSource | None) -> None:
        self.release = release
        self.dialplan = dialplan
        self.kept = bool(document)
        self._objects: dict[str, dict[str, Any]] = {one["id"]: one for one in document.get("objects", ())}
        self._locations = {one["id"]: one for one in document.get("locations", ())}

    @property
    def names(self) -> dict[UUID, str]:
        """Every object's number and name as they were: ``201 Alice``."""
        return {UUID(id_): _name(one["fields"]) for id_, one in self._objects.items()}

    def hours(self, id_: UUID, moment: datetime) -> str | None:
        """How the hours stood at a moment: the local time, the holiday if there was one, and the open hours."""
        item = self._objects.get(str(id_))
        if item is None or item["kind"] != Kind.TIME_CONDITION:
            return None
        fields = TimeConditionFields.model_validate(item["fields"])
        location = self._locations.get(str(fields.location_id))
        zone = fields.timezone or (location["timezone"] if location else "UTC")
        local = moment.astimezone(ZoneInfo(zone))
        holiday = self._holiday(fields, local)
        is_holiday = f" ({holiday})" if holiday else ""
        return f"it was {local:%A, %Y-%m-%d %H:%M} in {zone}{is_holiday}; open {hours_in_words(fields.open_hours)}"

    def _holiday(self, fields: TimeConditionFields, local: datetime) -> str | None:
        for id_ in fields.holiday_calendar_ids:
            if calendar := self._objects.get(str(id_)):
                for day in HolidayCalendarFields.model_validate(calendar["fields"]).holidays:
                    if day.date == local.date():
                        return day.name
        return None


def _name(fields: Mapping[str, Any]) -> str:
    return " ".join(dict.fromkeys(part for part in (fields.get("number"), fields["name"]) if part))


async def in_force(
    services: Services, session: AsyncSession, *, org_id: UUID, node: str, named: str | None, moment: datetime
) -> InForce | None:
    """The release that was in force on a node; None when no release is known.

    Args:
        services: For the key of the snapshot and the files.
        session: To read by.
        org_id: Whose call.
        node: Where it ran.
        named: The release that the node's dialplan named: this organisation's or, on a node that several share, the one
            of the organisation that applied last.
        moment: When the call began: without a name, what was live by then.
    """
    bundle = await repository.bundle_for(session, node, _as_id(named))
    includes = [UUID(one) for one in bundle.includes] if bundle else []
    release = await repository.release_among(session, org_id, includes)
    certain = release is not None
    if release is None:
        release = await repository.release_live_at(session, org_id, moment)
    if release is None:
        return None
    then = ReleaseThen(
        release.id, release.number, release.author, release.reason, release.created_at, release.finished_at, certain
    )
    document, dialplan = await asyncio.to_thread(_open, services, release, bundle)
    return InForce(then, document, dialplan)


def _as_id(named: str | None) -> UUID | None:
    try:
        return UUID(named) if named else None
    except ValueError:
        return None


def _open(
    services: Services, release: Release, bundle: NodeBundle | None
) -> tuple[dict[str, Any], DialplanSource | None]:  # fmt: skip
    packed = (
        services.crypto.open_bytes(release.snapshot, f"releases.snapshot:{release.id}") if release.snapshot else b""
    )
    document = document_of(packed) if packed else {}
    return document, _dialplan(Blobs(services.storage, services.crypto), bundle) if bundle and bundle.manifest else None


def _dialplan(blobs: Blobs, bundle: NodeBundle) -> DialplanSource:
    files = {
        one.path: one.sha256
        for one in Manifest.model_validate_json(bundle.manifest).files
        if one.kind == FileKind.DIALPLAN
    }
    return DialplanSource(files, partial(_text, blobs, files))


def _text(blobs: Blobs, files: Mapping[str, str], path: str) -> str | None:
    content = blobs.get(files[path])
    return content.decode() if content is not None else None
