"""Calls that were passed on after a word, as their node tells of them: live, and afterwards."""

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from controlplane.protocol.facts import Fact
from tests.api.calls.system import System, extension
from tests.api.calls.test_calls import be_person_of, listed
from tests.api.clients import Client


def both_calls(system: System, name: str) -> list[Fact]:
    """The caller's call and the one to whom was asked, in the order in which the node tells of them."""
    facts = [*system.stream(name), *system.stream(f"{name}.asked")]
    return sorted(facts, key=lambda fact: (fact.at, fact.seq))


async def of_caller(client: Client) -> Any:
    (call,) = [one for one in await listed(client) if one["direction"] == "inbound"]
    return call


async def told_to_wait(admin: Client) -> list[bool]:
    """What queues told: somebody came into the line, or left it."""
    async with admin.services.uow() as uow:
        found = await uow.session.scalars(
            text("SELECT payload->'waits' FROM event_log WHERE name = 'queue.updated' ORDER BY id")
        )
    return list(found)


async def test_who_was_asked_sees_the_call_while_it_runs(system: System, admin: Client, staff: Client) -> None:
    facts = both_calls(system, "attended_transfer_from_queue")
    passed_on = next(fact.at for fact in facts if fact.payload.get("eventtype") == "ATTENDEDTRANSFER")
    talking = [fact for fact in facts if fact.at < passed_on + timedelta(seconds=1)]
    await system.push(talking[:5])
    await system.push(talking)
    await be_person_of(staff, 202)
    call = await of_caller(staff)
    assert (call["status"], call["phase"]) == ("live", "answered")
    assert await told_to_wait(admin) == [True, False]
    await system.push(facts)
    call = await of_caller(staff)
    assert (call["status"], call["talk_s"], call["extension_id"]) == ("answered", 5.853, str(extension(201)))
    told = (await staff.get(f"/calls/{call['id']}/explain")).json()
    assert any(step["words"].endswith("passed the call on to 202 (attended transfer)") for step in told["steps"])
    assert await told_to_wait(admin) == [True, False]


async def test_nobody_waits_in_the_queue_while_the_next_phone_rings(system: System, admin: Client) -> None:
    facts = both_calls(system, "blonde_transfer")
    for begin in range(0, len(facts), 4):
        await system.push(facts[begin : begin + 4])
    assert await told_to_wait(admin) == [True, False]
    assert (await of_caller(admin))["talk_s"] == 4.82


async def test_a_call_that_went_on_in_an_older_one_lasts_as_long_as_its_caller(system: System, admin: Client) -> None:
    facts = both_calls(system, "attended_transfer_to_older_call")
    for begin in range(0, len(facts), 4):
        await system.push(facts[begin : begin + 4])
    calls = {one["direction"]: (one["status"], one["duration_s"], one["talk_s"]) for one in await listed(admin)}
    assert calls == {"inbound": ("answered", 3.962, 3.944), "internal": ("answered", 1.665, 1.638)}
