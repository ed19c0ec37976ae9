"""A large organisation: a chain of 500 stores with 10,000 phones, the same every time but for its ids and secrets."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.identity.models import Location
from controlplane.identity.schemas import LocationInfo
from controlplane.kit.destination import Kind
from controlplane.kit.ids import new_id
from controlplane.objects.door import references, sealed_where, texts
from controlplane.objects.models import ConfigObject, ConfigRef
from controlplane.objects.schemas import ObjectFields, Stored
from controlplane.platform.crypto import Crypto
from controlplane.telephony.configuration import FIELDS

LOCATIONS = 500
PHONES = 20
NUMBERS = 10
GREETINGS = 10
ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")
WEEK = {"days": ["mon", "tue", "wed", "thu", "fri", "sat"], "start": "09:00", "end": "18:00"}


def to(kind: str, id_: UUID | None = None) -> dict[str, Any]:
    """A destination."""
    return {"kind": kind, "id": id_}


@dataclass
class LargeOrganization:
    """Each store has its own numbers, hours, menu, queue, box and 20 people with a phone each.

    Attributes:
        prefix: Begins the phones' SIP user names, which are shared by all organisations of an installation.
        area: Begins the phone numbers: a country code and area code.
    """

    org_id: UUID
    node: str = "main"
    prefix: str = "phone"
    area: str = "+1212"
    locations: list[LocationInfo] = field(default_factory=list)
    objects: list[Stored[ObjectFields]] = field(default_factory=list)

    def __post_init__(self) -> None:
        carriers = [self._carrier(n) for n in (1, 2)]
        self._add(Kind.OUTBOUND_ROUTE, name="Emergency", position=1, pattern="911", trunk_ids=carriers, emergency=True)
        self._add(Kind.OUTBOUND_ROUTE, name="Out", position=10, pattern="9NXXNXXXXXX", strip=1, prepend="+1",
                  trunk_ids=carriers, caller_number=f"{self.area}5550000")  # fmt: skip
        self._add(Kind.OUTBOUND_ROUTE, name="World", position=20, pattern="+X.", trunk_ids=carriers)
        closed_days = [
            {"date": f"2026-{day}", "name": name} for day, name in (("12-25", "Christmas"), ("07-03", "4th"))
        ]
        calendar = self._add(Kind.HOLIDAY_CALENDAR, name="Holidays", holidays=closed_days)
        greetings = [
            self._add(Kind.PROMPT, name=f"Greeting {n}", text=f"Thank you for calling region {n}. For sales, press 1.")
            for n in range(GREETINGS)
        ]
        for store in range(LOCATIONS):
            location = LocationInfo(new_id(), self.org_id, f"Store {store}", ZONES[store % len(ZONES)], self.node)
            self.locations.append(location)
            self._store(store, location.id, greetings[store % GREETINGS], calendar)

    def ids(self, kind: Kind) -> list[UUID]:
        """The objects of a kind, by birth."""
        return [one.id for one in self.objects if one.fields.kind == kind]

    async def insert(self, session: AsyncSession, crypto: Crypto) -> None:
        """Puts all of it into the database, a table at a time."""
        rows = [_row(one, crypto) for one in self.objects]
        await session.execute(
            insert(Location),
            [
                {"id": one.id, "org_id": one.org_id, "name": one.name, "timezone": one.timezone, "address": {},
                 "node": one.node}
                for one in self.locations
            ],
        )  # fmt: skip
        await session.execute(insert(ConfigObject), rows)
        await session.execute(insert(ConfigRef), [ref for one in self.objects for ref in _references(one)])

    def _add(self, kind: Kind, secrets: dict[str, str] | None = None, **fields: Any) -> UUID:
        stored = Stored(new_id(), self.org_id, 1, FIELDS[kind].model_validate(fields), secrets or {})
        self.objects.append(stored)
        return stored.id

    def _carrier(self, number: int) -> UUID:
        return self._add(
            Kind.TRUNK, name=f"Carrier {number}", identity="ip", host=f"127.255.{number}.1",
            caller_id={"mode": "pass_through", "number": f"{self.area}5550000"},
        )  # fmt: skip

    def _store(self, store: int, location: UUID, greeting: UUID, calendar: UUID) -> None:
        at: dict[str, Any] = {"location_id": location}
        box = self._add(Kind.VOICEMAIL_BOX, {"pin": f"{store:06}"}, name=f"Box {store}", number=f"8{store:04}", **at)
        people = [self._person(100 * store + n, box, at) for n in range(PHONES)]
        queue = self._add(
            Kind.QUEUE, name=f"Queue {store}", number=f"7{store:04}", strategy="rrmemory",
            members=[{"extension_id": person} for person in people[:8]], overflow=to("voicemail", box), **at,
        )  # fmt: skip
        menu = self._add(
            Kind.IVR_MENU, name=f"Menu {store}", number=f"6{store:04}", prompt={"prompt_id": greeting},
            options=[
                {"digit": "1", "destination": to("queue", queue)},
                {"digit": "2", "destination": to("extension", people[0])},
                {"digit": "3", "destination": to("voicemail", box)},
            ],
            on_timeout=to("queue", queue), on_invalid=to("hangup"), **at,
        )  # fmt: skip
        hours = self._add(
            Kind.TIME_CONDITION, name=f"Hours {store}", open_hours=[WEEK], holiday_calendar_ids=[calendar],
            open=to("ivr_menu", menu), closed=to("voicemail", box), **at,
        )  # fmt: skip
        for n in range(NUMBERS):
            wanted = to("extension", people[n]) if n else to("time_condition", hours)
            self._add(Kind.PHONE_NUMBER, number=f"{self.area}{2_000_000 + NUMBERS * store + n}",
                      destination=wanted, **at)  # fmt: skip

    def _person(self, number: int, box: UUID, at: dict[str, Any]) -> UUID:
        line = self._add(
            Kind.EXTENSION, name=f"Line {number}", number=f"1{number:05}", voicemail_box_id=box, **at
        )  # fmt: skip
        self._add(Kind.DEVICE, {"secret": f"secret-of-phone-{number:05}"}, name=f"{self.prefix}-{number}",
                  extension_id=line, codecs=["ulaw", "alaw"], **at)  # fmt: skip
        return line


def _row(one: Stored[ObjectFields], crypto: Crypto) -> dict[str, Any]:
    fields = one.fields
    return {
        "id": one.id,
        "org_id": one.org_id,
        "location_id": fields.location_id,
        "kind": fields.kind,
        "name": fields.name,
        "number": str(getattr(fields, "number", None) or ""),
        "internal_number": fields.internal_number(),
        "org_key": fields.org_key(),
        "global_key": fields.global_key(),
        "fields": fields.model_dump(mode="json", exclude=set(fields.secret_fields)),
        "secrets": {name: crypto.seal(value, sealed_where(one.id, name)) for name, value in one.secrets.items()},
        "texts": sorted({*texts(fields), *filter(None, [fields.own_text()])}),
        "created_by": "bench",
        "updated_by": "bench",
    }


def _references(one: Stored[ObjectFields]) -> Iterator[dict[str, Any]]:
    for reference in references(one.fields):
        yield {"source_id": one.id, "field": reference.field, "target_id": reference.id}
