"""Records of calls in the database: written once, changed only by news, told by events."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from controlplane.calls import repository
from controlplane.calls.folding import fold_calls
from controlplane.calls.models import Recording
from controlplane.kit.ids import new_id
from controlplane.platform.services import Services
from controlplane.platform.uow import UnitOfWork
from controlplane.protocol.facts import Fact

STREAMS = Path(__file__).parents[2] / "replay" / "streams"


def stream(name: str) -> list[Fact]:
    return [Fact.model_validate_json(line) for line in (STREAMS / f"{name}.jsonl").read_text().splitlines()]


async def take(services: Services, facts: Sequence[Fact]) -> int:
    async with services.uow() as uow:
        return await fold_calls(uow, {("cap1", facts[0].linkedid or ""): facts})


async def rows(services: Services, statement: str) -> list[Any]:
    async with services.uow() as uow:
        return list((await uow.session.execute(text(statement))).all())


async def test_a_call_grows_into_one_row_and_tells_each_step_once(services: Services) -> None:
    facts = stream("menu_queue_whisper")
    for count in range(1, len(facts) + 1):
        await take(services, facts[:count])
    assert len(await rows(services, "SELECT id FROM calls")) == 1
    ((status, talk_s, phase),) = await rows(services, "SELECT status, talk_s, phase FROM calls")
    assert (status, phase) == ("answered", "ended")
    assert talk_s == pytest.approx(9.05, abs=0.01)
    told = [row.name for row in await rows(services, "SELECT name FROM event_log ORDER BY id")]
    assert "queue.updated" in told
    names = [name for name in told if name != "queue.updated"]
    assert names[0] == "call.started"
    assert [name for name in names if name != "call.updated"] == ["call.started", "call.answered", "call.ended"]


async def test_folding_again_writes_nothing(services: Services) -> None:
    facts = stream("queue_abandoned")
    assert await take(services, facts) == 1
    before = await rows(services, "SELECT id, updated_at, xmin FROM calls")
    assert await take(services, facts) == 0
    assert await rows(services, "SELECT id, updated_at, xmin FROM calls") == before


async def test_notes_survive_late_facts(services: Services) -> None:
    facts = stream("direct_answered_recorded")
    await take(services, facts[:10])
    async with services.uow() as uow:
        await uow.session.execute(text("UPDATE calls SET notes = 'kind', tags = '{vip}'"))
    await take(services, facts)
    assert await rows(services, "SELECT status, notes, tags FROM calls") == [("answered", "kind", ["vip"])]


async def test_a_call_waits_until_its_organisation_is_known(services: Services) -> None:
    facts = stream("missed")
    assert await take(services, facts[:1]) == 0
    assert await rows(services, "SELECT id FROM calls") == []
    assert await take(services, facts) == 1


async def test_a_whole_batch_is_one_statement_with_an_id_each(services: Services) -> None:
    names = ("missed", "busy", "blind_transfer")
    batch = {("cap1", stream(name)[0].linkedid or ""): stream(name) for name in names}
    async with services.uow() as uow:
        assert await fold_calls(uow, batch) == 3
    assert sorted(row.status for row in await rows(services, "SELECT status FROM calls")) == [
        "answered", "busy", "missed",
    ]  # fmt: skip


@pytest.mark.parametrize("record_first", [True, False])
async def test_a_record_and_its_sound_that_come_at_once_find_each_other(services: Services, record_first: bool) -> None:
    facts = stream("menu_queue_whisper")
    linkedid = facts[0].linkedid or ""

    async def fold(uow: UnitOfWork) -> None:
        await fold_calls(uow, {("cap1", linkedid): facts})

    async def upload(uow: UnitOfWork) -> None:
        sound = Recording(
            id=new_id(), node="cap1", name="a.wav", linkedid=linkedid, storage_key="recordings/a.wav", sha256="0" * 64,
            size=1, duration_s=1.0, channels=2,
        )  # fmt: skip
        uow.session.add(sound)
        await uow.session.flush()
        await repository.attach_recordings(uow.session, recording_id=sound.id)

    begun = asyncio.Event()

    async def slowly() -> None:
        async with services.uow() as uow:
            await (fold if record_first else upload)(uow)
            begun.set()
            await asyncio.sleep(0.3)  # not committed yet

    async def meanwhile() -> None:
        await begun.wait()
        async with services.uow() as uow:
            await (upload if record_first else fold)(uow)

    await asyncio.gather(slowly(), meanwhile())
    assert [row.joined for row in await rows(services, "SELECT call_id IS NOT NULL AS joined FROM recordings")] == [
        True
    ]
