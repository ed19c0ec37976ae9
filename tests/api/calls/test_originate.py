"""Click to call: what is asked of the node, who may, and what is said when it can't be."""

import asyncio
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text

from controlplane.protocol.link import Command, CommandKind, CommandResult, Heartbeat, PollAnswer
from tests.api.clients import Client
from tests.api.nodes.fake_node import FakeNode

Json = dict[str, Any]
PHONES = ["desk-201", "desk-202"]


class Shop:
    """A node whose organisation has two desks and a route, all live."""

    def __init__(self, node: FakeNode, admin: Client) -> None:
        self.node = node
        self.admin = admin
        self.desks: dict[str, str] = {}

    async def make(self, resource: str, **fields: Any) -> str:
        answer = await self.admin.post(f"/{resource}", json=fields)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def desk(self, number: str, location_id: str) -> None:
        self.desks[number] = await self.make(
            "extensions", name=f"Desk {number}", number=number, location_id=location_id
        )
        await self.make("devices", name=f"Desk-{number}", extension_id=self.desks[number])

    async def apply(self) -> None:
        release = (await self.admin.post("/config/releases", json={})).json()
        digest = release["nodes"][0]["digest"]
        body = {"digest": digest, "state": "live", "live_digest": digest, "problems": [], "reloads": []}
        assert (await self.post("apply-reports", body)).status_code == 204

    async def post(self, path: str, body: Json) -> httpx2.Response:
        return await self.node.post(path, httpx2.Request("POST", "http://x", json=body).content)

    async def registered(self, *devices: str) -> None:
        beat = Heartbeat(asterisk_up=True, registered_devices=list(devices))
        assert (await self.node.post("heartbeat", beat.model_dump_json().encode())).status_code == 204

    async def commands(self) -> list[Command]:
        return PollAnswer.model_validate((await self.node.get("poll", wait_s=0)).json()).commands

    async def finish(self, command: Command, *, ok: bool = True, detail: str = "") -> None:
        result = CommandResult(id=command.id, ok=ok, detail=detail)
        assert (await self.node.post("command-results", result.model_dump_json().encode())).status_code == 204

    async def ask(
        self, number: str, *, client: Client | None = None, key: str | None = None, desk: str = "201"
    ) -> httpx2.Response:
        headers = {"Idempotency-Key": key} if key is not None else {}
        body = {"extension_id": self.desks.get(desk, desk), "number": number}
        return await (client or self.admin).post("/calls/originate", json=body, headers=headers)

    async def outcome(self, asked: httpx2.Response) -> Json:
        answer = await self.admin.get(f"/calls/originate/{asked.json()['id']}")
        assert answer.status_code == 200
        found: Json = answer.json()
        return found


@pytest.fixture
async def shop(http: httpx2.AsyncClient, admin: Client, locations: dict[str, str]) -> Shop:
    shop = Shop(FakeNode(http, "main"), admin)
    assert (await shop.node.enrol()).status_code == 200
    await shop.desk("201", locations["Main"])
    await shop.desk("202", locations["Branch"])
    trunk = await shop.make("trunks", name="Carrier", identity="ip", host="192.0.2.1")
    await shop.make("outbound-routes", name="Out", pattern="9NXXNXXXXXX", trunk_ids=[trunk], strip=1, prepend="+1")
    await shop.apply()
    await shop.registered(*PHONES)
    return shop


def problem(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["slug"]


async def test_the_node_is_asked_to_ring_and_to_dial_as_the_phone_would(shop: Shop, admin: Client) -> None:
    asked = await shop.ask("202")
    assert asked.status_code == 202, asked.text
    assert asked.json().items() >= {"state": "waiting", "device": "desk-201", "number": "202", "call_id": None}.items()
    (command,) = await shop.commands()
    assert command.kind == CommandKind.ORIGINATE
    assert command.args == {
        "to": "PJSIP/desk-201", "context": f"int-{admin.org_id.hex}", "exten": "202", "caller_number": "201",
        "caller_name": "Desk 201", "timeout_s": 30,
    }  # fmt: skip
    assert (await shop.outcome(asked))["state"] == "sent"
    await shop.finish(command)
    assert (await shop.outcome(asked))["state"] == "ringing"
    lines = (await admin.get("/audit-log", params={"action": "call.originate"})).json()["items"]
    assert [(line["object_id"], line["after"]["number"]) for line in lines] == [(shop.desks["201"], "202")]


@pytest.mark.parametrize(
    ("number", "dialed"), [("93105550001", "93105550001"), ("+13105550001", "93105550001"), ("*43", "*43")]
)
async def test_what_is_dialled(shop: Shop, number: str, dialed: str) -> None:
    assert (await shop.ask(number)).status_code == 202
    assert [command.args["exten"] for command in await shop.commands()] == [dialed]


async def test_the_same_key_is_the_same_call_for_a_day(shop: Shop, admin: Client) -> None:
    answers = await asyncio.gather(*(shop.ask("202", key="k1") for _ in range(5)))
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(await shop.commands()) == 1
    assert problem(await shop.ask("93105550001", key="k1")) == (409, "idempotency-key-reused")
    assert (await shop.ask("202", key="k2")).json()["id"] != answers[0].json()["id"]
    async with admin.services.uow() as uow:
        await uow.session.execute(text("UPDATE originations SET created_at = created_at - interval '25 hours'"))
    assert (await shop.ask("202", key="k1")).json()["id"] != answers[0].json()["id"]


async def test_a_key_is_its_owners(shop: Shop, manager: Client) -> None:
    mine, theirs = await shop.ask("202", key="k"), await shop.ask("202", key="k", client=manager)
    assert mine.json()["id"] != theirs.json()["id"]


async def test_staff_ring_their_own_extension_only(shop: Shop, staff: Client) -> None:
    async with staff.services.uow() as uow:
        await uow.session.execute(
            text("UPDATE users SET extension_ids = :ids WHERE id = :user"),
            {"ids": [UUID(shop.desks["201"])], "user": staff.user_id},
        )
    own = await shop.ask("202", client=staff)
    assert own.status_code == 202
    assert (await staff.get(f"/calls/originate/{own.json()['id']}")).status_code == 200
    async with staff.services.uow() as uow:
        await uow.session.execute(text("UPDATE users SET extension_ids = '{}' WHERE id = :id"), {"id": staff.user_id})
    assert problem(await shop.ask("202", client=staff)) == (403, "forbidden")
    assert (await staff.get(f"/calls/originate/{own.json()['id']}")).status_code == 404


async def test_others_may_not(shop: Shop, manager: Client, executive: Client, other_org_admin: Client) -> None:
    asked = await shop.ask("202")
    assert (await shop.ask("202", client=executive)).status_code == 403
    assert (await shop.ask("201", client=manager, desk="202")).status_code == 404  # not their location
    assert (await shop.ask("202", client=other_org_admin)).status_code == 404
    assert (await other_org_admin.get(f"/calls/originate/{asked.json()['id']}")).status_code == 404
    assert len(await shop.commands()) == 1


@pytest.mark.parametrize("number", ["", "+", "2 02", "202\r\n", "${EXTEN}", "201,1", "٢٠١", "1" * 33, "sip:a@b", "++1"])
async def test_a_bad_number_is_refused(shop: Shop, number: str) -> None:
    assert problem(await shop.ask(number)) == (422, "invalid")
    assert await shop.commands() == []


@pytest.mark.parametrize("number", ["299", "13105550001", "+4930123456", "*99"])
async def test_a_number_that_no_route_takes_is_refused(shop: Shop, number: str) -> None:
    answer = await shop.ask(number)
    assert problem(answer) == (422, "invalid")
    assert answer.json()["errors"][0]["field"] == "number"
    assert await shop.commands() == []


async def test_an_extension_without_a_phone_that_is_there(shop: Shop, locations: dict[str, str]) -> None:
    await shop.registered("desk-202")
    assert problem(await shop.ask("202")) == (409, "phone-not-registered")
    shop.desks["203"] = await shop.make("extensions", name="Desk 203", number="203")
    assert problem(await shop.ask("202", desk="203")) == (409, "conflict")  # not live
    await shop.apply()
    answer = await shop.ask("202", desk="203")
    assert (answer.status_code, answer.json()["detail"]) == (409, "This extension has no phone.")
    assert await shop.commands() == []


async def test_what_goes_wrong_is_told(shop: Shop, admin: Client) -> None:
    failed, late, silent = [await shop.ask("202") for _ in range(3)]
    first, _, third = await shop.commands()
    await shop.finish(first, ok=False, detail="Asterisk can't dial PJSIP/desk-201: Allocation failed")
    await shop.finish(third)
    async with admin.services.uow() as uow:
        await uow.session.execute(text("UPDATE node_commands SET expires_at = now() - interval '1 second'"))
        await uow.session.execute(text("UPDATE originations SET created_at = created_at - interval '2 minutes'"))
    told = await shop.outcome(failed)
    assert (told["state"], told["detail"]) == ("failed", "Asterisk can't dial PJSIP/desk-201: Allocation failed")
    assert (await shop.outcome(late))["state"] == "expired"
    assert "is away" in (await shop.outcome(late))["detail"]
    assert (await shop.outcome(silent))["state"] == "unanswered"
