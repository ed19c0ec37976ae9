"""From stored objects to one node's resolved model."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import time
from typing import Any
from uuid import UUID

from controlplane.identity.schemas import OrganizationInfo
from controlplane.kit.destination import TARGETS, Destination, DestinationKind, Kind, Spoken
from controlplane.numbering.schemas import CallerIdMode, PhoneNumberFields, RecordingPolicy, TrunkFields
from controlplane.objects.schemas import ObjectFields, Stored
from controlplane.release import model, names, numbers, pbx_objects
from controlplane.release.index import Index
from controlplane.release.outbound import carry, dial_outside
from controlplane.telephony.configuration import Configuration, sound_key
from controlplane.telephony.schemas import (
    WEEKDAYS,
    DeviceFields,
    ExtensionFields,
    HolidayCalendarFields,
    IvrMenuFields,
    OpeningSpan,
    OutboundRouteFields,
    PromptFields,
    QueueFields,
    RingGroupFields,
    TimeConditionFields,
    VoicemailBoxFields,
)

DIGIT_WAIT_S = 2
"""Asterisk takes 5 s by itself: as long callers who press a menu's key would hear nothing."""
HANGUP = pbx_objects.Hop(DestinationKind.HANGUP, "", "cp-hangup,s,1")


class CompileError(ValueError):
    """The configuration names something that is not there; `checks.check` would have said so."""


def compile_node(configuration: Configuration) -> model.PbxModel:
    """The model of everything on the node.

    Raises:
        CompileError: The checks would not have let this through.
    """
    compiler = Compiler(Index.of(configuration))
    return compiler.model_of(made for item in configuration.objects if (made := compiler.compile(item)))


@dataclass(frozen=True, slots=True)
class Facts:
    """What many objects of an organisation hang on at once.

    Attributes:
        direct: Patterns of the extension numbers that menus may take.
    """

    organization: model.Organization
    direct: tuple[str, ...]


def facts_of(index: Index, organization: OrganizationInfo, before: tuple[Index, Facts] | None = None) -> Facts:
    """An organisation's facts. ``before``: those of an earlier build, for what still holds of them."""
    org = organization.id
    is_alone = len(index.configuration.organizations) == 1
    own: dict[Kind, Sequence[Stored[Any]]] = {kind: index.kinds.get(kind, ()) for kind in _NUMBERED}
    if not is_alone:
        own = {kind: [one for one in found if one.org_id == org] for kind, found in own.items()}
    others = (one for kind in (Kind.RING_GROUP, Kind.QUEUE, Kind.IVR_MENU) for one in own[kind])
    digits = model.TableDigits(
        did=names.table_digits(len(own[Kind.PHONE_NUMBER])),
        num=names.table_digits(len(own[Kind.EXTENSION]) + sum(bool(one.fields.internal_number()) for one in others)),
        chk=names.table_digits(len(own[Kind.VOICEMAIL_BOX])),
    )
    if before and before[0].kinds.get(Kind.EXTENSION) is index.kinds.get(Kind.EXTENSION):
        direct = before[1].direct
    else:
        direct = tuple(numbers.first_digits(one.fields.number for one in own[Kind.EXTENSION] if one.fields.enabled))
    return Facts(model.Organization(org, organization.name, org.hex, names.voicemail_context(org), digits), direct)


_NUMBERED = (
    Kind.PHONE_NUMBER, Kind.EXTENSION, Kind.RING_GROUP, Kind.QUEUE, Kind.IVR_MENU, Kind.VOICEMAIL_BOX,
)  # fmt: skip


class Compiler:
    """Turns objects over one by one, looking up what they hang on: see `index.touched`.

    Attributes:
        circling: Objects to which a call can come back.
    """

    def __init__(self, index: Index, before: tuple[Index, Facts] | None = None) -> None:
        self._index = index
        self._configuration = index.configuration
        self.circling = index.roads.circling
        self.facts = {one.id: facts_of(index, one, before) for one in self._configuration.organizations.values()}

    def compile(self, item: Stored[ObjectFields]) -> pbx_objects.PbxObject | None:
        """What an object becomes; None for what is nothing to a phone, such as a prompt that has no sound yet.

        Raises:
            CompileError: It names what is not there.
        """
        if item.fields.kind not in model.FIELDS:
            return None
        made: pbx_objects.PbxObject | None = getattr(self, f"_{item.fields.kind}")(item)
        return made

    def model_of(self, objects: Iterable[pbx_objects.PbxObject]) -> model.PbxModel:
        """Compiled objects, in order of id, as the model of the node."""
        kinds: dict[Kind, list[Any]] = {kind: [] for kind in model.FIELDS}
        for one in objects:
            kinds[one.kind].append(one)
        fields = {name: tuple(kinds[kind]) for kind, name in model.FIELDS.items()}
        return self.around(model.PbxModel(self._configuration.node, (), (), (), **fields))

    def around(self, made: model.PbxModel) -> model.PbxModel:
        """The model with what is no object in it: organisations, time zones, sounds."""
        locations = self._configuration.locations.values()
        played = (key for key in self._configuration.sounds if self._index.readers.get(key))
        return replace(
            made,
            organizations=tuple(self.facts[org].organization for org in sorted(self.facts)),
            zones=tuple((one.id, one.timezone) for one in sorted(locations, key=lambda one: one.id)),
            prompts=tuple(sorted({(self._configuration.sounds[key].files["wav"], "wav") for key in played})),
        )

    # Looking up

    def _hop(self, org: UUID, destination: Destination | None) -> pbx_objects.Hop:
        if destination is None or destination.kind == DestinationKind.HANGUP:
            return HANGUP
        if destination.kind == DestinationKind.EXTERNAL_NUMBER:
            return self._hop_outside(org, str(destination.number))
        if destination.id is None or destination.id not in self._index.items:
            raise CompileError(f"There is no {destination.kind} {destination.id}.")
        context = names.context_of(TARGETS[destination.kind], destination.id)
        return pbx_objects.Hop(destination.kind, str(destination.id), f"{context},s,1")

    def _hop_outside(self, org: UUID, number: str) -> pbx_objects.Hop:
        dialed = dial_outside(self._index, org, number)
        if dialed is None:
            raise CompileError(f"No outbound route takes {number}.")
        return pbx_objects.Hop(DestinationKind.EXTERNAL_NUMBER, number, f"{names.routes_context(org)},{dialed},1")

    def _sound(self, spoken: Spoken) -> str:
        sound = self._configuration.sounds.get(sound_key(spoken))
        if sound is None:
            raise CompileError("A prompt has no sound yet.")
        return f"cp/{sound.files['wav']}"

    def _optional_sound(self, spoken: Spoken | None) -> str | None:
        return self._sound(spoken) if spoken else None

    def _recording(self, policy: RecordingPolicy) -> pbx_objects.Recording | None:
        return pbx_objects.Recording(self._optional_sound(policy.consent)) if policy.enabled else None

    def _lines(self, extension: UUID) -> tuple[pbx_objects.Line, ...]:
        if not self._enabled(extension):
            return ()
        return tuple(
            pbx_objects.Line(device.fields.name.lower(), many=device.fields.max_contacts > 1)
            for device in self._index.naming(extension, DeviceFields)
            if device.fields.enabled
        )

    def _enabled(self, id_: UUID) -> bool:
        item = self._index.items.get(id_)
        return item is not None and bool(getattr(item.fields, "enabled", True))

    # One method a kind

    def _trunk(self, item: Stored[TrunkFields]) -> pbx_objects.Trunk:
        fields = item.fields
        fixed = fields.caller_id.mode == CallerIdMode.FIXED
        return pbx_objects.Trunk(
            *_head(item),
            endpoint=names.trunk_endpoint(item.id),
            context=names.context_of(Kind.TRUNK, item.id),
            identity=fields.identity,
            host=fields.host,
            port=fields.port,
            transport=fields.transport,
            username=fields.username,
            password=item.secrets.get("password"),
            networks=fields.sources,
            codecs=fields.codecs,
            shape=numbers.shape_of(fields.country),
            country=fields.country,
            number_format=fields.number_format,
            fixed_caller=fields.caller_id.number if fixed else None,
            fallback_caller=fields.caller_id.number,
            trust_caller_name=fields.trust_caller_name,
            max_calls=fields.max_calls,
            enabled=fields.enabled,
        )

    def _phone_number(self, item: Stored[PhoneNumberFields]) -> pbx_objects.PhoneNumber:
        fields = item.fields
        return pbx_objects.PhoneNumber(
            *_head(item),
            number=fields.number,
            trunk=fields.trunk_id,
            destination=self._hop(item.org_id, fields.destination),
            recording=self._recording(fields.recording),
            caller_name_prefix=fields.caller_name_prefix,
            enabled=fields.enabled,
        )

    def _extension(self, item: Stored[ExtensionFields]) -> pbx_objects.Extension:
        fields = item.fields
        lines = self._lines(item.id)
        no_answer = fields.no_answer
        if no_answer is None and fields.voicemail_box_id is not None:
            no_answer = Destination(kind=DestinationKind.VOICEMAIL, id=fields.voicemail_box_id)
        return pbx_objects.Extension(
            *_head(item),
            number=fields.number,
            context=names.context_of(Kind.EXTENSION, item.id),
            lines=lines,
            ring_s=fields.ring_s,
            no_answer=self._hop(item.org_id, no_answer),
            busy=self._hop(item.org_id, fields.busy or no_answer),
            caller_number=fields.caller_number,
            guard=item.id in self.circling,
            in_queue=not _one_line(lines) and bool(self._index.naming(item.id, QueueFields)),
            enabled=fields.enabled,
        )

    def _device(self, item: Stored[DeviceFields]) -> pbx_objects.Device:
        fields = item.fields
        extension = self._index.find(fields.extension_id, ExtensionFields)
        if extension is None:
            raise CompileError(f"Device {fields.name} has no extension.")
        box = self._index.find(extension.voicemail_box_id, VoicemailBoxFields)
        location = fields.location_id or extension.location_id or ""
        return pbx_objects.Device(
            *_head(item),
            endpoint=fields.name.lower(),
            context=names.internal_context(item.org_id),
            extension=fields.extension_id,
            number=extension.number,
            person=extension.name,
            caller_number=extension.caller_number,
            mailbox=f"{box.number}@{names.voicemail_context(item.org_id)}" if box else None,
            who=f"device={item.id}|ext={fields.extension_id}|org={item.org_id}|loc={location}",
            secret=item.secrets["secret"],
            codecs=fields.codecs,
            media=fields.media,
            max_contacts=fields.max_contacts,
            enabled=fields.enabled and extension.enabled,
        )

    def _ring_group(self, item: Stored[RingGroupFields]) -> pbx_objects.RingGroup:
        fields = item.fields
        each = [lines for id_ in fields.extension_ids if (lines := self._lines(id_))]
        together = tuple(line for lines in each for line in lines)
        rounds = ((together,) if together else ()) if fields.strategy == "all" else tuple(each)
        return pbx_objects.RingGroup(
            *_head(item),
            number=fields.number,
            context=names.context_of(Kind.RING_GROUP, item.id),
            strategy=fields.strategy,
            members=fields.extension_ids,
            rounds=rounds,
            ring_s=fields.ring_s,
            no_answer=self._hop(item.org_id, fields.no_answer),
            guard=item.id in self.circling,
        )

    def _member(self, extension: UUID, penalty: int, lines: tuple[pbx_objects.Line, ...]) -> pbx_objects.Member:
        if _one_line(lines):
            return pbx_objects.Member(extension, f"PJSIP/{lines[0].endpoint}", f"PJSIP/{lines[0].endpoint}", penalty)
        context = names.context_of(Kind.EXTENSION, extension)
        return pbx_objects.Member(extension, f"Local/member@{context}/n", f"hint:member@{context}", penalty)

    def _queue(self, item: Stored[QueueFields]) -> pbx_objects.Queue:
        fields = item.fields
        return pbx_objects.Queue(
            *_head(item),
            number=fields.number,
            context=names.context_of(Kind.QUEUE, item.id),
            queue=names.queue_name(item.id),
            strategy=fields.strategy,
            members=tuple(
                self._member(one.extension_id, one.penalty, lines)
                for one in fields.members
                if (lines := self._lines(one.extension_id))
            ),
            member_ring_s=fields.member_ring_s,
            retry_s=max(fields.retry_s, 1),  # Asterisk takes 0 for its default of five seconds
            wrap_up_s=fields.wrap_up_s,
            max_wait_s=fields.max_wait_s,
            max_waiting=fields.max_waiting,
            overflow=self._hop(item.org_id, fields.overflow),
            join_empty=fields.join_empty,
            announce_position=fields.announce_position,
            music=fields.music,
            whisper=self._optional_sound(fields.whisper),
            whisper_context=f"whi-{item.id.hex}",
            recording=self._recording(fields.recording),
            guard=item.id in self.circling,
        )

    def _ivr_menu(self, item: Stored[IvrMenuFields]) -> pbx_objects.IvrMenu:
        fields = item.fields
        return pbx_objects.IvrMenu(
            *_head(item),
            number=fields.number,
            context=names.context_of(Kind.IVR_MENU, item.id),
            prompt=self._sound(fields.prompt),
            invalid_prompt=self._optional_sound(fields.invalid_prompt) or "pm-invalid-option",
            options=tuple(
                pbx_objects.Option(one.digit, self._hop(item.org_id, one.destination))
                for one in sorted(fields.options, key=lambda one: one.digit)
            ),
            dial_extensions=fields.dial_extensions,
            direct=self.facts[item.org_id].direct if fields.dial_extensions else (),
            digit_wait_s=DIGIT_WAIT_S,
            wait_s=fields.wait_s,
            attempts=fields.attempts,
            on_timeout=self._hop(item.org_id, fields.on_timeout),
            on_invalid=self._hop(item.org_id, fields.on_invalid),
            guard=item.id in self.circling,
        )

    def _time_condition(self, item: Stored[TimeConditionFields]) -> pbx_objects.TimeCondition:
        fields = item.fields
        timezone = fields.timezone
        if timezone is None:
            location = self._configuration.locations.get(fields.location_id) if fields.location_id else None
            if location is None:
                raise CompileError(f"Time condition {fields.name} has no time zone.")
            timezone = location.timezone
        return pbx_objects.TimeCondition(
            *_head(item),
            context=names.context_of(Kind.TIME_CONDITION, item.id),
            timezone=timezone,
            spans=tuple(map(_span, fields.open_hours)),
            calendars=tuple(sorted(fields.holiday_calendar_ids)),
            open=self._hop(item.org_id, fields.open),
            closed=self._hop(item.org_id, fields.closed),
            holiday=self._hop(item.org_id, fields.holiday or fields.closed),
            guard=item.id in self.circling,
        )

    def _holiday_calendar(self, item: Stored[HolidayCalendarFields]) -> pbx_objects.HolidayCalendar:
        return pbx_objects.HolidayCalendar(
            *_head(item),
            context=names.context_of(Kind.HOLIDAY_CALENDAR, item.id),
            days=tuple(sorted(f"{holiday.date:%Y%m%d}" for holiday in item.fields.holidays)),
        )

    def _voicemail_box(self, item: Stored[VoicemailBoxFields]) -> pbx_objects.VoicemailBox:
        fields = item.fields
        return pbx_objects.VoicemailBox(
            *_head(item),
            number=fields.number,
            context=names.context_of(Kind.VOICEMAIL_BOX, item.id),
            mailbox=f"{fields.number}@{names.voicemail_context(item.org_id)}",
            pin=item.secrets["pin"],
            greeting=self._optional_sound(fields.greeting),
            max_messages=fields.max_messages,
            max_message_s=fields.max_message_s,
        )

    def _prompt(self, item: Stored[PromptFields]) -> pbx_objects.Announcement | None:
        if sound_key(Spoken(prompt_id=item.id)) not in self._configuration.sounds:
            return None
        return pbx_objects.Announcement(
            *_head(item),
            context=names.context_of(Kind.PROMPT, item.id),
            sound=self._sound(Spoken(prompt_id=item.id)),
            then=self._hop(item.org_id, item.fields.then) if item.fields.then else None,
        )

    def _outbound_route(self, item: Stored[OutboundRouteFields]) -> pbx_objects.OutboundRoute:
        fields = item.fields
        trunks = [(id_, self._index.find(id_, TrunkFields)) for id_ in fields.trunk_ids if self._enabled(id_)]
        return pbx_objects.OutboundRoute(
            *_head(item),
            context=names.context_of(Kind.OUTBOUND_ROUTE, item.id),
            position=fields.position,
            pattern=fields.pattern,
            strip=fields.strip,
            prepend=fields.prepend,
            trunks=fields.trunk_ids,
            carries=tuple(carry(fields, id_, trunk) for id_, trunk in trunks if trunk),
            caller_number=fields.caller_number,
            emergency=fields.emergency,
            recording=None if fields.emergency else self._recording(fields.recording),
            enabled=fields.enabled,
        )


def _head(item: Stored[ObjectFields]) -> tuple[UUID, UUID, UUID | None, str]:
    return item.id, item.org_id, item.fields.location_id, item.fields.name


def _one_line(lines: tuple[pbx_objects.Line, ...]) -> bool:
    return len(lines) == 1 and not lines[0].many


def _span(span: OpeningSpan) -> pbx_objects.Span:
    """GotoIfTime takes the end minute in, we don't."""
    end = (span.end.hour * 60 + span.end.minute - 1) % (24 * 60)
    days = "&".join(day for day in WEEKDAYS if day in span.days)
    last = time(*divmod(end, 60))
    return pbx_objects.Span(days="*" if len(set(span.days)) == 7 else days, hours=f"{span.start:%H:%M}-{last:%H:%M}")
