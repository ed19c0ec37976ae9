"""Calls whose end never came: Asterisk stopped under them, or nothing was heard of them for long."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.calls import repository
from controlplane.calls.reading import epoch
from controlplane.calls.repository import CallKey
from controlplane.nodes import door as nodes
from controlplane.protocol.facts import NodeFact


async def close_calls_of_stopped_asterisk(session: AsyncSession, node: str) -> list[CallKey]:
    """Presumes the end of a node's live calls by its news: Asterisk went down, or started after they began.

    Losing only the link to Asterisk looks the same; then the calls' own ends come later and count.
    """
    since = await repository.oldest_live(session, node)
    if since is None:
        return []
    closed: list[CallKey] = []
    news = (NodeFact.ASTERISK_DOWN, NodeFact.ASTERISK_UP)
    for fact in await nodes.load_node_facts(session, node, events=news, since=since):
        if fact.payload.get("event") == NodeFact.ASTERISK_DOWN:
            closed += await repository.presume_ended(
                session, node=node, started_before=fact.at, silent_since=fact.at, lost_at=fact.at
            )
        elif (booted := _start_of_asterisk(fact.payload.get("started_at"))) is not None:
            closed += await repository.presume_ended(session, node=node, started_before=booted, silent_since=booted)
    return list(dict.fromkeys(closed))


def _start_of_asterisk(text: object) -> datetime | None:
    """``started_at`` of ASTERISK_UP: RFC 3339, or seconds since 1970."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return epoch(text)
    return moment if moment.tzinfo else None


async def close_silent_calls(session: AsyncSession, silent_since: datetime) -> list[CallKey]:
    """Presumes that calls ended with their newest fact, when that is long ago."""
    return await repository.presume_ended(session, silent_since=silent_since)
