"""Rows of calls, recordings, voicemail and transcripts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, cast, delete, func, literal_column, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import REGCONFIG, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from controlplane.calls.models import Call, Origination, Recording, Transcript, Voicemail
from controlplane.kit.destination import Kind
from controlplane.objects import door as objects
from controlplane.platform.auth import Principal
from controlplane.platform.tenancy import scoped, visible
from controlplane.protocol.link import HeardVoicemail

CallKey = tuple[str, str]
"""Node and linkedid: what names a call in the whole fleet."""

_MOST_SAID = 300_000
"""Characters of a call's transcripts that are searched, some six hours of talk; PostgreSQL takes a megabyte."""
CLOCKS_DIFFER = timedelta(minutes=1)
_SEARCHED = frozenset({"searched", "said"})
_KEPT = frozenset({"id", "node", "linkedid", "created_at", "tags", "notes", "outcome", "version"}) | _SEARCHED
FOLDED_COLUMNS = tuple(column.name for column in Call.__table__.columns if column.name not in _KEPT)
"""What the fold writes; the rest is people's or never changes."""


async def stored_calls(session: AsyncSession, keys: Collection[CallKey]) -> dict[CallKey, Mapping[str, Any]]:
    """The rows of these calls, those that exist."""
    table = Call.__table__
    columns = [column for column in table.columns if column.name not in _SEARCHED]
    statement = select(*columns).where(tuple_(table.c.node, table.c.linkedid).in_(keys))
    return {(row["node"], row["linkedid"]): dict(row) for row in (await session.execute(statement)).mappings()}


async def upsert_calls(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Writes folded calls in one statement. An id stays with its (node, linkedid) for ever."""
    statement = insert(Call).values(rows)
    changes = {name: statement.excluded[name] for name in FOLDED_COLUMNS if name != "updated_at"}
    await session.execute(
        statement.on_conflict_do_update(index_elements=["node", "linkedid"], set_={**changes, "updated_at": func.now()})
    )


def _its_call(model: type[Recording] | type[Voicemail]) -> ColumnElement[bool]:
    if model is Recording:
        return and_(Recording.node == Call.node, Recording.linkedid == Call.linkedid)
    ended = func.coalesce(Call.ended_at, Call.last_fact_at)
    return and_(
        Voicemail.node == Call.node,
        Voicemail.caller_channel == Call.caller_channel,
        Voicemail.left_at >= Call.started_at - text("interval '2 seconds'"),  # left_at is in whole seconds
        Voicemail.left_at <= ended + text("interval '10 minutes'"),  # a live call's newest fact may be its greeting
    )


_JOIN_LOCK = 0xA9918


async def join_one_by_one(session: AsyncSession) -> None:
    """Until this transaction's end nobody else joins.

    A record and its sound often arrive at the same moment. Neither transaction sees the other's row before it is
    committed, so both would find nothing to join, and nobody would look again.
    """
    await session.execute(select(func.pg_advisory_xact_lock(_JOIN_LOCK)))


async def attach_recordings(session: AsyncSession, *, call_ids: Collection[UUID] | None = None,
                            recording_id: UUID | None = None) -> Sequence[Recording]:  # fmt: skip
    """Joins recordings that lack their call to it, from either side; returns those joined. Commit soon."""
    await join_one_by_one(session)
    wanted = Call.id.in_(call_ids) if call_ids is not None else Recording.id == recording_id
    statement = (
        update(Recording)
        .where(Recording.call_id.is_(None), _its_call(Recording), wanted)
        .values(call_id=Call.id, org_id=Call.org_id, location_id=Call.location_id)
        .returning(Recording)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return (await session.scalars(statement)).all()


async def attach_voicemails(session: AsyncSession, *, call_ids: Collection[UUID] | None = None,
                            voicemail_id: UUID | None = None) -> Sequence[UUID]:  # fmt: skip
    """Joins messages that lack their call to it, from either side; returns their calls. Commit soon."""
    await join_one_by_one(session)
    wanted = Call.id.in_(call_ids) if call_ids is not None else Voicemail.id == voicemail_id
    statement = (
        update(Voicemail)
        .where(Voicemail.call_id.is_(None), _its_call(Voicemail), wanted)
        .values(call_id=Call.id)
        .returning(Call.id)
        .execution_options(synchronize_session=False)
    )
    return (await session.scalars(statement)).all()


async def note_what_was_said(session: AsyncSession, call_ids: Collection[UUID]) -> None:
    """Lets calls be found by the words of their recordings and of the messages that are still there. Commit soon."""
    await join_one_by_one(session)  # who waited for the row would write words that are no longer all
    recorded = (
        select(Transcript.text).join(Recording, Recording.id == Transcript.recording_id)
        .where(Recording.call_id == Call.id)
    )  # fmt: skip
    left = (
        select(Transcript.text).join(Voicemail, Voicemail.id == Transcript.voicemail_id)
        .where(Voicemail.call_id == Call.id, Voicemail.deleted_at.is_(None))
    )  # fmt: skip
    said = _weighed(recorded, "A").op("||")(_weighed(left, "B"))
    await session.execute(
        update(Call).where(Call.id.in_(call_ids)).values(said=said).execution_options(synchronize_session=False)
    )


def _weighed(texts: Select[Any], weight: str) -> ColumnElement[str]:
    together = func.array_to_string(func.array(texts.correlate(Call).scalar_subquery()), " ")
    return func.setweight(
        func.to_tsvector(cast("simple", REGCONFIG), func.left(together, _MOST_SAID)), literal_column(f"'{weight}'")
    )


async def presume_ended(
    session: AsyncSession,
    *,
    node: str | None = None,
    started_before: datetime | None = None,
    silent_since: datetime,
    lost_at: datetime | None = None,
) -> list[CallKey]:
    """Presumes the end of live calls: at ``lost_at``, else with their newest fact. They still have to be folded.

    Args:
        session: Their transaction.
        node: Only calls on this node.
        started_before: Only calls that began before.
        silent_since: Only calls without a fact later than this.
        lost_at: When they ended, if that is known.
    """
    statement = (
        update(Call)
        .where(Call.status == "live", Call.last_fact_at <= silent_since)
        .values(lost_at=lost_at if lost_at is not None else Call.last_fact_at)
        .returning(Call.node, Call.linkedid)
        .execution_options(synchronize_session=False)
    )
    if node is not None:
        statement = statement.where(Call.node == node)
    if started_before is not None:
        statement = statement.where(Call.started_at < started_before)
    return [(row.node, row.linkedid) for row in await session.execute(statement)]


async def oldest_live(session: AsyncSession, node: str) -> datetime | None:
    """When the oldest live call of a node began."""
    statement = select(func.min(Call.started_at)).where(Call.status == "live", Call.node == node)
    moment: datetime | None = await session.scalar(statement)
    return moment


async def find_call(session: AsyncSession, principal: Principal, call_id: UUID, *, lock: bool = False) -> Call | None:
    """One call, if the principal may see it."""
    statement = visible_calls(principal).where(Call.id == call_id)
    call: Call | None = await session.scalar(statement.with_for_update() if lock else statement)
    return call


async def find_calls(session: AsyncSession, principal: Principal, call_ids: Collection[UUID]) -> Sequence[Call]:
    """Those of these calls that the principal may see, locked for a change."""
    statement = visible_calls(principal).where(Call.id.in_(call_ids)).order_by(Call.id).with_for_update()
    return (await session.scalars(statement)).all()


async def other_ends(
    session: AsyncSession, principal: Principal, call: Call, came_from: Sequence[CallKey], went_to: Collection[str]
) -> Sequence[Call]:
    """Records of the same call on other nodes: those it came from, and those on nodes to which it went on.

    Nodes' clocks may differ a little, so those it went to are looked for a minute around it.
    """
    since, until = call.started_at - CLOCKS_DIFFER, (call.ended_at or call.last_fact_at) + CLOCKS_DIFFER
    told = Call.timeline.contains([{"node": call.node, "call": call.linkedid}])
    after = and_(Call.node.in_(went_to), Call.started_at.between(since, until), told)
    statement = visible_calls(principal).where(or_(tuple_(Call.node, Call.linkedid).in_(came_from), after))
    return (await session.scalars(statement.order_by(Call.started_at, Call.id).limit(20))).all()


async def locate_call(session: AsyncSession, wanted: str) -> tuple[UUID, UUID] | None:
    """Id and organisation of a call named by its id or its linkedid."""
    try:
        named = Call.id == UUID(wanted)
    except ValueError:
        named = Call.linkedid == wanted
    row = (await session.execute(select(Call.id, Call.org_id).where(named).limit(1))).first()
    return None if row is None else (row.id, row.org_id)


async def lock_idempotency_key(session: AsyncSession, asked_by: str, key: str) -> None:
    """Requests with the same key come one after the other, until their commit."""
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"{asked_by}:{key}"})


async def earlier_origination(
    session: AsyncSession, org_id: UUID, asked_by: str, key: str, since: datetime
) -> Origination | None:
    """The call that the same asker asked for with this key."""
    statement = select(Origination).where(
        Origination.org_id == org_id, Origination.asked_by == asked_by, Origination.idempotency_key == key,
        Origination.created_at >= since,
    )  # fmt: skip
    return (await session.scalars(statement.order_by(Origination.created_at.desc()))).first()


async def find_origination(session: AsyncSession, principal: Principal, origination_id: UUID) -> Origination | None:
    """A call that was asked for, if the principal may see it: staff those of their own extensions."""
    statement = scoped(select(Origination), Origination, principal).where(Origination.id == origination_id)
    if principal.own_extension_ids is not None:
        statement = statement.where(Origination.extension_id.in_(principal.own_extension_ids))
    found: Origination | None = await session.scalar(statement)
    return found


async def forget_originations(session: AsyncSession, before: datetime) -> None:
    """Deletes what was asked for long ago."""
    await session.execute(delete(Origination).where(Origination.created_at < before))


async def call_id_of(session: AsyncSession, node: str, linkedid: str) -> UUID | None:
    """The record of a call named by its node's id."""
    return await session.scalar(select(Call.id).where(Call.node == node, Call.linkedid == linkedid))


async def find_voicemail(
    session: AsyncSession,
    principal: Principal,
    own_box_ids: Collection[UUID] | None,
    voicemail_id: UUID,
    *,
    deleted: bool = False,
) -> Voicemail | None:
    """One message, if the principal may hear it. One that was ``deleted`` is locked: to bring it back."""
    statement = visible_voicemails(principal, own_box_ids, deleted=deleted).where(Voicemail.id == voicemail_id)
    if deleted:
        statement = statement.with_for_update()
    voicemail: Voicemail | None = await session.scalar(statement)
    return voicemail


async def recordings_of(session: AsyncSession, call_ids: Collection[UUID]) -> dict[UUID, Recording]:
    """The longest recording of each call."""
    statement = select(Recording).where(Recording.call_id.in_(call_ids)).order_by(Recording.duration_s)
    return {recording.call_id: recording for recording in await session.scalars(statement) if recording.call_id}


async def voicemails_of(session: AsyncSession, call_ids: Collection[UUID]) -> dict[UUID, Voicemail]:
    """The message of each call that has one: the first, of one that was forwarded."""
    statement = select(Voicemail).where(Voicemail.call_id.in_(call_ids), Voicemail.deleted_at.is_(None))
    statement = statement.order_by(Voicemail.forwarded_from.is_(None), Voicemail.id.desc())
    return {voicemail.call_id: voicemail for voicemail in await session.scalars(statement) if voicemail.call_id}


async def transcripts_of(session: AsyncSession, source_ids: Collection[UUID]) -> dict[UUID, Transcript]:
    """Transcripts by the id of their recording or message."""
    statement = select(Transcript).where(
        or_(Transcript.recording_id.in_(source_ids), Transcript.voicemail_id.in_(source_ids))
    )
    found: dict[UUID, Transcript] = {}
    for row in await session.scalars(statement):
        source = row.recording_id or row.voicemail_id
        if source is not None:
            found[source] = row
    return found


async def recording_named(session: AsyncSession, node: str, name: str) -> Recording | None:
    """The recording that a node uploaded under this name."""
    return await session.scalar(select(Recording).where(Recording.node == node, Recording.name == name))


async def voicemail_named(
    session: AsyncSession, node: str, context: str, box_number: str, msg_id: str
) -> Voicemail | None:
    """The message that a node uploaded."""
    return await session.scalar(
        select(Voicemail).where(
            Voicemail.node == node,
            Voicemail.context == context,
            Voicemail.box_number == box_number,
            Voicemail.msg_id == msg_id,
        )
    )


async def voicemails_heard_otherwise(session: AsyncSession, node: str, told: HeardVoicemail) -> Sequence[Voicemail]:
    """Messages of a box whose node says that they are heard, or new, and here they are not; locked."""
    return (
        await session.scalars(
            select(Voicemail)
            .where(
                Voicemail.node == node,
                Voicemail.context == told.context,
                Voicemail.box_number == told.box,
                Voicemail.deleted_at.is_(None),
                or_(
                    and_(Voicemail.msg_id.in_(told.heard), Voicemail.heard_at.is_(None)),
                    and_(Voicemail.msg_id.in_(told.new), Voicemail.heard_at.is_not(None)),
                ),
            )
            .with_for_update()
        )
    ).all()


async def transcript_of_source(session: AsyncSession, transcript: Transcript) -> tuple[str, UUID | None] | None:
    """Storage key of the sound a transcript is about, and its call."""
    model = Recording if transcript.recording_id else Voicemail
    source_id = transcript.recording_id or transcript.voicemail_id
    row = (await session.execute(select(model.storage_key, model.call_id).where(model.id == source_id))).first()
    return (row.storage_key, row.call_id) if row else None


async def box_numbered(session: AsyncSession, org_id: UUID, number: str) -> objects.ConfigObject | None:
    """The voicemail box with this number."""
    model = objects.ConfigObject
    statement = select(model).where(model.org_id == org_id, model.kind == Kind.VOICEMAIL_BOX, model.number == number)
    return (await session.scalars(statement)).first()


async def boxes_of_extensions(session: AsyncSession, extension_ids: Collection[UUID]) -> set[UUID]:
    """The voicemail boxes of these extensions."""
    model = objects.ConfigObject
    box_id = model.fields["voicemail_box_id"].astext
    statement = select(box_id).where(model.id.in_(extension_ids), box_id.is_not(None))
    return {UUID(found) for found in await session.scalars(statement)}


async def extensions_of_box(session: AsyncSession, box_id: UUID | None) -> list[UUID]:
    """The extensions whose box it is."""
    model = objects.ConfigObject
    statement = select(model.id).where(
        model.kind == Kind.EXTENSION, model.fields["voicemail_box_id"].astext == str(box_id)
    )
    return list(await session.scalars(statement.order_by(model.id)))


async def extensions_of_call(session: AsyncSession, call_id: UUID | None) -> list[UUID]:
    """The extensions that had a leg in a call."""
    return await session.scalar(select(Call.extension_ids).where(Call.id == call_id)) or []


async def email_of_box(session: AsyncSession, box_id: UUID) -> str | None:
    """Where new messages of a box are mailed."""
    model = objects.ConfigObject
    email: str | None = await session.scalar(select(model.fields["email"].astext).where(model.id == box_id))
    return email


def visible_calls(principal: Principal) -> Select[Any]:
    """Calls that the principal may see: of their locations, and for staff those of their own extensions."""
    statement = scoped(select(Call), Call, principal)
    if principal.own_extension_ids is not None:
        statement = statement.where(Call.extension_ids.overlap(list(principal.own_extension_ids)))
    return statement


def visible_voicemails(
    principal: Principal, own_box_ids: Collection[UUID] | None, *, deleted: bool = False
) -> Select[Any]:
    """Messages that are not ``deleted`` (or are) and that the principal may see; ``own_box_ids`` limits staff."""
    there = Voicemail.deleted_at.is_not(None) if deleted else Voicemail.deleted_at.is_(None)
    statement = select(Voicemail).where(visible(Voicemail, principal), there)
    if own_box_ids is not None:
        statement = statement.where(Voicemail.box_id.in_(own_box_ids))
    return statement


async def visible_among(
    session: AsyncSession, principal: Principal, own_box_ids: Collection[UUID] | None, ids: Collection[UUID]
) -> Sequence[UUID]:
    """Those of these messages that the principal may see."""
    statement = visible_voicemails(principal, own_box_ids).where(Voicemail.id.in_(ids))
    return (await session.scalars(statement.with_only_columns(Voicemail.id))).all()
