"""What a played call was, told as a real one is. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from controlplane.calls.door import FoldedCall, fold, sentence
from controlplane.calls.schemas import CallStatus
from controlplane.kit.destination import TARGETS, Kind, Spoken
from controlplane.objects.door import texts
from controlplane.protocol.call_events import CallEvent
from controlplane.protocol.facts import Fact, FactKind
from controlplane.protocol.rehearsal import PlayedCall
from controlplane.rehearsal.schemas import (
    End,
    Heard,
    Place,
    SimulationRead,
    Source,
    Step,
)
from controlplane.release.door import Compiled, longest_waits
from controlplane.telephony.configuration import sound_key
from controlplane.telephony.flow_schemas import Outcome
from controlplane.telephony.schemas import PromptFields

_OWN_SOUND = re.compile(r"^cp/([0-9a-f]{64})")
_PLAYS = frozenset({"Playback", "BackGround", "Background"})
_KINDS: Mapping[str, str] = {kind.value: target.value for kind, target in TARGETS.items()}


@dataclass(frozen=True)
class Teller:
    """Knows the names of one configuration's objects, what its prompts say, and its waits."""

    compiled: Compiled

    @cached_property
    def names(self) -> dict[UUID, str]:
        """Names by id."""
        return {item.id: item.fields.name for item in self.compiled.configuration.objects}

    @cached_property
    def waits(self) -> dict[UUID, float]:
        """Longest real waits by id, seconds."""
        return longest_waits(self.compiled.model)

    @cached_property
    def prompts(self) -> dict[str, tuple[str, Place | None]]:
        """By a sound's content: what it says, and the prompt that it is."""
        configuration = self.compiled.configuration
        found: dict[str, tuple[str, Place | None]] = {}
        said = {sound_key(Spoken(text=text)): text for text in self._texts()}
        for key, sound in configuration.sounds.items():
            if key in said:
                found[sound.files["wav"]] = said[key], None
        for item in configuration.of(PromptFields):
            sound_of = configuration.sounds.get(sound_key(Spoken(prompt_id=item.id)))
            if sound_of is not None:
                place = Place(kind=Kind.PROMPT, id=item.id, name=item.fields.name)
                found[sound_of.files["wav"]] = item.fields.text or f"the prompt {item.fields.name}", place
        return found

    def _texts(self) -> Iterator[str]:
        for item in self.compiled.configuration.objects:
            yield from texts(item.fields)
            if own := item.fields.own_text():
                yield own

    def tell(
        self, played: PlayedCall, *, number: str, moment: datetime, timezone: str, source: Source
    ) -> SimulationRead:
        """The played call in words and as data."""
        call = fold([fact for fact in played.facts if not _is_sound(fact)])
        timeline = once_each(call.timeline)
        steps = [self._step(step, call) for step in timeline]
        hears = list(self._heard(played.facts, call))
        passes = _in_order(step.object for step in steps)
        waits = [step.longest_s for step in steps if step.longest_s is not None]
        return SimulationRead(
            number=number, moment=moment, timezone=timezone, source=source, steps=steps, hears=hears,
            end=self._end(call, steps, played), passes=passes, status=call.status, longest_s=sum(waits),
            took_ms=played.took_ms,
        )  # fmt: skip

    def _step(self, step: Mapping[str, Any], call: FoldedCall) -> Step:
        place = self.place(step["where"])
        arrives = step["what"] == "sent to"
        return Step(
            after_s=_after(datetime.fromisoformat(step["at"]), call),
            what=step["what"],
            words=sentence(step, call, self.names),
            object=place,
            why=step["why"],
            longest_s=self.waits.get(place.id) if place and place.id and arrives else None,
        )

    def place(self, where: Mapping[str, Any] | None) -> Place | None:
        """The object behind a step."""
        if where is None:
            return None
        if "id" not in where:
            number = where.get("number")
            return Place(kind=where["kind"], id=None, name=number) if number else None
        id_ = UUID(where["id"])
        return Place(kind=_KINDS.get(where["kind"], where["kind"]), id=id_, name=self.names.get(id_, where["id"]))

    def _heard(self, facts: Sequence[Fact], call: FoldedCall) -> Iterator[Heard]:
        for fact in facts:
            row = fact.payload
            if not _is_sound(fact) or row["eventtype"] != "APP_START" or row["uniqueid"] != call.linkedid:
                continue
            if row["appname"] in _PLAYS:
                for sound in row["appdata"].partition(",")[0].split("&"):
                    words, prompt = self._said(sound)
                    yield Heard(after_s=_after(fact.at, call), words=words, prompt=prompt)
            elif row["appname"] == "Queue" and not _turned_away(fact, facts):
                yield Heard(after_s=_after(fact.at, call), words="music on hold", prompt=None)
            elif row["appname"] == "VoiceMail" and row["appdata"].endswith(",u"):
                yield Heard(after_s=_after(fact.at, call), words="Asterisk's own voicemail greeting", prompt=None)

    def _said(self, sound: str) -> tuple[str, Place | None]:
        own = _OWN_SOUND.match(sound)
        return self.prompts.get(own[1], (sound, None)) if own else (f"Asterisk's own prompt {sound}", None)

    def _end(self, call: FoldedCall, steps: list[Step], played: PlayedCall) -> End:
        came_to = [step for step in steps if step.what in {"sent to", "hours"}]
        last = came_to[-1] if came_to else None
        if played.cut_off:
            return End(how=Outcome.UNENDING, object=last and last.object, words="the call went on and on")
        if call.status == CallStatus.ANSWERED:
            step = next(step for step in steps if step.what == "connected")
            return End(how=Outcome.ANSWERED, object=step.object, words=step.words)
        place = last.object if last else None
        if place and place.kind == Kind.VOICEMAIL_BOX:
            return End(how=Outcome.VOICEMAIL, object=place, words=f"the caller can leave a message in {place.name}")
        if place and place.kind == Kind.PROMPT:
            return End(how=Outcome.ANNOUNCEMENT, object=place, words=f"the caller heard {place.name}, then it ended")
        place = next((step.object for step in reversed(came_to) if step.object), None)
        return End(how=Outcome.HANGUP, object=place, words=f"the system ended the call: {call.hangup_cause}")


def once_each(timeline: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """A timeline in which each phone rings once for each place that the caller comes to.

    How often a queue rings a phone again depends on the real seconds, which a rehearsal does not wait.
    """
    told: list[Mapping[str, Any]] = []
    rung: set[str] = set()
    for step in timeline:
        if step["what"] == "sent to":
            rung.clear()
        if step["what"] == "ringing":
            if (who := str(step["where"])) in rung:
                continue
            rung.add(who)
        told.append(step)
    return told


def _turned_away(joined: Fact, facts: Sequence[Fact]) -> bool:
    """Whether the queue that is asked here takes no caller: then there is no music."""
    after = (fact.payload for fact in facts if fact.kind == FactKind.CEL and fact.at >= joined.at)
    left = next((row for row in after if row["userdeftype"] == CallEvent.QUEUE_END), None)
    return left is not None and left["appdata"].rpartition("status=")[2] in {"JOINEMPTY", "JOINUNAVAIL", "FULL"}


def _is_sound(fact: Fact) -> bool:
    return fact.kind == FactKind.CEL and str(fact.payload.get("eventtype", "")).startswith("APP_")


def _after(at: datetime, call: FoldedCall) -> float:
    return round((at - call.started_at).total_seconds(), 3) if call.started_at else 0.0


def _in_order(places: Iterable[Place | None]) -> list[Place]:
    found: list[Place] = []
    for place in places:
        if place is not None and (not found or found[-1] != place):
            found.append(place)
    return found
