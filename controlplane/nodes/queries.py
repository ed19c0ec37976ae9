"""Fact intake: many small things, written in one statement a batch.

``calls_to_fold`` is the work list: a call's row is written beside its facts, in one transaction. The fold job is only
the wake-up for it and is deferred after the commit. Deferred inside, a fold that starts a moment before our commit
would miss the facts, while its place in the queue made us believe that somebody is coming.
"""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.nodes.models import CallToFold, FactRow
from controlplane.protocol.facts import Fact, FactKind, NodeFact

CallKey = tuple[str, str]
"""Node and linkedid."""
_FACTS = TypeAdapter(list[Fact])

# The upsert locks the call's row until our commit, so that a fold can't take it while our facts are still unseen.
_TAKE_IN = text("""
WITH told AS (
    SELECT boot, seq, kind, at, coalesce(linkedid, '') AS linkedid, payload
    FROM jsonb_to_recordset(CAST(:facts AS jsonb))
        AS fact (boot text, seq bigint, kind text, at timestamptz, linkedid text, payload jsonb)
), new AS (
    INSERT INTO facts (node, boot, seq, kind, at, linkedid, payload)
    SELECT :node, boot, seq, kind, at, linkedid, payload FROM told
    ON CONFLICT DO NOTHING
    RETURNING kind, linkedid, payload
), touched AS (
    INSERT INTO calls_to_fold (node, linkedid)
    SELECT DISTINCT :node, linkedid FROM new
    WHERE linkedid <> '' OR (kind = 'node' AND payload ->> 'event' IN ('asterisk_up', 'asterisk_down'))
    ORDER BY linkedid
    ON CONFLICT (node, linkedid) DO UPDATE SET first_at = calls_to_fold.first_at
)
SELECT count(*) FROM new
""")

_TAKE_CALLS = text("""
DELETE FROM calls_to_fold WHERE (node, linkedid) IN (
    SELECT node, linkedid FROM calls_to_fold ORDER BY first_at LIMIT :limit FOR UPDATE SKIP LOCKED
) RETURNING node, linkedid
""")


async def take_in(session: AsyncSession, node: str, facts: Sequence[Fact]) -> int:
    """Stores facts; those that are known already change nothing. Returns how many were new."""
    parameters = {"node": node, "facts": _as_json(facts)}
    return int(await session.scalar(_TAKE_IN, parameters) or 0)


def _as_json(facts: Sequence[Fact]) -> str:
    """One JSON text for the whole batch. PostgreSQL knows no NUL in text, and one odd fact must not stop the others."""
    written = _FACTS.dump_json(list(facts)).decode()
    return json.dumps(_without_nul(json.loads(written))) if "\\u0000" in written else written


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_nul(item) for item in value]
    return value


async def anything_to_fold(session: AsyncSession) -> bool:
    """Whether a call waits to be folded."""
    return bool(await session.scalar(text("SELECT EXISTS (SELECT FROM calls_to_fold)")))


async def take_calls_to_fold(session: AsyncSession, limit: int = 200) -> list[CallKey]:
    """Takes calls with news off the work list; a rollback puts them back.

    Two folds at once get different calls. A key with an empty linkedid means that the node itself has news
    (`load_node_facts` tells them): its Asterisk stopped or started, so open calls before that have no end of their own.
    """
    rows = await session.execute(_TAKE_CALLS, {"limit": limit})
    return [(node, linkedid) for node, linkedid in rows]


async def fold_again(session: AsyncSession, keys: Collection[CallKey]) -> None:
    """Puts calls on the work list that have no facts of their own that are new."""
    if keys:
        rows = [{"node": node, "linkedid": linkedid} for node, linkedid in sorted(keys)]
        await session.execute(insert(CallToFold).values(rows).on_conflict_do_nothing())


# Columns, not objects: a fold reads thousands of them and changes none.
_COLUMNS = (FactRow.boot, FactRow.seq, FactRow.kind, FactRow.at, FactRow.linkedid, FactRow.payload, FactRow.node)


def _fact(row: Row[Any]) -> Fact:
    return Fact.model_construct(
        boot=row.boot, seq=row.seq, kind=FactKind(row.kind), at=row.at, linkedid=row.linkedid or None,
        payload=row.payload,
    )  # fmt: skip


async def load_facts(session: AsyncSession, keys: Collection[CallKey]) -> dict[CallKey, list[Fact]]:
    """All facts of these calls in one query, by time and then by the order in which the node told them."""
    found: dict[CallKey, list[Fact]] = {key: [] for key in keys}
    wanted = [key for key in found if key[1]]
    if wanted:
        statement = (
            select(*_COLUMNS)
            .where(tuple_(FactRow.node, FactRow.linkedid).in_(wanted))
            .order_by(FactRow.at, FactRow.boot, FactRow.seq)
        )
        for row in await session.execute(statement):
            found[row.node, row.linkedid].append(_fact(row))
    return found


async def load_node_facts(
    session: AsyncSession, node: str, *, events: Collection[NodeFact], since: datetime
) -> list[Fact]:
    """News of a node itself, such as every ``asterisk_down`` since the oldest open call began, by time."""
    statement = (
        select(*_COLUMNS)
        .where(
            FactRow.node == node,
            FactRow.kind == FactKind.NODE.value,
            FactRow.at >= since,
            FactRow.payload["event"].astext.in_([event.value for event in events]),
        )
        .order_by(FactRow.at, FactRow.boot, FactRow.seq)
    )
    return [_fact(row) for row in await session.execute(statement)]
