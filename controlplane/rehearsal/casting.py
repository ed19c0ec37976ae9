"""From a situation in people's words to a scenario for the node. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from controlplane.objects.door import references
from controlplane.objects.schemas import ObjectFields
from controlplane.platform.problem import FieldError, Invalid
from controlplane.protocol.rehearsal import PhoneState, Scenario
from controlplane.release.door import Compiled, PbxModel, carriers_of
from controlplane.telephony.flow_schemas import Situation
from controlplane.telephony.schemas import ExtensionFields, IvrMenuFields


def cast(compiled: Compiled, situation: Situation, moment: datetime) -> Scenario:
    """Who takes part, and how.

    Raises:
        Invalid: The number is not ours, or a phone or queue that is named isn't there.
    """
    model = compiled.model
    number = next((one for one in model.phone_numbers if one.number == situation.number and one.enabled), None)
    if number is None:
        raise Invalid.field(
            "number", "is none of our numbers, or is not enabled", hint="Choose one of GET /phone-numbers."
        )
    carriers = carriers_of(model.trunks)
    trunks = [one for one in model.trunks if one.enabled and one.org == number.org and number.trunk in {None, one.id}]
    if not trunks:
        raise Invalid.field("number", "has no trunk by which a call could come", hint="Enable a trunk.")
    reached = _reached(compiled, number.id, situation.keys)
    return Scenario(
        came_by=carriers[trunks[0].id],
        number=number.number,
        caller=situation.caller or "",
        moment=int(moment.timestamp()),
        keys=situation.keys,
        phones=_phones(model, situation, reached),
        outside=situation.outside,
        out=tuple(_out(model, situation)),
    )


def _phones(model: PbxModel, situation: Situation, reached: set[UUID]) -> dict[str, PhoneState]:
    by_name: dict[str, list[str]] = {}
    for device in model.devices:
        if device.enabled:
            by_name.setdefault(device.number, []).append(device.endpoint)
            by_name.setdefault(device.endpoint, []).append(device.endpoint)
    unknown = [name for name in situation.phones if name.lower() not in by_name]
    if unknown:
        raise Invalid.fields([FieldError(f"phones.{name}", "no extension or device has this name") for name in unknown])
    states = {one.endpoint: situation.others for one in model.devices if one.enabled and one.extension in reached}
    for name, state in sorted(situation.phones.items(), key=lambda item: len(by_name[item[0].lower()]), reverse=True):
        states |= {endpoint: state for endpoint in by_name[name.lower()] if endpoint in states}
    return states


def _out(model: PbxModel, situation: Situation) -> Iterable[tuple[str, str]]:
    numbers = {one.number: one.id for one in model.extensions}
    for name, extensions in situation.out.items():
        queue = next((one for one in model.queues if name in {one.name, one.number, str(one.id)}), None)
        if queue is None:
            raise Invalid.field(f"out.{name}", "no queue has this name or number")
        members = {one.extension: one.interface for one in queue.members}
        for extension in extensions:
            interface = members.get(numbers.get(extension, queue.id))
            if interface is None:
                raise Invalid.field(f"out.{name}", f"extension {extension} is no member of this queue")
            yield queue.queue, interface


def _reached(compiled: Compiled, start: UUID, keys: Iterable[str]) -> set[UUID]:
    """All objects that the call may come to: only their phones need be there."""
    objects: Mapping[UUID, ObjectFields] = {item.id: item.fields for item in compiled.configuration.objects}
    dialed = [id_ for id_, one in objects.items() if isinstance(one, ExtensionFields) and one.number in set(keys)]
    found: set[UUID] = set()
    waiting = [start]
    while waiting:
        id_ = waiting.pop()
        if id_ in found or id_ not in objects:
            continue
        found.add(id_)
        fields = objects[id_]
        waiting += [one.id for one in references(fields)]
        if isinstance(fields, IvrMenuFields) and fields.dial_extensions:
            waiting += dialed
    return found
