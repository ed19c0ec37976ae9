"""A queue in force with two members, and the node that tells of them."""

from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text

from controlplane.protocol.link import Command, CommandResult, PollAnswer
from tests.api.clients import Client
from tests.api.nodes.fake_node import FakeNode

Json = dict[str, Any]


class Floor:
    """A queue "Sales" at Main with Ada (201) and Ben (202), live on the node "main"."""

    def __init__(self, node: FakeNode, admin: Client) -> None:
        self.node = node
        self.admin = admin
        self.queue = self.ada = self.ben = self.digest = ""

    async def open(self, location: str) -> None:
        """Makes and applies it."""
        self.ada, self.ben = [
            await self.make("extensions", name=name, number=number, location_id=location)
            for name, number in (("Ada", "201"), ("Ben", "202"))
        ]
        for name, extension in (("desk-201", self.ada), ("desk-202", self.ben)):
            await self.make("devices", name=name, extension_id=extension)
        self.queue = await self.make(
            "queues", name="Sales", location_id=location, overflow={"kind": "hangup"}, wrap_up_s=30,
            members=[{"extension_id": self.ada}, {"extension_id": self.ben, "penalty": 1}],
        )  # fmt: skip
        await self.apply()
        await self.post("heartbeat", {"asterisk_up": True})

    async def make(self, resource: str, **fields: Any) -> str:
        answer = await self.admin.post(f"/{resource}", json=fields)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def apply(self) -> None:
        release = (await self.admin.post("/config/releases", json={})).json()
        self.digest = release["nodes"][0]["digest"]
        body = {"digest": self.digest, "state": "live", "live_digest": self.digest, "problems": [], "reloads": []}
        await self.post("apply-reports", body)

    async def post(self, path: str, body: Json) -> None:
        content = httpx2.Request("POST", "http://x", json=body).content
        answer = await self.node.post(path, content)
        assert answer.status_code == 204, answer.text

    def member(self, extension: str, **more: Any) -> Json:
        """What the node tells of a member; free unless said otherwise."""
        queue = f"q-{UUID(self.queue).hex}"
        return {"queue": queue, "member": extension, "device": "idle", "paused": False, "reason": "", **more}

    async def tell(self, *members: Json, is_whole: bool = False) -> None:
        await self.post("queue-members", {"is_whole": is_whole, "members": list(members)})

    async def commands(self) -> list[Command]:
        return PollAnswer.model_validate((await self.node.get("poll", have=self.digest, wait_s=5)).json()).commands

    async def finish(self, command: Command, *, ok: bool = True, detail: str = "") -> None:
        result = CommandResult(id=command.id, ok=ok, detail=detail)
        assert (await self.node.post("command-results", result.model_dump_json().encode())).status_code == 204

    async def states(self, client: Client | None = None) -> dict[str, str]:
        """The members' states by name."""
        items = (await (client or self.admin).get("/queues/live")).json()["items"]
        return {member["name"]: member["state"] for queue in items for member in queue["members"]}


async def give_extension(client: Client, *extensions: str) -> None:
    """Makes them the user's own."""
    async with client.services.uow() as uow:
        await uow.session.execute(
            text("UPDATE users SET extension_ids = :ids WHERE id = :user"),
            {"ids": [UUID(one) for one in extensions], "user": client.user_id},
        )


@pytest.fixture
async def floor(http: httpx2.AsyncClient, admin: Client, locations: dict[str, str]) -> Floor:
    floor = Floor(FakeNode(http, "main"), admin)
    assert (await floor.node.enrol()).status_code == 200
    await floor.open(locations["Main"])
    return floor
