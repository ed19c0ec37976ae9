"""Lists of calls and voicemail."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_
from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.calls.models import Call, Voicemail
from controlplane.calls.repository import visible_calls, visible_voicemails
from controlplane.calls.schemas import CallStatus, CallSummary, Direction, LiveCall
from controlplane.platform.auth import Principal
from controlplane.platform.listing import ListQuery, fetch_page

_LONGEST_LIVE_LIST = 500


@dataclass(frozen=True, slots=True)
class CallFilter:
    """What a list of calls is narrowed to; None means any. Durations in seconds, times half open."""

    since: datetime | None = None
    until: datetime | None = None
    direction: Direction | None = None
    status: CallStatus | None = None
    number: str | None = None
    location_id: UUID | None = None
    queue_id: UUID | None = None
    extension_id: UUID | None = None
    phone_number_id: UUID | None = None
    min_duration_s: float | None = None
    max_duration_s: float | None = None
    tag: str | None = None
    q: str | None = None

    def narrow(self, statement: Select[Any]) -> Select[Any]:
        """The statement with the conditions of all that is set."""
        equal = {
            Call.direction: self.direction,
            Call.status: self.status,
            Call.location_id: self.location_id,
            Call.queue_id: self.queue_id,
            Call.extension_id: self.extension_id,
            Call.phone_number_id: self.phone_number_id,
        }
        conditions = [column == value for column, value in equal.items() if value is not None]
        if self.since is not None:
            conditions.append(Call.started_at >= self.since)
        if self.until is not None:
            conditions.append(Call.started_at < self.until)
        if self.min_duration_s is not None:
            conditions.append(Call.duration_s >= self.min_duration_s)
        if self.max_duration_s is not None:
            conditions.append(Call.duration_s <= self.max_duration_s)
        if self.number:
            conditions.append(
                or_(
                    Call.caller_number.startswith(self.number, autoescape=True),
                    Call.dialed_number.startswith(self.number, autoescape=True),
                )
            )
        if self.tag:
            conditions += [
                Call.tags.contains([self.tag.lower()]),
                Call.tags != [],
            ]  # the second names the partial index
        if words := _words(self.q):
            conditions.append(Call.searched.op("@@")(func.to_tsquery("simple", words)))
        return statement.where(*conditions)


def _words(q: str | None) -> str:
    """The words of a search as a query for words that begin so: no character of it is an operator."""
    return " & ".join(f"{word}:*" for word in re.findall(r"\w+", q or "", re.UNICODE))


async def calls_page(
    session: AsyncSession, principal: Principal, wanted: CallFilter, query: ListQuery
) -> tuple[list[Call], str | None, int | None]:
    """One page of calls, newest first."""
    return await fetch_page(
        session,
        wanted.narrow(visible_calls(principal)),
        Call,
        query,
        sortable={"started_at": Call.started_at},
        default_sort="-started_at",
    )


async def live_calls(session: AsyncSession, principal: Principal) -> list[Call]:
    """Calls that go on now, oldest first."""
    statement = visible_calls(principal).where(Call.status == CallStatus.LIVE)
    return list((await session.scalars(statement.order_by(Call.started_at).limit(_LONGEST_LIVE_LIST))).all())


async def live_states(session: AsyncSession, principal: Principal) -> list[LiveCall]:
    """Every call that goes on now, oldest first, without its story."""
    columns = [getattr(Call, name) for name in LiveCall.model_fields]
    statement = visible_calls(principal).where(Call.status == CallStatus.LIVE).with_only_columns(*columns)
    return [LiveCall.model_validate(row) for row in await session.execute(statement.order_by(Call.started_at))]


async def summary(session: AsyncSession, principal: Principal, wanted: CallFilter) -> CallSummary:
    """Figures of the calls that the principal may see: one query, by the index of the time."""
    statement = wanted.narrow(visible_calls(principal)).with_only_columns(
        Call.direction,
        Call.status,
        func.count().label("calls"),
        func.count(Call.queue_id).label("queued"),
        func.coalesce(func.sum(Call.wait_s).filter(Call.queue_id.is_not(None)), 0.0).label("wait_s"),
        func.sum(Call.talk_s).label("talk_s"),
    )
    rows = (await session.execute(statement.group_by(Call.direction, Call.status))).all()
    by_status, by_direction = Counter[CallStatus](), Counter[Direction]()
    for row in rows:
        by_status[CallStatus(row.status)] += row.calls
        by_direction[Direction(row.direction)] += row.calls
    came = {row.status: row.calls for row in rows if row.direction == Direction.INBOUND}
    over = sum(calls for status, calls in came.items() if status not in {CallStatus.LIVE, CallStatus.BLOCKED})
    answered = [row for row in rows if row.status == CallStatus.ANSWERED]
    return CallSummary(
        total=sum(by_status.values()),
        by_status=dict(by_status),
        by_direction=dict(by_direction),
        answered_share=_share(came.get(CallStatus.ANSWERED, 0), over),
        average_wait_s=_share(sum(row.wait_s for row in rows), sum(row.queued for row in rows)),
        average_talk_s=_share(sum(row.talk_s for row in answered), sum(row.calls for row in answered)),
    )


def _share(part: float, whole: int) -> float | None:
    return part / whole if whole else None


async def voicemails_page(
    session: AsyncSession,
    principal: Principal,
    own_box_ids: set[UUID] | None,
    query: ListQuery,
    *,
    box_id: UUID | None,
    heard: bool | None,
) -> tuple[list[Voicemail], str | None, int | None]:
    """One page of messages, newest first."""
    statement = visible_voicemails(principal, own_box_ids)
    if box_id is not None:
        statement = statement.where(Voicemail.box_id == box_id)
    if heard is not None:
        statement = statement.where(Voicemail.heard_at.is_not(None) if heard else Voicemail.heard_at.is_(None))
    return await fetch_page(
        session, statement, Voicemail, query, sortable={"left_at": Voicemail.left_at}, default_sort="-left_at"
    )
