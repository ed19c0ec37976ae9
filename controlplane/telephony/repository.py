"""Queries of telephony."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from controlplane.telephony.models import SoundRow


async def find_sounds(session: AsyncSession, keys: Iterable[str]) -> Sequence[Row[Any]]:
    """The sounds that were made or failed, as plain rows."""
    columns = (SoundRow.key, SoundRow.voice, SoundRow.state, SoundRow.files, SoundRow.duration_ms, SoundRow.error)
    statement = select(*columns).where(SoundRow.key.in_(list(keys)))
    return (await session.execute(statement)).all()


async def save_sound(session: AsyncSession, values: dict[str, Any], *, replace: bool = False) -> None:
    """Writes a sound down. One that is ready in the same voice stays: speech differs a little each time."""
    statement = insert(SoundRow).values(**values)
    outdated = or_(SoundRow.state != "ready", SoundRow.voice != statement.excluded.voice)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["key"],
            set_={name: statement.excluded[name] for name in (*values, "made_at")},
            where=None if replace else outdated,
        )
    )
