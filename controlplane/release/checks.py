"""Whether a configuration can work, before anything is made of it.

`OBJECT_CHECKS` look at one object and what `index.touched` says it hangs on, so a change needs few of them anew;
`WHOLE_CHECKS` look at all, and are quick. The checks are here and in `flow_checks`, `hours_checks`, `route_checks`.
"""

from collections.abc import Callable, Iterable, Iterator
from uuid import UUID

from controlplane.objects.schemas import ObjectFields, Stored
from controlplane.release import flow_checks, hours_checks, route_checks
from controlplane.release.finding import Finder
from controlplane.release.graph import spoken_parts
from controlplane.release.index import Index, claims
from controlplane.release.schemas import ProblemRead
from controlplane.telephony.configuration import Configuration, sound_key
from controlplane.telephony.schemas import (
    DeviceFields,
    ExtensionFields,
    QueueFields,
    RingGroupFields,
    VoicemailBoxFields,
)

DIAL_STRING_MAX = 7000  # of the 8,192 bytes that a dialplan line may have


def check(configuration: Configuration) -> list[ProblemRead]:
    """Everything that is wrong (errors: it can't be applied) or odd (warnings), errors first."""
    finder = Finder(Index.of(configuration))
    alone = (problem for item in configuration.objects for problem in check_object(finder, item))
    return in_order([*alone, *check_whole(finder)])


def check_object(finder: Finder, item: Stored[ObjectFields]) -> tuple[ProblemRead, ...]:
    """What is wrong with one object."""
    return tuple(problem for find in OBJECT_CHECKS for problem in find(finder, item))


def check_whole(finder: Finder) -> list[ProblemRead]:
    """What is wrong with all of them together."""
    return [problem for find in WHOLE_CHECKS for problem in find(finder)]


def in_order(problems: Iterable[ProblemRead]) -> list[ProblemRead]:
    """Errors first, then by place."""
    return sorted(problems, key=lambda one: (one.severity != "error", one.path, one.slug, one.message))


def sounds_missing(finder: Finder, item: Stored[ObjectFields]) -> Iterator[ProblemRead]:
    """Everything that is spoken has its sound."""
    for path, spoken in spoken_parts(item.fields):
        if sound_key(spoken) not in finder.configuration.sounds:
            yield finder.error(
                item, path, "sound-missing", "has no sound yet",
                "Upload audio for the prompt, or give it a text; then plan again.",
            )  # fmt: skip


def numbers_used_twice(finder: Finder, item: Stored[ObjectFields]) -> Iterator[ProblemRead]:
    """A number leads to one place: inside an organisation, and on the whole installation where it must."""
    for key, path in claims(item):
        first = min(finder.index.readers[key])
        if first != item.id:
            yield finder.error(
                item, path, "duplicate-number", f"is used by {finder.words(finder.index.items[first])}, too",
                "Give one of them another.",
            )  # fmt: skip


def members_without_phones(finder: Finder, item: Stored[ObjectFields]) -> Iterator[ProblemRead]:
    """Queues and ring groups can ring somebody."""
    match item.fields:
        case QueueFields(members=()):
            yield finder.error(item, "members", "queue-without-members", "nobody takes its calls", "Add a member.")
        case QueueFields(members=members) as fields:
            ids = [member.extension_id for member in members]
            for index, extension in enumerate(ids):
                yield from _silent_member(finder, item, f"members.{index}", extension)
            if not any(_rings(finder, extension) for extension in ids):
                waits = f"callers wait {fields.max_wait_s} s for nobody" if fields.join_empty else "nobody can answer"
                yield finder.warning(
                    item, "members", "queue-of-silent-members", f"none of its members has a phone: {waits}",
                    "Give a member a device, or turn join_empty off.",
                )  # fmt: skip
        case RingGroupFields(extension_ids=()):  # only out of a routing template
            yield finder.warning(
                item, "extension_ids", "ring-group-without-members", "its location has no extension: nobody rings"
            )
        case RingGroupFields() as fields:
            for index, extension in enumerate(fields.extension_ids):
                yield from _silent_member(finder, item, f"extension_ids.{index}", extension)
            phones = (phone for extension in fields.extension_ids for phone in finder.phones(extension))
            if fields.strategy == "all" and sum(len(phone.fields.name) + 7 for phone in phones) > DIAL_STRING_MAX:
                yield finder.error(
                    item, "extension_ids", "ring-group-too-large", "has more phones than can be rung at once",
                    "Make it a queue, or ring in turn.",
                )  # fmt: skip


def _rings(finder: Finder, extension: UUID) -> bool:
    return finder.is_on(extension) and bool(finder.phones(extension))


def _silent_member(finder: Finder, item: Stored[ObjectFields], path: str, extension: UUID) -> Iterator[ProblemRead]:
    found = finder.fields(extension)
    if not isinstance(found, ExtensionFields):
        return
    if not found.enabled:
        yield finder.warning(item, path, "member-disabled", f"{found.name} is disabled and never rings")
    elif not finder.phones(extension):
        yield finder.warning(item, path, "member-without-device", f"{found.name} has no enabled device and never rings")


def stations(finder: Finder, item: Stored[ObjectFields]) -> Iterator[ProblemRead]:
    """Phones belong to somebody, and calls to somebody end somewhere."""
    match item.fields:
        case DeviceFields() as device:
            owner = finder.fields(device.extension_id)
            if isinstance(owner, ExtensionFields) and not owner.enabled and device.enabled:
                yield finder.warning(
                    item, "extension_id", "extension-disabled", f"{owner.name} is disabled: the phone can't register"
                )
            if not item.secrets.get("secret"):
                yield finder.error(item, "secret", "secret-missing", "has no SIP password", "Rotate its secret.")
        case VoicemailBoxFields() if not item.secrets.get("pin"):
            yield finder.error(item, "pin", "secret-missing", "has no PIN", "Set one.")
        case ExtensionFields() as fields:
            ends = fields.no_answer or fields.busy or fields.voicemail_box_id
            if fields.enabled and not ends and not finder.phones(item.id):
                yield finder.warning(
                    item, "", "extension-leads-nowhere",
                    "has no device, no voicemail and nowhere else to go: its calls end at once",
                    "Add a device or a voicemail box.",
                )  # fmt: skip


OBJECT_CHECKS: tuple[Callable[[Finder, Stored[ObjectFields]], Iterator[ProblemRead]], ...] = (
    flow_checks.dangling,
    flow_checks.dead_ends,
    flow_checks.silent_announcements,
    flow_checks.no_fallback,
    sounds_missing,
    numbers_used_twice,
    members_without_phones,
    stations,
    hours_checks.opening_hours,
    route_checks.incoming,
    route_checks.outside_numbers,
)
WHOLE_CHECKS: tuple[Callable[[Finder], Iterator[ProblemRead]], ...] = (
    flow_checks.loops,
    flow_checks.unreached,
    route_checks.routes,
    route_checks.emergency,
    route_checks.shared_sources,
)
