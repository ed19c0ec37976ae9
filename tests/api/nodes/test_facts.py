"""Facts: taken in once, in any order, in large batches, with odd content."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from controlplane.nodes import door
from controlplane.nodes.queries import take_in
from controlplane.protocol.facts import Fact, FactKind, NodeFact
from tests.api.nodes.fake_node import BOOT, FakeNode, fact

CALL = ("fra-1", "fra-1-1700000000.1")


async def push(node: FakeNode, *facts: dict[str, Any]) -> dict[str, Any]:
    answer = await node.post("facts", json.dumps({"facts": facts}).encode())
    assert answer.status_code == 200, answer.text
    ack: dict[str, Any] = answer.json()
    return ack


async def stored(node: FakeNode) -> int:
    async with node.services.uow() as uow:
        return int(await uow.session.scalar(text("SELECT count(*) FROM facts")) or 0)


async def waiting_folds(node: FakeNode) -> int:
    async with node.services.uow() as uow:
        statement = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'cp:calls.fold'")
        return int(await uow.session.scalar(statement) or 0)


async def take(node: FakeNode) -> list[door.CallKey]:
    async with node.services.uow() as uow:
        return await door.take_calls_to_fold(uow.session, 100)


async def test_a_batch_is_stored_and_one_fold_waits(node: FakeNode) -> None:
    ack = await push(node, fact(1), fact(2), fact(3, "fra-1-1700000000.9"))
    assert ack == {"boot": BOOT, "seq": 3}
    await push(node, fact(4))
    assert await waiting_folds(node) == 1
    assert sorted(await take(node)) == [CALL, ("fra-1", "fra-1-1700000000.9")]
    assert await take(node) == []


async def test_twice_changes_nothing(node: FakeNode) -> None:
    batch = [fact(seq) for seq in range(1, 11)]
    first = await push(node, *batch)
    assert len(await take(node)) == 1
    assert await push(node, *batch) == first
    assert await stored(node) == 10
    assert await take(node) == []


async def test_out_of_order_facts_come_back_by_time_and_number(node: FakeNode) -> None:
    late = fact(9) | {"at": "2026-11-21T09:59:59Z"}
    assert await push(node, fact(3), fact(1), late, fact(2)) == {"boot": BOOT, "seq": 9}
    async with node.services.uow() as uow:
        facts = await door.load_facts(uow.session, [CALL, ("fra-1", "unknown")])
    assert [each.seq for each in facts[CALL]] == [9, 1, 2, 3]
    assert facts[CALL][0].at == datetime(2026, 11, 21, 9, 59, 59, tzinfo=UTC)
    assert facts["fra-1", "unknown"] == []


async def test_five_thousand_facts_in_one_batch(node: FakeNode) -> None:
    batch = [fact(seq, f"fra-1-1700000000.{seq // 20}") for seq in range(1, 5001)]
    assert (await push(node, *batch))["seq"] == 5000
    assert await stored(node) == 5000
    async with node.services.uow() as uow:
        assert len(await door.take_calls_to_fold(uow.session, 1000)) == 251


@pytest.mark.parametrize(
    "value", ["nul \0 inside", "emoji 🙂", "\\u0000", "'; DROP TABLE facts; --", '{a,"b"}', "x" * 10_000]
)
async def test_odd_text_is_carried_through(node: FakeNode, value: str) -> None:
    await push(node, fact(1, calleridname=value))
    async with node.services.uow() as uow:
        facts = (await door.load_facts(uow.session, [CALL]))[CALL]
    assert facts[0].payload == {"calleridname": value.replace("\0", "")}


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"not JSON", b'{"facts": []}', b'{"facts": [{"seq": 1}]}', b'{"protocol": 99, "facts": []}',
        json.dumps({"facts": [fact(0)]}).encode(),
        json.dumps({"facts": [fact(1) | {"at": "2026-11-21T10:00:00"}]}).encode(),
        json.dumps({"facts": [fact(1), fact(2) | {"kind": "gossip"}]}).encode(),
    ],
)  # fmt: skip
async def test_a_broken_batch_changes_nothing(node: FakeNode, body: bytes) -> None:
    answer = await node.post("facts", body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert await stored(node) == 0


async def test_a_fold_cannot_take_a_call_whose_newest_fact_is_not_committed(node: FakeNode) -> None:
    """Else the fold would miss that fact, and nobody would come again."""
    await push(node, fact(1))
    async with node.services.uow() as intake:
        await take_in(intake.session, node.name, [Fact.model_validate(fact(2))])
        assert await take(node) == []
    assert await take(node) == [CALL]


async def test_two_folds_at_once_take_different_calls(node: FakeNode) -> None:
    await push(node, *[fact(seq, f"fra-1-1700000000.{seq}") for seq in range(1, 41)])
    async with node.services.uow() as one, node.services.uow() as two:
        taken = await door.take_calls_to_fold(one.session, 20), await door.take_calls_to_fold(two.session, 20)
    assert [len(each) for each in taken] == [20, 20]
    assert not set(taken[0]) & set(taken[1])


async def test_a_fold_that_fails_leaves_its_calls(node: FakeNode) -> None:
    await push(node, fact(1))
    with pytest.raises(RuntimeError):
        async with node.services.uow() as uow:
            assert await door.take_calls_to_fold(uow.session, 20) == [CALL]
            raise RuntimeError
    assert await take(node) == [CALL]


async def test_news_of_the_node_itself_is_on_the_work_list_too(node: FakeNode) -> None:
    down = fact(1, None, event="asterisk_down") | {"kind": "node"}
    phone = fact(2, None, event="device_registered", device="a") | {"kind": "node"}
    await push(node, phone)
    assert await take(node) == []
    await push(node, down)
    assert await take(node) == [("fra-1", "")]
    async with node.services.uow() as uow:
        facts = await door.load_node_facts(
            uow.session, "fra-1", events={NodeFact.ASTERISK_DOWN}, since=datetime(2026, 11, 21, tzinfo=UTC)
        )
    assert [(each.kind, each.payload["event"]) for each in facts] == [(FactKind.NODE, "asterisk_down")]


async def test_batches_at_once_lose_nothing(node: FakeNode) -> None:
    batches = [[fact(seq) for seq in range(first, first + 50)] for first in range(1, 401, 50)]
    await asyncio.gather(*(push(node, *batch) for batch in batches))
    assert await stored(node) == 400
