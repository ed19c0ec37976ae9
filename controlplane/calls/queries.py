"""Lists of calls and voicemail."""

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Select, Uuid, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.calls.models import Call, Voicemail
from controlplane.calls.repository import visible_calls, visible_voicemails
from controlplane.calls.schemas import CallStatus, CallSummary, Direction, LiveCall, Phase
from controlplane.kit.destination import Kind
from controlplane.objects.door import ConfigObject
from controlplane.platform.auth import Principal
from controlplane.platform.listing import ListQuery, fetch_page
from controlplane.platform.tenancy import scoped

_LONGEST_LIVE_LIST = 500
FEW = 5000
"""Calls with the words that somebody looks for; more are many."""
MANY_PLACES = 50
"""With more locations than that, one sees so much of all calls that the newest are soon found."""
_ALL_SAID = "AB"
_LOOKED_BACK = 200
"""So many calls are looked through for the last people one spoke with."""


@dataclass(frozen=True, slots=True)
class OtherNumbers:
    """Numbers of the other side: as callers have them (E.164), and in every form in which carriers are sent them."""

    callers: tuple[str, ...]
    dialed: tuple[str, ...]


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
    contact_id: UUID | None = None
    said: str = ""
    """What `q` may look for in transcripts: A those of recordings, B those of messages; nothing without rights."""
    ids: tuple[UUID, ...] | None = None
    other: OtherNumbers | None = None
    """Of the contact; see `people.with_contact`."""
    found: tuple[UUID, ...] | None = None
    """What `with_words` has found."""

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
        conditions = [column == value for column, value in equal.items() if value is not None] + self._bounds()
        if self.ids is not None:
            conditions.append(Call.id.in_(self.ids))
        if self.number:
            conditions.append(
                or_(
                    Call.caller_number.startswith(self.number, autoescape=True),
                    Call.dialed_number.startswith(self.number, autoescape=True),
                )
            )
        if self.other is not None:
            conditions.append(
                or_(
                    and_(Call.direction == Direction.INBOUND, Call.caller_number.in_(self.other.callers)),
                    and_(Call.direction == Direction.OUTBOUND, Call.dialed_number.in_(self.other.dialed)),
                )
            )
        if self.tag:
            conditions += [
                Call.tags.contains([self.tag.lower()]),
                Call.tags != [],
            ]  # the second names the partial index
        if self.found is not None:
            conditions.append(Call.id == func.any(cast(list(self.found), ARRAY(Uuid))))
        elif (words := self._has_words()) is not None:
            conditions.append(words)
        return statement.where(*conditions)

    def _bounds(self) -> list[ColumnElement[bool]]:
        bounds = (
            (self.since, Call.started_at.__ge__),
            (self.until, Call.started_at.__lt__),
            (self.min_duration_s, Call.duration_s.__ge__),
            (self.max_duration_s, Call.duration_s.__le__),
        )
        return [within(bound) for bound, within in bounds if bound is not None]

    def _has_words(self) -> ColumnElement[bool] | None:
        if not _words(self.q):
            return None
        found = Call.searched.op("@@")(func.to_tsquery("simple", _words(self.q)))
        weights = "" if self.said == _ALL_SAID else self.said  # with them each row found has to be looked at again
        said = Call.said.op("@@")(func.to_tsquery("simple", _words(self.q, weights)))
        return or_(found, said) if self.said else found

    @property
    def has_index(self) -> bool:
        """It asks for calls that an index of their own finds, in a time that does not grow with all others."""
        narrow = (self.location_id, self.queue_id, self.extension_id, self.phone_number_id)
        return any((*narrow, self.number, self.tag, self.ids is not None, self.found is not None, self.other))

    async def with_words(self, session: AsyncSession, principal: Principal) -> "CallFilter":
        """The same filter, with the calls that have the words of `q` where they are few.

        PostgreSQL takes each beginning of a word for a common one, and looks for it in all calls, the newest first: of
        a million 0.7 s for a word that two of them have. So those are found by the index of words beforehand; for
        words that many have, its way is the right one.
        """
        words = self._has_words()
        if words is None or self.ids is not None:
            return self
        statement = visible_calls(principal).where(words).with_only_columns(Call.id).limit(FEW + 1)
        found = (await session.scalars(statement)).all()
        return self if len(found) > FEW else replace(self, found=tuple(found))


def may_look_for(principal: Principal) -> str:
    """Whose transcripts `CallFilter.said` may name: a call may be one's own and its message in somebody else's box."""
    hears_all = principal.own_extension_ids is None and principal.location_ids is None
    return "A" * principal.may("recordings:read") + "B" * (hears_all and principal.may("voicemails:read"))


def _words(q: str | None, weights: str = "") -> str:
    """The words of a search as a query for words that begin so: no character of it is an operator."""
    return " & ".join(f"{word}:*{weights}" for word in re.findall(r"\w+", q or "", re.UNICODE))


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
        parts=() if wanted.has_index else _places(principal),
    )


def _places(principal: Principal) -> list[ColumnElement[bool]]:
    """The places whose calls one sees, where they are few: one quiet shop of a busy chain."""
    if principal.location_ids is None or len(principal.location_ids) > MANY_PLACES:
        return []
    return [*(Call.location_id == place for place in sorted(principal.location_ids)), Call.location_id.is_(None)]


async def live_calls(session: AsyncSession, principal: Principal) -> list[Call]:
    """Calls that go on now, oldest first."""
    statement = visible_calls(principal).where(Call.status == CallStatus.LIVE)
    return list((await session.scalars(statement.order_by(Call.started_at).limit(_LONGEST_LIVE_LIST))).all())


@dataclass(frozen=True, slots=True)
class OtherSide:
    """With whom an extension had a call: what it dialled, or who called it.

    Attributes:
        dialed: What was dialled on a phone to get there.
        extension_id: The colleague who called.
        number: The caller's.
        name: The caller's.
    """

    dialed: str | None = None
    extension_id: UUID | None = None
    number: str | None = None
    name: str | None = None


async def other_sides(session: AsyncSession, principal: Principal, extension_ids: Collection[UUID]) -> list[OtherSide]:
    """The other sides of these extensions' newest calls, whoever answered, newest first."""
    columns = (Call.direction, Call.caller_number, Call.caller_name, Call.legs, Call.timeline)
    statement = visible_calls(principal).where(Call.extension_ids.overlap(list(extension_ids)))
    newest = statement.order_by(Call.started_at.desc(), Call.id.desc()).limit(_LOOKED_BACK)
    return [_other_side(row, extension_ids) for row in await session.execute(newest.with_only_columns(*columns))]


def _other_side(call: Any, extension_ids: Collection[UUID]) -> OtherSide:
    told = next((leg["extension_id"] for leg in call.legs if leg["role"] == "caller"), None)
    placed_by = UUID(told) if told else None
    if call.direction == Direction.OUTBOUND or placed_by in extension_ids:
        return OtherSide(dialed=next((step.get("number") for step in call.timeline if step["what"] == "arrived"), None))
    return OtherSide(extension_id=placed_by, number=call.caller_number, name=call.caller_name)


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


@dataclass(frozen=True, slots=True)
class WaitingCall:
    """A caller in a queue's line. ``since``: when they joined it."""

    call_id: UUID
    queue_id: UUID
    since: datetime
    caller_number: str | None
    caller_name: str | None


async def callers_waiting(session: AsyncSession, queue_ids: Collection[UUID]) -> list[WaitingCall]:
    """Who waits in these queues now, longest first: whoever sees a queue sees its line, wherever its callers rang."""
    statement = select(Call).where(
        Call.queue_id.in_(queue_ids), Call.status == CallStatus.LIVE, Call.phase == Phase.QUEUED
    )  # fmt: skip
    waiting = [
        WaitingCall(row.id, row.queue_id, _joined(row), row.caller_number, row.caller_name)
        for row in await session.scalars(statement)
        if row.queue_id is not None
    ]
    return sorted(waiting, key=lambda one: one.since)


def _joined(call: Call) -> datetime:
    """When a call came to the queue that it is in: the last step of its story that leads there."""
    for step in reversed(call.timeline):
        if step["what"] == "sent to" and (step["where"] or {}).get("id") == str(call.queue_id):
            return datetime.fromisoformat(step["at"])
    return call.started_at


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """Calls whose last queue it was. ``overflowed``: left the line unanswered by no will of the caller's."""

    answered: int = 0
    abandoned: int = 0
    overflowed: int = 0
    in_time: int = 0
    average_wait_s: float | None = None
    longest_wait_s: float | None = None


async def queue_figures(
    session: AsyncSession, queue_ids: Collection[UUID], *, since: datetime, in_time_s: float
) -> dict[UUID, QueueFigures]:
    """What became of the callers of these queues since a moment; who still waits is not counted.

    Like `callers_waiting`, it asks for queues that the reader sees, by id; calls of other locations in them count.
    """
    answered = Call.answered_at.is_not(None)
    left = or_(answered, Call.status != CallStatus.LIVE)
    abandoned = Call.status == CallStatus.ABANDONED
    statement = (
        select(
            Call.queue_id,
            func.count().filter(answered).label("answered"),
            func.count().filter(abandoned, ~answered).label("abandoned"),
            func.count().filter(left, ~answered, ~abandoned).label("overflowed"),
            func.count().filter(answered, Call.wait_s <= in_time_s).label("in_time"),
            func.avg(Call.wait_s).filter(left).label("average_wait_s"),
            func.max(Call.wait_s).filter(left).label("longest_wait_s"),
        )
        .where(Call.queue_id.in_(queue_ids), Call.started_at >= since)
        .group_by(Call.queue_id)
    )
    return {
        row.queue_id: QueueFigures(
            row.answered, row.abandoned, row.overflowed, row.in_time, row.average_wait_s, row.longest_wait_s
        )
        for row in await session.execute(statement)
    }


async def voicemails_page(
    session: AsyncSession,
    principal: Principal,
    own_box_ids: set[UUID] | None,
    query: ListQuery,
    *,
    box_id: UUID | None,
    location_id: UUID | None,
    heard: bool | None,
    q: str | None,
) -> tuple[list[Voicemail], str | None, int | None]:
    """One page of messages, newest first."""
    statement = visible_voicemails(principal, own_box_ids)
    if q:
        columns = (Voicemail.caller_name, Voicemail.caller_number)
        statement = statement.where(or_(*(column.icontains(q, autoescape=True) for column in columns)))
    if location_id is not None:
        statement = statement.where(Voicemail.location_id == location_id)
    if box_id is not None:
        statement = statement.where(Voicemail.box_id == box_id)
    if heard is not None:
        statement = statement.where(Voicemail.heard_at.is_not(None) if heard else Voicemail.heard_at.is_(None))
    return await fetch_page(
        session, statement, Voicemail, query, sortable={"left_at": Voicemail.left_at}, default_sort="-left_at"
    )


async def boxes_page(
    session: AsyncSession, principal: Principal, query: ListQuery, *, among: Collection[UUID] | None, q: str | None
) -> tuple[list[ConfigObject], str | None, int | None]:
    """One page of voicemail boxes, by name; ``among``: of these only."""
    statement = scoped(select(ConfigObject).where(ConfigObject.kind == Kind.VOICEMAIL_BOX), ConfigObject, principal)
    if among is not None:
        statement = statement.where(ConfigObject.id.in_(among))
    if q:
        columns = (ConfigObject.name, ConfigObject.number)
        statement = statement.where(or_(*(column.icontains(q, autoescape=True) for column in columns)))
    sortable = {"name": ConfigObject.name, "number": ConfigObject.number}
    return await fetch_page(session, statement, ConfigObject, query, sortable=sortable, default_sort="name")


async def unheard_in(
    session: AsyncSession, principal: Principal, own_box_ids: set[UUID] | None, box_ids: Collection[UUID]
) -> dict[UUID, int]:
    """How many new messages are in each of these boxes; boxes without any are missing."""
    statement = visible_voicemails(principal, own_box_ids).where(
        Voicemail.heard_at.is_(None), Voicemail.box_id.in_(box_ids)
    )
    counted = statement.with_only_columns(Voicemail.box_id, func.count().label("unheard")).group_by(Voicemail.box_id)
    return {row.box_id: row.unheard for row in await session.execute(counted)}
