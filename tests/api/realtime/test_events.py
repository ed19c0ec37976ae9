"""The stream of events: nothing missed, nothing twice, nothing that one may not see."""

import asyncio
import random
from uuid import UUID

import pytest
from sqlalchemy import text

from controlplane.calls.events import CallStarted, RecordingStored, TranscriptReady, VoicemailLeft
from controlplane.kit import clock
from controlplane.kit.ids import new_id
from controlplane.nodes.events import DeviceRegistered, NodeUp, TrunkDown
from controlplane.platform.events import Event
from controlplane.platform.services import Services
from controlplane.realtime.audience import SCOPES
from controlplane.realtime.follower import STOPPING, TOO_SLOW, Follower
from controlplane.realtime.stream import LOGGED_OUT, NO_SUCH_EVENT
from controlplane.release.events import ConfigApplied, ConfigRolledBack
from tests.api.calls.system import STREAMS, System, extension
from tests.api.clients import Client
from tests.api.realtime.listening import Ear, Json, Stage, ids

STREAM_NAMES = sorted(path.name.removesuffix(".jsonl") for path in STREAMS.glob("*.jsonl"))


async def record(services: Services, *events: Event) -> None:
    async with services.uow() as uow:
        for event in events:
            await uow.record(event)


def applied(client: Client, number: int, **more: object) -> ConfigApplied:
    return ConfigApplied.model_validate({"org_id": client.org_id, "subject": "x", "number": number, **more})


def rolled_back(client: Client) -> ConfigRolledBack:
    return ConfigRolledBack(org_id=client.org_id, subject="x", number=1, node="main", problems=["a trunk is down"])


def started(client: Client, *, extension_ids: list[UUID], location_id: str | None = None) -> CallStarted:
    return CallStarted(
        org_id=client.org_id, location_id=UUID(location_id) if location_id else None, subject=str(new_id()),
        direction="inbound", status="live", phase="new", caller_number=None, caller_name=None, dialed_number=None,
        queue_id=None, extension_id=None, extension_ids=extension_ids, started_at=clock.now(), answered_at=None,
    )  # fmt: skip


async def give_extension(client: Client, id_: UUID) -> None:
    async with client.services.uow() as uow:
        await uow.session.execute(
            text("UPDATE users SET extension_ids = :ids WHERE id = :user"), {"ids": [id_], "user": client.user_id}
        )


async def fresh(stage: Stage, client: Client) -> dict[str, dict[str, object]]:
    async with stage.ear(client) as ear:
        await ear.hear()
        return ear.live


async def marked(ear: Ear, services: Services, client: Client) -> None:
    """Hears all that was recorded until now."""
    await record(services, applied(client, 999))
    while (await ear.hear()).get("data", {}).get("number") != 999:
        pass


@pytest.mark.parametrize("name", STREAM_NAMES)
async def test_snapshot_and_events_equal_a_fresh_snapshot(
    name: str, stage: Stage, system: System, admin: Client
) -> None:
    facts = system.stream(name)
    cuts = sorted(random.sample(range(1, len(facts)), k=min(4, len(facts) - 1)))
    pieces = [facts[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(facts)], strict=True)]
    await system.push(pieces[0])
    async with stage.ear(admin) as ear:
        assert (await ear.hear())["type"] == "snapshot"
        for piece in pieces[1:]:
            await system.push(piece)
            await marked(ear, admin.services, admin)
            assert ear.live == await fresh(stage, admin)


async def test_a_call_is_told_from_start_to_end(stage: Stage, system: System, admin: Client) -> None:
    async with stage.ear(admin) as ear:
        assert await ear.hear() == {"type": "snapshot", "as_of": 0, "live_calls": []}
        for fact in system.stream("direct_answered_recorded"):
            await system.push([fact])
        await ear.hear_until("call.ended")
    names = [event["name"] for event in ear.events]
    assert names[0] == "call.started"
    assert {"call.updated", "call.answered"} < set(names)
    ended = ear.events[-1]
    record = (await admin.get(f"/calls/{ended['subject']}")).json()
    for name in ("status", "talk_s", "caller_number", "dialed_number", "extension_id", "answered_at"):
        assert ended["data"][name] == record[name]


async def test_a_listener_who_comes_back_misses_nothing_and_hears_nothing_twice(stage: Stage, admin: Client) -> None:
    count, last = 200, 0
    heard: list[Json] = []

    async def tell() -> None:
        for number in range(count):
            await record(admin.services, applied(admin, number))

    telling = asyncio.create_task(tell())
    while len(heard) < count:
        async with stage.ear(admin, after=last) as ear:
            for _ in range(min(37, count - len(heard))):
                await ear.hear()
            heard += ear.events
            last = ear.last_id
    await telling
    assert [event["data"]["number"] for event in heard] == list(range(count))


async def test_events_that_commit_late_or_out_of_order_are_told_once(stage: Stage, admin: Client) -> None:
    services = admin.services

    async def transaction(number: int) -> None:
        async with services.uow() as uow:
            await uow.session.execute(text("SELECT pg_current_xact_id()"))
            await asyncio.sleep(random.uniform(0, 0.05))
            await uow.record(applied(admin, number))
            await asyncio.sleep(random.uniform(0, 0.05))

    numbers = range(60)
    async with stage.ear(admin) as ear:
        await ear.hear()
        await asyncio.gather(*(transaction(number) for number in numbers))
        for _ in numbers:
            await ear.hear()
        assert await ear.hears_nothing()
    assert sorted(event["data"]["number"] for event in ear.events) == list(numbers)
    order = ids(ear.events)
    for place in random.sample(range(len(order)), k=10):
        async with stage.ear(admin, after=order[place]) as again:
            for _ in order[place + 1 :]:
                await again.hear()
        assert ids(again.events) == order[place + 1 :]


async def test_an_unknown_id_is_told(stage: Stage, admin: Client) -> None:
    async with stage.ear(admin, after=4711) as ear:
        assert await ear.closed() == (NO_SUCH_EVENT.code, NO_SUCH_EVENT.reason)


async def test_who_is_not_logged_in_learns_why(stage: Stage, admin: Client) -> None:
    async with stage.ear(None) as ear:
        assert await ear.closed() == (LOGGED_OUT.code, LOGGED_OUT.reason)
    admin.headers["Authorization"] += "x"
    async with stage.ear(admin, as_browser=True) as ear:
        assert (await ear.closed())[0] == LOGGED_OUT.code


async def test_a_browser_logs_in_by_subprotocol(stage: Stage, admin: Client) -> None:
    async with stage.ear(admin, as_browser=True) as ear:
        assert ear.socket.subprotocol == "bearer"
        assert (await ear.hear())["type"] == "snapshot"


async def test_a_revoked_session_ends_the_stream(stage: Stage, follower: Follower, admin: Client) -> None:
    follower.pace.login_s = 0.1
    async with stage.ear(admin) as ear:
        await ear.hear()
        sessions = (await admin.get("/sessions")).json()["items"]
        (own,) = [one["id"] for one in sessions if one["current"]]
        assert (await admin.delete(f"/sessions/{own}")).status_code == 204
        assert await ear.closed() == (LOGGED_OUT.code, LOGGED_OUT.reason)


async def test_lost_rights_hold_soon(stage: Stage, follower: Follower, manager: Client) -> None:
    follower.pace.login_s = 0.1
    async with stage.ear(manager) as ear:
        await ear.hear()
        await record(manager.services, rolled_back(manager))
        assert (await ear.hear())["data"]["number"] == 1
        async with manager.services.uow() as uow:
            await uow.session.execute(
                text("UPDATE users SET built_in_role = 'staff' WHERE id = :id"), {"id": manager.user_id}
            )
        await asyncio.sleep(0.3)
        await record(manager.services, rolled_back(manager))
        assert await ear.hears_nothing()


async def test_another_organisation_hears_nothing(stage: Stage, admin: Client, other_org_admin: Client) -> None:
    async with stage.ear(other_org_admin) as ear:
        await ear.hear()
        node = NodeUp(org_id=None, subject=str(new_id()), node="main")
        await record(admin.services, applied(admin, 1), started(admin, extension_ids=[]), node)
        assert await ear.hears_nothing()
    async with stage.ear(other_org_admin, after=0) as ear:
        assert await ear.hears_nothing()


async def test_a_snapshot_shows_ones_own_calls_only(
    stage: Stage, system: System, manager: Client, staff: Client, other_org_admin: Client, locations: dict[str, str]
) -> None:
    begun = system.stream("internal_answered")[:4]
    await system.push(begun)
    assert len(await fresh(stage, manager)) == 1
    assert await fresh(stage, other_org_admin) == {}
    assert await fresh(stage, staff) == {}
    await give_extension(staff, extension(201))
    assert len(await fresh(stage, staff)) == 1
    async with manager.services.uow() as uow:
        await uow.session.execute(text("UPDATE calls SET location_id = :id"), {"id": locations["Branch"]})
    assert await fresh(stage, manager) == {}


async def test_a_manager_hears_of_their_location_only(stage: Stage, manager: Client, locations: dict[str, str]) -> None:
    async with stage.ear(manager) as ear:
        await ear.hear()
        await record(
            manager.services,
            started(manager, extension_ids=[], location_id=locations["Branch"]),
            here := started(manager, extension_ids=[], location_id=locations["Main"]),
        )
        assert (await ear.hear())["subject"] == here.subject
        assert await ear.hears_nothing()


async def test_staff_hear_of_their_own_extension_only(stage: Stage, staff: Client) -> None:
    mine, other = new_id(), new_id()
    await give_extension(staff, mine)

    def about(id_: UUID) -> list[Event]:
        who = {"org_id": staff.org_id, "subject": str(id_), "extension_ids": [id_]}
        return [
            started(staff, extension_ids=[id_]),
            RecordingStored.model_validate({**who, "call_id": new_id(), "duration_s": 1}),
            VoicemailLeft.model_validate(
                {**who, "call_id": None, "box_id": None, "caller_number": None, "duration_s": 1}
            ),
            TranscriptReady.model_validate({**who, "call_id": new_id(), "voicemail_id": None, "state": "done"}),
        ]

    async with stage.ear(staff) as ear:
        await ear.hear()
        await record(staff.services, *about(other), *about(mine), rolled_back(staff))
        heard = [await ear.hear() for _ in about(mine)]
        assert await ear.hears_nothing()
    assert [message["data"]["extension_ids"] for message in heard] == [[str(mine)]] * 4


async def test_whoever_has_a_browser_phone_hears_that_a_release_is_live(
    stage: Stage, staff: Client, manager: Client
) -> None:
    for client in (staff, manager):
        async with stage.ear(client) as ear:
            await ear.hear()
            await record(client.services, applied(client, 7))
            assert (await ear.hear())["data"] == {"number": 7}


async def test_phones_and_trunks_are_heard_of_where_they_are_configured(
    stage: Stage, admin: Client, manager: Client, other_org_admin: Client
) -> None:
    desk = (await admin.post("/extensions", json={"name": "Desk", "number": "201"})).json()["id"]
    phone = await admin.post("/devices", json={"name": "Desk-201", "extension_id": desk})
    assert phone.status_code == 201, phone.text
    fields = {"name": "Carrier", "identity": "ip", "host": "192.0.2.1"}
    trunk = await admin.post("/trunks", json=fields)
    assert trunk.status_code == 201, trunk.text
    trunk_name = f"trunk-{UUID(trunk.json()['id']).hex}"
    events = (
        DeviceRegistered(org_id=None, subject="desk-201", node="main", device="desk-201"),
        DeviceRegistered(org_id=None, subject="nobodys", node="main", device="nobodys"),
        TrunkDown(org_id=None, subject=trunk_name, node="main", trunk=trunk_name),
        NodeUp(org_id=None, subject=str(new_id()), node="main"),
    )
    for client, subjects in (
        (manager, ["desk-201", trunk_name]),
        (other_org_admin, []),
        (admin, [event.subject for event in events]),  # also installation admin
    ):
        async with stage.ear(client) as ear:
            await ear.hear()
            await record(admin.services, *events)
            assert [(await ear.hear())["subject"] for _ in subjects] == subjects
            assert await ear.hears_nothing()


def test_every_event_of_the_house_has_an_audience() -> None:
    def all_of(kind: type[Event]) -> set[str]:
        own = {kind.name} if hasattr(kind, "name") and kind.__module__.startswith("controlplane.") else set()
        return own.union(*(all_of(one) for one in kind.__subclasses__()))

    assert {name.partition(".")[0] for name in all_of(Event)} <= set(SCOPES)


async def test_a_ping_comes_in_silence(stage: Stage, follower: Follower, admin: Client) -> None:
    follower.pace.ping_s = 0.1
    async with stage.ear(admin) as ear:
        await ear.hear()
        assert [await ear.hear(1) for _ in range(3)] == [{"type": "ping"}] * 3


async def test_a_slow_listener_is_sent_away_and_comes_back(stage: Stage, follower: Follower, admin: Client) -> None:
    follower.pace.backlog = 20
    count, size = 150, 100_000  # more than the buffers of both ends hold
    async with stage.ear(admin) as ear, stage.ear(admin) as quick:
        await ear.hear()
        await quick.hear()
        for number in range(count):
            await record(admin.services, applied(admin, number, subject="x" * size))
            await quick.hear()
        assert await ear.closed() == (TOO_SLOW.code, TOO_SLOW.reason)
        heard = ear.events
    assert len(heard) < count
    async with stage.ear(admin, after=heard[-1]["id"]) as again:
        for _ in range(len(heard), count):
            await again.hear()
    heard += again.events
    assert [event["data"]["number"] for event in heard] == list(range(count))


async def test_listeners_are_sent_away_when_the_process_stops(stage: Stage, services: Services, admin: Client) -> None:
    async with stage.ear(admin) as ear:
        await ear.hear()
        services.wakeups.send_away()
        assert await ear.closed() == (STOPPING.code, STOPPING.reason)


async def test_an_installation_admin_hears_the_organisation_they_work_in(
    stage: Stage, admin: Client, other_org_admin: Client
) -> None:
    async with stage.ear(admin, organization=str(other_org_admin.org_id)) as ear:
        await ear.hear()
        await record(admin.services, applied(admin, 1), applied(other_org_admin, 2))
        assert (await ear.hear_until("config.applied"))["data"]["number"] == 2
    async with stage.ear(other_org_admin, organization=str(admin.org_id)) as ear:
        assert await ear.closed() == (LOGGED_OUT.code, LOGGED_OUT.reason)
