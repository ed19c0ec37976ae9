"""Whether a configuration can work, before anything is made of it. The first half: objects one by one.

`flow_checks` looks at the ways between them.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import BaseModel

from controlplane.kit.destination import Kind, Spoken
from controlplane.numbering.schemas import PhoneNumberFields, TrunkFields
from controlplane.objects.schemas import ObjectFields, Stored
from controlplane.release import flow_checks
from controlplane.release.finding import Finder
from controlplane.release.outbound import dial_outside
from controlplane.release.schemas import ProblemRead
from controlplane.telephony.configuration import Configuration, sound_key
from controlplane.telephony.schemas import (
    DeviceFields,
    ExtensionFields,
    OutboundRouteFields,
    QueueFields,
    RingGroupFields,
    TimeConditionFields,
    VoicemailBoxFields,
)

DIAL_STRING_MAX = 7000  # of the 8,192 bytes that a dialplan line may have
EMERGENCY_NUMBERS = {"911", "112", "999", "000", "110", "119"}


def check(configuration: Configuration) -> list[ProblemRead]:
    """Everything that is wrong (errors: it can't be applied) or odd (warnings), errors first."""
    finder = Finder(configuration)
    problems = [problem for find in CHECKS for problem in find(finder)]
    return sorted(problems, key=lambda one: (one.severity != "error", one.path, one.slug))


def sounds_missing(finder: Finder) -> Iterator[ProblemRead]:
    """Everything that is spoken has its sound."""
    for item in finder.configuration.objects:
        for path, spoken in spoken_parts(item.fields):
            if sound_key(spoken) not in finder.configuration.sounds:
                yield finder.error(
                    item, path, "sound-missing", "has no sound yet",
                    "Upload audio for the prompt, or give it a text; then plan again.",
                )  # fmt: skip


def spoken_parts(document: BaseModel, prefix: str = "") -> Iterator[tuple[str, Spoken]]:
    """What callers hear from an object, with the path of its field."""
    for name in type(document).model_fields:
        value = getattr(document, name)
        parts = list(enumerate(value)) if isinstance(value, tuple) else [(None, value)]
        for index, part in parts:
            path = f"{prefix}{name}" if index is None else f"{prefix}{name}.{index}"
            if isinstance(part, Spoken):
                yield path, part
            elif isinstance(part, BaseModel):
                yield from spoken_parts(part, f"{path}.")


def numbers_used_twice(finder: Finder) -> Iterator[ProblemRead]:
    """A number leads to one place: inside an organisation, and on the whole installation where it must."""
    seen: dict[object, Stored[ObjectFields]] = {}
    for item in finder.configuration.objects:
        keys: list[tuple[object, str]] = []
        if number := item.fields.internal_number():
            keys.append(((item.org_id, number), "number"))
        if isinstance(item.fields, VoicemailBoxFields):
            keys.append(((item.org_id, Kind.VOICEMAIL_BOX, item.fields.number), "number"))
        if unique := item.fields.global_key():
            keys.append((unique, "name" if isinstance(item.fields, DeviceFields) else "number"))
        for key, path in keys:
            first = seen.setdefault(key, item)
            if first is not item:
                yield finder.error(
                    item, path, "duplicate-number", f"is used by {finder.words(first)}, too",
                    "Give one of them another.",
                )  # fmt: skip


def members_without_phones(finder: Finder) -> Iterator[ProblemRead]:
    """Queues and ring groups can ring somebody."""
    for queue in finder.configuration.of(QueueFields):
        if not queue.fields.members:
            yield finder.error(queue, "members", "queue-without-members", "nobody takes its calls", "Add a member.")
        for index, member in enumerate(queue.fields.members):
            yield from _silent_member(finder, queue, f"members.{index}", member.extension_id)
    for group in finder.configuration.of(RingGroupFields):
        lines = 0
        for index, extension in enumerate(group.fields.extension_ids):
            yield from _silent_member(finder, group, f"extension_ids.{index}", extension)
            lines += sum(len(device.fields.name) + 7 for device in finder.devices.get(extension, ()))
        if group.fields.strategy == "all" and lines > DIAL_STRING_MAX:
            yield finder.error(
                group, "extension_ids", "ring-group-too-large", "has more phones than can be rung at once",
                "Make it a queue, or ring in turn.",
            )  # fmt: skip


def _silent_member(finder: Finder, item: Stored[ObjectFields], path: str, extension: UUID) -> Iterator[ProblemRead]:
    found = finder.fields.get(extension)
    if not isinstance(found, ExtensionFields):
        return
    if not found.enabled:
        yield finder.warning(item, path, "member-disabled", f"{found.name} is disabled and never rings")
    elif not finder.devices.get(extension):
        yield finder.warning(item, path, "member-without-device", f"{found.name} has no enabled device and never rings")


def stations(finder: Finder) -> Iterator[ProblemRead]:
    """Phones belong to somebody, and calls to somebody end somewhere."""
    for device in finder.configuration.of(DeviceFields):
        owner = finder.fields.get(device.fields.extension_id)
        if isinstance(owner, ExtensionFields) and not owner.enabled and device.fields.enabled:
            yield finder.warning(
                device, "extension_id", "extension-disabled", f"{owner.name} is disabled: the phone can't register"
            )
        if not device.secrets.get("secret"):
            yield finder.error(device, "secret", "secret-missing", "has no SIP password", "Rotate its secret.")
    for box in finder.configuration.of(VoicemailBoxFields):
        if not box.secrets.get("pin"):
            yield finder.error(box, "pin", "secret-missing", "has no PIN", "Set one.")
    for extension in finder.configuration.of(ExtensionFields):
        fields = extension.fields
        ends = fields.no_answer or fields.busy or fields.voicemail_box_id
        if fields.enabled and not ends and not finder.devices.get(extension.id):
            yield finder.warning(
                extension, "", "extension-leads-nowhere",
                "has no device, no voicemail and nowhere else to go: its calls end at once",
                "Add a device or a voicemail box.",
            )  # fmt: skip


def opening_hours(finder: Finder) -> Iterator[ProblemRead]:
    """Hours are in a zone that exists, and said once."""
    zones = available_timezones()
    for item in finder.configuration.of(TimeConditionFields):
        fields = item.fields
        if fields.timezone is not None:
            zone, path = fields.timezone, "timezone"
        else:
            location = finder.configuration.locations.get(fields.location_id) if fields.location_id else None
            if location is None:
                yield finder.error(
                    item, "timezone", "timezone-missing", "has neither time zone nor location", "Set one."
                )
                continue
            zone, path = location.timezone, "location_id"
        if zone not in zones:
            yield finder.error(
                item,
                path,
                "unknown-timezone",
                f"time zone {zone!r} is unknown",
                "Write an IANA name like America/New_York.",
            )
        yield from _overlaps(finder, item)


def _overlaps(finder: Finder, item: Stored[TimeConditionFields]) -> Iterator[ProblemRead]:
    by_day: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for index, span in enumerate(item.fields.open_hours):
        start = span.start.hour * 60 + span.start.minute
        end = span.end.hour * 60 + span.end.minute or 24 * 60
        for day in set(span.days):
            by_day[day].append((start, end, index))
    told: set[int] = set()
    for weekday, spans in by_day.items():
        for before, after in pairwise(sorted(spans)):
            if after[0] < before[1] and after[2] not in told:
                told.add(after[2])
                yield finder.warning(
                    item, f"open_hours.{after[2]}", "spans-overlap", f"overlaps open_hours.{before[2]} on {weekday}"
                )


def trunks_and_routes(finder: Finder) -> Iterator[ProblemRead]:
    """Numbers come from somewhere, routes lead somewhere, help can be called."""
    routes = [one for one in finder.configuration.of(OutboundRouteFields) if one.fields.enabled]
    for route in routes:
        if not any(finder.is_on(trunk) for trunk in route.fields.trunk_ids):
            yield finder.warning(
                route, "trunk_ids", "route-without-trunk", "all its trunks are disabled: it is passed over"
            )
    yield from _hidden_routes(finder, routes)
    trunks = {one.org_id for one in finder.configuration.of(TrunkFields) if one.fields.enabled}
    for number in finder.configuration.of(PhoneNumberFields):
        own = number.fields.trunk_id
        if number.fields.enabled and not (finder.is_on(own) if own else number.org_id in trunks):
            yield finder.warning(number, "trunk_id", "number-without-trunk", "no enabled trunk can bring its calls")
    for org in finder.configuration.organizations.values():
        own_routes = [one for one in routes if one.org_id == org.id]
        dials_out = bool(own_routes) or any(one.org_id == org.id for one in finder.configuration.of(DeviceFields))
        if dials_out and not any(one.fields.emergency or one.fields.pattern in EMERGENCY_NUMBERS for one in own_routes):
            yield ProblemRead(
                severity="warning",
                slug="no-emergency-route",
                path="outbound_routes",
                kind=Kind.OUTBOUND_ROUTE,
                id=None,
                message="No outbound route carries emergency calls.",
                hint="Add a route such as 911 with emergency on.",
            )


def _hidden_routes(finder: Finder, routes: list[Stored[OutboundRouteFields]]) -> Iterator[ProblemRead]:
    seen: dict[tuple[UUID, str], Stored[OutboundRouteFields]] = {}
    for route in sorted(routes, key=lambda one: (one.fields.position, one.id)):
        shape = re.sub(r"\[0-9\]", "X", route.fields.pattern)
        first = seen.setdefault((route.org_id, shape), route)
        if first is not route:
            yield finder.warning(
                route, "pattern", "route-hidden", f"{finder.words(first)} has the same pattern and comes first",
                "Give both trunks to one route, or change the pattern.",
            )  # fmt: skip


def outside_numbers(finder: Finder) -> Iterator[ProblemRead]:
    """A call that is sent to an outside number finds a route."""
    for item, way in finder.ways():
        number = way.destination.number
        if number is not None and dial_outside(finder.configuration, item.org_id, number) is None:
            yield finder.error(
                item, way.field, "no-route-for-number", f"no outbound route takes {number}",
                "Add a route such as +X. with a trunk.",
            )  # fmt: skip


CHECKS: tuple[Callable[[Finder], Iterator[ProblemRead]], ...] = (
    flow_checks.dangling,
    flow_checks.dead_ends,
    flow_checks.loops,
    flow_checks.unreached,
    sounds_missing,
    numbers_used_twice,
    members_without_phones,
    stations,
    opening_hours,
    trunks_and_routes,
    outside_numbers,
)
