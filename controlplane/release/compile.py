"""From stored objects to one node's resolved model."""

from collections import defaultdict
from datetime import time
from uuid import UUID

from controlplane.kit.destination import TARGETS, Destination, DestinationKind, Kind, Spoken
from controlplane.numbering.schemas import CallerIdMode, PhoneNumberFields, RecordingPolicy, TrunkFields
from controlplane.objects.schemas import ObjectFields, Stored
from controlplane.release import model, names, numbers
from controlplane.release.graph import circles, destinations_by_object
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

HANGUP = model.Hop(DestinationKind.HANGUP, "", "cp-hangup,s,1")


class CompileError(ValueError):
    """The configuration names something that is not there; `checks.check` would have said so."""


def compile_node(configuration: Configuration) -> model.PbxModel:
    """The model of everything on the node.

    Raises:
        CompileError: The checks would not have let this through.
    """
    return _Compiler(configuration).compile()


class _Compiler:
    """Looks things up by id while the objects are turned over one by one."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._objects = {item.id: item.fields for item in configuration.objects}
        self._lines = self._lines_by_extension()
        self._queued = {one.extension_id for queue in configuration.of(QueueFields) for one in queue.fields.members}
        self._routes = sorted(configuration.of(OutboundRouteFields), key=lambda one: (one.fields.position, one.id))
        self._prompts: set[tuple[str, str]] = set()
        edges = destinations_by_object(self._objects, with_keys=True)
        self._on_circle = {id_ for group in circles(edges) for id_ in group}

    def compile(self) -> model.PbxModel:
        of = self._configuration.of
        locations = self._configuration.locations.values()
        organizations = sorted(self._configuration.organizations.values(), key=lambda one: one.id)
        return model.PbxModel(
            node=self._configuration.node,
            organizations=tuple(
                model.Organization(one.id, one.name, one.id.hex, names.voicemail_context(one.id), self._digits(one.id))
                for one in organizations
            ),
            trunks=tuple(map(self._trunk, of(TrunkFields))),
            phone_numbers=tuple(map(self._phone_number, of(PhoneNumberFields))),
            extensions=tuple(map(self._extension, of(ExtensionFields))),
            devices=tuple(map(self._device, of(DeviceFields))),
            ring_groups=tuple(map(self._ring_group, of(RingGroupFields))),
            queues=tuple(map(self._queue, of(QueueFields))),
            ivr_menus=tuple(map(self._ivr_menu, of(IvrMenuFields))),
            time_conditions=tuple(map(self._time_condition, of(TimeConditionFields))),
            holiday_calendars=tuple(map(self._holiday_calendar, of(HolidayCalendarFields))),
            voicemail_boxes=tuple(map(self._voicemail_box, of(VoicemailBoxFields))),
            announcements=tuple(map(self._announcement, self._played_prompts())),
            routes=tuple(map(self._route, self._routes)),
            zones=tuple((one.id, one.timezone) for one in sorted(locations, key=lambda one: one.id)),
            prompts=tuple(sorted(self._prompts)),
        )

    # Looking up

    def _digits(self, org: UUID) -> model.TableDigits:
        own = [item.fields for item in self._configuration.objects if item.org_id == org]
        return model.TableDigits(
            did=names.table_digits(sum(isinstance(one, PhoneNumberFields) for one in own)),
            num=names.table_digits(sum(one.internal_number() is not None for one in own)),
            chk=names.table_digits(sum(isinstance(one, VoicemailBoxFields) for one in own)),
        )

    def _hop(self, org: UUID, destination: Destination | None) -> model.Hop:
        if destination is None or destination.kind == DestinationKind.HANGUP:
            return HANGUP
        if destination.kind == DestinationKind.EXTERNAL_NUMBER:
            return self._hop_outside(org, str(destination.number))
        if destination.id not in self._objects:
            raise CompileError(f"There is no {destination.kind} {destination.id}.")
        context = names.context_of(TARGETS[destination.kind], destination.id)
        return model.Hop(destination.kind, str(destination.id), f"{context},s,1")

    def _hop_outside(self, org: UUID, number: str) -> model.Hop:
        dialed = dial_outside(self._configuration, org, number)
        if dialed is None:
            raise CompileError(f"No outbound route takes {number}.")
        return model.Hop(DestinationKind.EXTERNAL_NUMBER, number, f"{names.routes_context(org)},{dialed},1")

    def _sound(self, spoken: Spoken) -> str:
        sound = self._configuration.sounds.get(sound_key(spoken))
        if sound is None:
            raise CompileError("A prompt has no sound yet.")
        self._prompts.add((sound.files["wav"], "wav"))
        return f"cp/{sound.files['wav']}"

    def _optional_sound(self, spoken: Spoken | None) -> str | None:
        return self._sound(spoken) if spoken else None

    def _recording(self, policy: RecordingPolicy) -> model.Recording | None:
        return model.Recording(self._optional_sound(policy.consent)) if policy.enabled else None

    def _lines_by_extension(self) -> dict[UUID, tuple[model.Line, ...]]:
        lines: dict[UUID, list[model.Line]] = defaultdict(list)
        for device in self._configuration.of(DeviceFields):
            if device.fields.enabled:
                lines[device.fields.extension_id].append(
                    model.Line(device.fields.name.lower(), many=device.fields.max_contacts > 1)
                )
        return {id_: tuple(found) for id_, found in lines.items() if self._enabled(id_)}

    def _enabled(self, id_: UUID) -> bool:
        fields = self._objects.get(id_)
        return fields is not None and bool(getattr(fields, "enabled", True))

    def _played_prompts(self) -> list[Stored[PromptFields]]:
        return [
            item
            for item in self._configuration.of(PromptFields)
            if sound_key(Spoken(prompt_id=item.id)) in self._configuration.sounds
        ]

    # One method a kind

    def _trunk(self, item: Stored[TrunkFields]) -> model.Trunk:
        fields = item.fields
        fixed = fields.caller_id.mode == CallerIdMode.FIXED
        return model.Trunk(
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

    def _phone_number(self, item: Stored[PhoneNumberFields]) -> model.PhoneNumber:
        fields = item.fields
        return model.PhoneNumber(
            *_head(item),
            number=fields.number,
            trunk=fields.trunk_id,
            destination=self._hop(item.org_id, fields.destination),
            recording=self._recording(fields.recording),
            caller_name_prefix=fields.caller_name_prefix,
            enabled=fields.enabled,
        )

    def _extension(self, item: Stored[ExtensionFields]) -> model.Extension:
        fields = item.fields
        no_answer = fields.no_answer
        if no_answer is None and fields.voicemail_box_id is not None:
            no_answer = Destination(kind=DestinationKind.VOICEMAIL, id=fields.voicemail_box_id)
        return model.Extension(
            *_head(item),
            number=fields.number,
            context=names.context_of(Kind.EXTENSION, item.id),
            lines=self._lines.get(item.id, ()),
            ring_s=fields.ring_s,
            no_answer=self._hop(item.org_id, no_answer),
            busy=self._hop(item.org_id, fields.busy or no_answer),
            caller_number=fields.caller_number,
            guard=item.id in self._on_circle,
            in_queue=item.id in self._queued and not _one_line(self._lines.get(item.id, ())),
            enabled=fields.enabled,
        )

    def _device(self, item: Stored[DeviceFields]) -> model.Device:
        fields = item.fields
        extension = self._objects.get(fields.extension_id)
        if not isinstance(extension, ExtensionFields):
            raise CompileError(f"Device {fields.name} has no extension.")
        box = self._objects.get(extension.voicemail_box_id) if extension.voicemail_box_id else None
        location = fields.location_id or extension.location_id or ""
        return model.Device(
            *_head(item),
            endpoint=fields.name.lower(),
            context=names.internal_context(item.org_id),
            extension=fields.extension_id,
            number=extension.number,
            person=extension.name,
            caller_number=extension.caller_number,
            mailbox=(
                f"{box.number}@{names.voicemail_context(item.org_id)}" if isinstance(box, VoicemailBoxFields) else None
            ),
            who=f"device={item.id}|ext={fields.extension_id}|org={item.org_id}|loc={location}",
            secret=item.secrets["secret"],
            codecs=fields.codecs,
            media=fields.media,
            max_contacts=fields.max_contacts,
            enabled=fields.enabled and extension.enabled,
        )

    def _ring_group(self, item: Stored[RingGroupFields]) -> model.RingGroup:
        fields = item.fields
        each = [self._lines[id_] for id_ in fields.extension_ids if id_ in self._lines]
        together = tuple(line for lines in each for line in lines)
        rounds = ((together,) if together else ()) if fields.strategy == "all" else tuple(each)
        return model.RingGroup(
            *_head(item),
            number=fields.number,
            context=names.context_of(Kind.RING_GROUP, item.id),
            strategy=fields.strategy,
            members=fields.extension_ids,
            rounds=rounds,
            ring_s=fields.ring_s,
            no_answer=self._hop(item.org_id, fields.no_answer),
            guard=item.id in self._on_circle,
        )

    def _member(self, extension: UUID, penalty: int) -> model.Member:
        lines = self._lines.get(extension, ())
        if _one_line(lines):
            return model.Member(extension, f"PJSIP/{lines[0].endpoint}", f"PJSIP/{lines[0].endpoint}", penalty)
        context = names.context_of(Kind.EXTENSION, extension)
        return model.Member(extension, f"Local/member@{context}/n", f"hint:member@{context}", penalty)

    def _queue(self, item: Stored[QueueFields]) -> model.Queue:
        fields = item.fields
        return model.Queue(
            *_head(item),
            number=fields.number,
            context=names.context_of(Kind.QUEUE, item.id),
            queue=names.queue_name(item.id),
            strategy=fields.strategy,
            members=tuple(
                self._member(one.extension_id, one.penalty) for one in fields.members if one.extension_id in self._lines
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
            guard=item.id in self._on_circle,
        )

    def _ivr_menu(self, item: Stored[IvrMenuFields]) -> model.IvrMenu:
        fields = item.fields
        return model.IvrMenu(
            *_head(item),
            number=fields.number,
            context=names.context_of(Kind.IVR_MENU, item.id),
            prompt=self._sound(fields.prompt),
            invalid_prompt=self._optional_sound(fields.invalid_prompt) or "pm-invalid-option",
            options=tuple(
                model.Option(one.digit, self._hop(item.org_id, one.destination))
                for one in sorted(fields.options, key=lambda one: one.digit)
            ),
            dial_extensions=fields.dial_extensions,
            direct=self._direct(item.org_id) if fields.dial_extensions else (),
            wait_s=fields.wait_s,
            attempts=fields.attempts,
            on_timeout=self._hop(item.org_id, fields.on_timeout),
            on_invalid=self._hop(item.org_id, fields.on_invalid),
            guard=item.id in self._on_circle,
        )

    def _direct(self, org: UUID) -> tuple[str, ...]:
        extensions = [
            one.fields.number
            for one in self._configuration.of(ExtensionFields)
            if one.org_id == org and one.fields.enabled
        ]
        return tuple(numbers.first_digits(extensions))

    def _time_condition(self, item: Stored[TimeConditionFields]) -> model.TimeCondition:
        fields = item.fields
        timezone = fields.timezone
        if timezone is None:
            location = self._configuration.locations.get(fields.location_id) if fields.location_id else None
            if location is None:
                raise CompileError(f"Time condition {fields.name} has no time zone.")
            timezone = location.timezone
        return model.TimeCondition(
            *_head(item),
            context=names.context_of(Kind.TIME_CONDITION, item.id),
            timezone=timezone,
            spans=tuple(map(_span, fields.open_hours)),
            calendars=tuple(sorted(fields.holiday_calendar_ids)),
            open=self._hop(item.org_id, fields.open),
            closed=self._hop(item.org_id, fields.closed),
            holiday=self._hop(item.org_id, fields.holiday or fields.closed),
            guard=item.id in self._on_circle,
        )

    def _holiday_calendar(self, item: Stored[HolidayCalendarFields]) -> model.HolidayCalendar:
        return model.HolidayCalendar(
            *_head(item),
            context=names.context_of(Kind.HOLIDAY_CALENDAR, item.id),
            days=tuple(sorted(f"{holiday.date:%Y%m%d}" for holiday in item.fields.holidays)),
        )

    def _voicemail_box(self, item: Stored[VoicemailBoxFields]) -> model.VoicemailBox:
        fields = item.fields
        return model.VoicemailBox(
            *_head(item),
            number=fields.number,
            context=names.context_of(Kind.VOICEMAIL_BOX, item.id),
            mailbox=f"{fields.number}@{names.voicemail_context(item.org_id)}",
            pin=item.secrets["pin"],
            greeting=self._optional_sound(fields.greeting),
            max_messages=fields.max_messages,
            max_message_s=fields.max_message_s,
        )

    def _announcement(self, item: Stored[PromptFields]) -> model.Announcement:
        return model.Announcement(
            *_head(item),
            context=names.context_of(Kind.PROMPT, item.id),
            sound=self._sound(Spoken(prompt_id=item.id)),
        )

    def _route(self, item: Stored[OutboundRouteFields]) -> model.OutboundRoute:
        fields = item.fields
        trunks = [(id_, self._objects[id_]) for id_ in fields.trunk_ids if self._enabled(id_)]
        return model.OutboundRoute(
            *_head(item),
            context=names.context_of(Kind.OUTBOUND_ROUTE, item.id),
            position=fields.position,
            pattern=fields.pattern,
            strip=fields.strip,
            prepend=fields.prepend,
            trunks=fields.trunk_ids,
            carries=tuple(carry(fields, id_, trunk) for id_, trunk in trunks if isinstance(trunk, TrunkFields)),
            caller_number=fields.caller_number,
            emergency=fields.emergency,
            recording=None if fields.emergency else self._recording(fields.recording),
            enabled=fields.enabled,
        )


def _head(item: Stored[ObjectFields]) -> tuple[UUID, UUID, UUID | None, str]:
    return item.id, item.org_id, item.fields.location_id, item.fields.name


def _one_line(lines: tuple[model.Line, ...]) -> bool:
    return len(lines) == 1 and not lines[0].many


def _span(span: OpeningSpan) -> model.Span:
    """GotoIfTime takes the end minute in, we don't."""
    end = (span.end.hour * 60 + span.end.minute - 1) % (24 * 60)
    days = "&".join(day for day in WEEKDAYS if day in span.days)
    last = time(*divmod(end, 60))
    return model.Span(days="*" if len(set(span.days)) == 7 else days, hours=f"{span.start:%H:%M}-{last:%H:%M}")
