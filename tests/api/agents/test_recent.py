"""With whom one's own extension had calls: as people write their numbers, and as the phone must dial them."""

import pytest

from controlplane.protocol.facts import Fact
from tests.api.agents.conftest import Floor, Json, give_extension
from tests.api.calls.system import System, extension
from tests.api.clients import Client

CALLER = "+15557654321"
ANN = {"name": "Ann", "number": CALLER, "dial": "915557654321"}
OUTSIDE = {"name": "", "number": "+15550002222", "dial": "915550002222"}
BEN = {"name": "Ben", "number": "202", "dial": "202"}


class Told:
    """Recorded calls, as if the people of the floor had had them. Newest first: outbound, internal, inbound."""

    def __init__(self, floor: Floor, location: str) -> None:
        self.floor = floor
        self.system = System(floor.node, org_id=str(floor.admin.org_id), location_id=location)

    async def missed(self, who: str, caller: str = CALLER) -> None:
        await self._tell("missed", {str(extension(202)): who, CALLER: caller})

    async def internal(self, caller: str, dialed: str, answered_by: str) -> None:
        people = {str(extension(201)): caller, str(extension(204)): answered_by}
        await self._tell("internal_answered", {**people, "dialed=204": f"dialed={dialed}"})

    async def outbound(self, caller: str) -> None:
        """Dialled behind a 9; the carrier is sent the national number."""
        sent = {"dialed=+115550002222": "dialed=5550002222"}
        await self._tell("outbound_failover", {str(extension(201)): caller, **sent})

    async def _tell(self, stream: str, changes: dict[str, str]) -> None:
        facts = self.system.stream(stream)
        changes = {"cap1-": f"cap1-{facts[0].seq}", **changes}  # each time another call
        for number, fact in enumerate(facts):
            said = fact.model_dump_json()
            for old, new in changes.items():
                said = said.replace(old, new)
            facts[number] = Fact.model_validate_json(said)
        await self.system.push(facts)


@pytest.fixture
async def told(floor: Floor, locations: dict[str, str]) -> Told:
    trunk = await floor.make("trunks", name="Carrier", identity="ip", host="192.0.2.1", number_format="national")
    nine = {"pattern": "91XXXXXXXXXX", "strip": 1, "prepend": "+"}
    await floor.make("outbound-routes", name="Nine", trunk_ids=[trunk], **nine)
    await floor.apply()
    return Told(floor, locations["Main"])


async def recent(client: Client) -> list[Json]:
    answer = await client.get("/directory/recent")
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


async def test_the_other_sides_of_ones_calls_whoever_answered(
    floor: Floor, told: Told, staff: Client, manager: Client
) -> None:
    await give_extension(staff, floor.ada)
    await give_extension(manager, floor.ben)
    await told.missed(floor.ada)
    await told.internal(floor.ada, "202", floor.ben)
    assert await recent(staff) == [BEN, ANN]
    assert await recent(manager) == [{"name": "Ada", "number": "201", "dial": "201"}], "not whom Ada talks to besides"
    await told.outbound(floor.ada)
    await told.outbound(floor.ada)
    assert await recent(staff) == [OUTSIDE, BEN, ANN], "each once"
    for name, number in (("Ann Müller", CALLER), ("Far Away", OUTSIDE["number"])):
        await manager.post("/contacts", json={"name": name, "numbers": [{"number": number}]})
    assert [one["name"] for one in await recent(staff)] == ["Far Away", "Ben", "Ann Müller"]


async def test_who_calls_and_is_called_is_one_person(floor: Floor, told: Told, staff: Client) -> None:
    await give_extension(staff, floor.ada)
    await told.missed(floor.ada, caller=OUTSIDE["number"])
    await told.outbound(floor.ada)
    assert await recent(staff) == [OUTSIDE]


async def test_who_cant_be_called_back_is_left_out(floor: Floor, told: Told, staff: Client) -> None:
    await give_extension(staff, floor.ada)
    await told.missed(floor.ada, caller="anonymous")
    await told.missed(floor.ada, caller="202")  # no colleague: what somebody outside said
    await told.missed(floor.ada, caller="+4930123456")
    await told.internal(floor.ada, "201", floor.ada)
    await told.internal(floor.ada, "*43", floor.ada)
    assert await recent(staff) == []
    await told.internal(floor.ada, "202", floor.ben)
    await told.internal(floor.ben, "201", floor.ada)
    await told.outbound(floor.ada)
    assert await recent(staff) == [OUTSIDE, BEN]
    assert (await floor.admin.patch(f"/extensions/{floor.ben}", json={"enabled": False})).status_code == 200
    assert await recent(staff) == [OUTSIDE, BEN], "a draft changes nothing"
    await floor.apply()
    assert await recent(staff) == [OUTSIDE]


async def test_a_colleague_elsewhere_is_a_number_only(
    floor: Floor, told: Told, staff: Client, locations: dict[str, str]
) -> None:
    await give_extension(staff, floor.ada)
    dee = await floor.make("extensions", name="Dee", number="204", location_id=locations["Branch"])
    await floor.apply()
    await told.internal(floor.ada, "204", dee)
    assert await recent(staff) == [{"name": "", "number": "204", "dial": "204"}]


async def test_others_see_nothing(
    floor: Floor, told: Told, manager: Client, executive: Client, other_org_admin: Client
) -> None:
    await told.missed(floor.ada)
    assert await recent(floor.admin) == await recent(manager) == await recent(other_org_admin) == []
    assert (await executive.get("/directory/recent")).status_code == 403
    role = {"name": "Dialler", "scopes": ["calls:control"], "all_locations": True}
    made = await floor.admin.post("/roles", json=role)
    assert made.status_code == 201, made.text
    given = await floor.admin.patch(f"/users/{manager.user_id}", json={"role": "Dialler"})
    assert given.status_code == 200, given.text
    assert (await manager.get("/directory/recent")).status_code == 403, "it tells of calls"
    assert (await floor.node.http.get("/api/v1/directory/recent")).status_code == 401


async def test_contacts_are_offered_as_the_phone_must_dial_them(
    floor: Floor, told: Told, staff: Client, executive: Client, other_org_admin: Client
) -> None:
    body = {"name": "Ann", "company": "Acme", "numbers": [{"number": "+12025550100", "label": "work"}]}
    assert (await floor.admin.post("/contacts", json=body)).status_code == 201
    far = {"name": "Anne", "numbers": [{"number": "+491711234567"}]}
    assert (await floor.admin.post("/contacts", json=far)).status_code == 201
    (found,) = (await staff.get("/directory/contacts", params={"q": "ann"})).json()["items"]
    assert found == {
        "name": "Ann", "company": "Acme", "label": "work", "number": "+12025550100", "dial": "912025550100",
    }, "no route leads to Germany"  # fmt: skip
    assert (await executive.get("/directory/contacts", params={"q": "ann"})).status_code == 403
    assert (await other_org_admin.get("/directory/contacts", params={"q": "ann"})).json()["items"] == []
    assert (await staff.get("/directory/contacts")).status_code == 422
