"""Templates and the locations that use them as code: names in place of ids, and the same made objects afterwards."""

from tests.api.ascode.test_round_trip import exported, go_live, node, taken_in, wipe
from tests.api.clients import Client
from tests.api.nodes.fake_node import FakeNode
from tests.api.objects.examples import HANGUP, make, make_world

__all__ = ["node"]  # a fixture


async def a_store(client: Client, location_id: str) -> str:
    """A location with a person, whose number leads to the example template with an override and a filled slot."""
    ids = await make_world(client)
    await client.patch(f"/outbound-routes/{ids['outbound-routes']}", json={"pattern": "+X."})
    await make(client, "extensions", 7, ids, location_id=location_id)
    body = {
        "name": "Store", "location_id": location_id, "template_id": ids["routing-templates"],
        "slots": {"mailbox": {"destination": HANGUP}},
        "overrides": {"phones": {"overflow": {"here": "mailbox"}, "whisper": {"prompt_id": ids["prompts"]}}},
    }  # fmt: skip
    routing = await client.post("/location-routings", json=body)
    assert routing.status_code == 201, routing.text
    await make(client, "phone-numbers", 7, ids, destination={"kind": "location_routing", "id": routing.json()["id"]})
    return str(routing.json()["id"])


async def test_templates_come_back_and_the_plan_is_empty(
    admin: Client, node: FakeNode, locations: dict[str, str]
) -> None:
    routing = await a_store(admin, locations["Branch"])
    made = (await admin.get(f"/location-routings/{routing}/objects")).json()
    await go_live(admin, node)
    before = await exported(admin, "with_secrets=true")
    await wipe(admin)
    answer = await taken_in(admin, before)
    assert (answer["plan"]["changes"], answer["plan"]["files"]) == ([], [])
    assert await exported(admin, "with_secrets=true") == before
    (again,) = (await admin.get("/location-routings")).json()["items"]
    assert (await admin.get(f"/location-routings/{again['id']}/objects")).json() == made


async def test_files_name_things_and_a_slip_is_refused_by_its_place(admin: Client, locations: dict[str, str]) -> None:
    routing = await a_store(admin, locations["Branch"])
    text = await exported(admin)
    prompt = (await admin.get("/prompts")).json()["items"][0]
    assert text.count(prompt["id"]) == text.count(routing) == 1  # each says its own id, and is called by its name
    wrong = text.replace("part: phones", "part: nowhere")
    assert wrong != text
    answer = await admin.post("/config/import", content=wrong, headers={"content-type": "application/yaml"})
    assert answer.status_code == 422, answer.text
    assert "no such part" in answer.text
    assert await exported(admin) == text
