"""Facts of many calls into rows and events."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.calls import events, repository
from controlplane.calls.fold import fold
from controlplane.calls.record import FoldedCall
from controlplane.calls.repository import CallKey
from controlplane.calls.schemas import CallStatus, Phase
from controlplane.calls.transfers import is_attended_transfer, joined_with, strangers
from controlplane.kit.ids import new_id
from controlplane.nodes import door as nodes
from controlplane.platform.events import Event
from controlplane.platform.uow import UnitOfWork
from controlplane.protocol.facts import Fact


async def fold_calls(uow: UnitOfWork, facts: Mapping[CallKey, Sequence[Fact]]) -> int:
    """Writes the records of these calls, and events for what changed. Safe to repeat.

    A call whose organisation is not told yet is left for later: its next facts bring it here again.

    Returns:
        How many records changed.
    """
    stored = await repository.stored_calls(uow.session, facts.keys())
    others = await other_calls(uow.session, facts)
    await nodes.fold_again(uow.session, _that_go_on(facts, others))
    rows: list[dict[str, Any]] = []
    news: list[Event] = []
    for key, call_facts in facts.items():
        before = stored.get(key)
        call = fold(call_facts, others=others.get(key, ()), lost_at=before["lost_at"] if before else None)
        if call.org_id is None or call.started_at is None or call.last_fact_at is None:
            continue
        row = _row(key, call, before)
        if before is None or any(before[name] != row[name] for name in _COMPARED):
            rows.append(row)
            news.extend(_events(call, row["id"], before))
            news.extend(_queue_events(call, row["id"], before))
    if not rows:
        return 0
    await repository.upsert_calls(uow.session, rows)
    await uow.record_all(news)
    await _attach(uow, [row["id"] for row in rows])
    return len(rows)


async def other_calls(session: AsyncSession, facts: Mapping[CallKey, Sequence[Fact]]) -> dict[CallKey, list[Fact]]:
    """Facts of the calls with which attended transfers joined these. For a call without a transfer nothing is asked."""
    wanted = {
        (node, linkedid): {(node, other) for other in joined_with(its) | strangers(its) if other != linkedid}
        for (node, linkedid), its in facts.items()
    }
    found = await nodes.load_facts(session, set().union(*wanted.values()))
    return {key: [fact for other in others for fact in found[other]] for key, others in wanted.items() if others}


def _that_go_on(facts: Mapping[CallKey, Sequence[Fact]], others: Mapping[CallKey, Sequence[Fact]]) -> set[CallKey]:
    """Calls that were passed on into an older one: Asterisk tells the rest of them under that one's linkedid."""
    return {
        (node, fact.linkedid)
        for (node, linkedid), its in others.items()
        for fact in its
        if is_attended_transfer(fact) and fact.linkedid and fact.linkedid in strangers(facts[node, linkedid])
    }


_FOLDED = [field.name for field in dataclasses.fields(FoldedCall) if field.name != "linkedid"]
_COMPARED = [name for name in _FOLDED if name in repository.FOLDED_COLUMNS]


def _row(key: CallKey, call: FoldedCall, before: Mapping[str, Any] | None) -> dict[str, Any]:
    row = {name: getattr(call, name) for name in _FOLDED}
    row["timeline"] = without_dialplan(call.timeline)
    row["id"] = before["id"] if before else new_id()
    row["node"], row["linkedid"] = key
    row["lost_at"] = before["lost_at"] if before else None
    return row


def without_dialplan(timeline: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A timeline as it is stored. Places in the dialplan would double it; explaining takes them from facts."""
    return [{key: value for key, value in step.items() if key != "dialplan"} for step in timeline]


_TOLD = (
    "location_id", "direction", "status", "phase", "caller_number", "caller_name", "dialed_number", "queue_id",
    "extension_id", "extension_ids", "started_at", "answered_at",
)  # fmt: skip
"""What call events carry: a change of any of it is told."""


def _events(call: FoldedCall, call_id: UUID, before: Mapping[str, Any] | None) -> Iterable[Event]:
    about = {"org_id": call.org_id, "subject": str(call_id), **{name: getattr(call, name) for name in _TOLD}}
    was_live = before is None or before["status"] == CallStatus.LIVE
    told = False
    if before is None:
        told = True
        yield events.CallStarted(**about, occurred_at=call.started_at)
    if call.answered_at and (before is None or before["answered_at"] is None):
        told = True
        yield events.CallAnswered(**about, occurred_at=call.answered_at)
    if call.ended_at and was_live:
        yield events.CallEnded(**about, occurred_at=call.ended_at, talk_s=call.talk_s, duration_s=call.duration_s)
    elif before is not None and not told and (not was_live or any(about[name] != before[name] for name in _TOLD)):
        yield events.CallUpdated(**about, occurred_at=call.last_fact_at)


def _queue_events(call: FoldedCall, call_id: UUID, before: Mapping[str, Any] | None) -> Iterable[Event]:
    """The waiting lines that this call left and joined. Their place is that of the call."""
    left = before["queue_id"] if before is not None and before["phase"] == Phase.QUEUED else None
    joined = call.queue_id if call.phase == Phase.QUEUED else None
    if left == joined:
        return
    for queue_id, waits in ((left, False), (joined, True)):
        if queue_id is not None:
            yield events.QueueUpdated(
                org_id=call.org_id, location_id=call.location_id, subject=str(queue_id), call_id=call_id, waits=waits
            )


async def _attach(uow: UnitOfWork, call_ids: Sequence[UUID]) -> None:
    """Joins what was uploaded before its call's record was there."""
    recordings = await repository.attach_recordings(uow.session, call_ids=call_ids)
    for recording in recordings:
        await tell_recording(uow, recording)
    with_message = await repository.attach_voicemails(uow.session, call_ids=call_ids)
    if joined := {one.call_id for one in recordings if one.call_id} | set(with_message):
        await repository.note_what_was_said(uow.session, joined)  # it may have been heard already


async def tell_recording(uow: UnitOfWork, recording: Any) -> None:
    """The recording can be found through its call now."""
    await uow.record(
        events.RecordingStored(
            org_id=recording.org_id, location_id=recording.location_id, subject=str(recording.id),
            call_id=recording.call_id, duration_s=recording.duration_s,
            extension_ids=await repository.extensions_of_call(uow.session, recording.call_id),
        )
    )  # fmt: skip
