"""One template, many locations: what each becomes, what it has otherwise, and how it lets go."""

import asyncio
import json
import re
from typing import Any

import pytest

from controlplane.kit.destination import Kind
from controlplane.platform.settings import REPOSITORY
from controlplane.telephony.configuration import Configuration
from controlplane.telephony.door import load_configuration
from tests.api.clients import Client
from tests.api.objects.examples import Ids, make

JSON = {"content-type": "application/json"}
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat"]


def hours(start: str) -> list[dict[str, Any]]:
    return [{"days": DAYS, "start": start, "end": "18:00"}]


STORE: dict[str, Any] = {
    "name": "Standard store",
    "entry": "hours",
    "slots": {"mailbox": {"gives": "destination"}, "desk": {"gives": "extensions"}},
    "parts": {
        "hours": {
            "kind": "time_condition", "name": "Opening hours", "open_hours": hours("09:00"),
            "open": {"part": "menu"}, "closed": {"part": "sorry"},
        },
        "menu": {
            "kind": "ivr_menu", "prompt": {"text": "Welcome."}, "attempts": 1,
            "options": [
                {"digit": "1", "destination": {"part": "phones"}}, {"digit": "9", "destination": {"part": "hours"}},
            ],
            "on_timeout": {"part": "phones"}, "on_invalid": {"part": "phones"},
        },
        "phones": {
            "kind": "ring_group", "extension_ids": [{"here": "all_extensions"}], "ring_s": 20,
            "no_answer": {"part": "waiting"},
        },
        "waiting": {
            "kind": "queue", "members": [{"here": "desk"}, {"here": "all_extensions", "penalty": 5}],
            "overflow": {"here": "mailbox"},
        },
        "sorry": {"kind": "prompt", "text": "We are closed."},
    },
}  # fmt: skip


class Store:
    """A location with two people and a mailbox, whose number leads to the template."""

    def __init__(self, admin: Client, location_id: str, ids: Ids, digit: int) -> None:
        self.admin, self.location_id, self.ids, self.digit = admin, location_id, ids, digit
        self.people: list[str] = []

    async def open(self, template_id: str, **changes: Any) -> dict[str, Any]:
        place = {"location_id": self.location_id}
        for number in (10 * self.digit + 1, 10 * self.digit):
            self.people.append((await make(self.admin, "extensions", number, self.ids, **place))["id"])
        self.mailbox = (await make(self.admin, "voicemail-boxes", self.digit, self.ids, **place))["id"]
        body = {
            "name": f"Store {self.digit}", **place, "template_id": template_id,
            "slots": {"mailbox": {"destination": {"kind": "voicemail", "id": self.mailbox}}}, **changes,
        }  # fmt: skip
        answer = await self.admin.post("/location-routings", json=body)
        assert answer.status_code == 201, answer.text
        routing: dict[str, Any] = answer.json()
        there = {"kind": "location_routing", "id": routing["id"]}
        self.number = (await make(self.admin, "phone-numbers", self.digit, self.ids, destination=there))["id"]
        return routing


async def a_template(admin: Client, **changes: Any) -> dict[str, Any]:
    answer = await admin.post("/routing-templates", json={**STORE, **changes})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def loaded(admin: Client) -> Configuration:
    async with admin.services.uow() as uow:
        return await load_configuration(uow.session, admin.services.crypto, "main")


async def objects_of(admin: Client, routing_id: str) -> dict[str, dict[str, Any]]:
    answer = await admin.get(f"/location-routings/{routing_id}/objects")
    assert answer.status_code == 200, answer.text
    return {one["part"]: one for one in answer.json()}


@pytest.fixture
def main_store(admin: Client, locations: dict[str, str], ids: Ids) -> Store:
    return Store(admin, locations["Main"], ids, 1)


@pytest.fixture
def branch_store(admin: Client, locations: dict[str, str], ids: Ids) -> Store:
    return Store(admin, locations["Branch"], ids, 2)


async def test_each_part_becomes_an_object_of_the_location(admin: Client, main_store: Store) -> None:
    template = await a_template(admin)
    routing = await main_store.open(template["id"])
    parts = await objects_of(admin, routing["id"])
    assert list(parts) == sorted(STORE["parts"])
    assert parts["hours"]["name"] == "Store 1: Opening hours"
    assert parts["hours"]["fields"]["location_id"] == main_store.location_id
    assert parts["hours"]["fields"]["open"] == {"kind": "ivr_menu", "id": parts["menu"]["id"], "number": None}
    assert parts["hours"]["fields"]["closed"]["id"] == parts["sorry"]["id"]
    by_number = list(reversed(main_store.people))
    assert parts["phones"]["fields"]["extension_ids"] == by_number
    assert [one["extension_id"] for one in parts["waiting"]["fields"]["members"]] == by_number
    assert {one["penalty"] for one in parts["waiting"]["fields"]["members"]} == {0}  # the desk is named first
    assert parts["waiting"]["fields"]["overflow"]["id"] == main_store.mailbox


async def test_a_release_sees_ordinary_objects_and_no_template(admin: Client, main_store: Store) -> None:
    routing = await main_store.open((await a_template(admin))["id"])
    configuration = await loaded(admin)
    found = {str(one.id): one for one in configuration.objects}
    parts = await objects_of(admin, routing["id"])
    assert {one["id"] for one in parts.values()} <= found.keys()
    kinds = {one.fields.kind for one in configuration.objects}
    assert not kinds & {Kind.ROUTING_TEMPLATE, Kind.LOCATION_ROUTING}
    number = found[main_store.number]
    assert number.fields.model_dump(mode="json")["destination"] == {
        "kind": "time_condition", "id": parts["hours"]["id"], "number": None,
    }  # fmt: skip
    origin = found[parts["menu"]["id"]].origin
    assert origin is not None
    assert (origin.template, origin.part, origin.overridden) == ("Standard store", "menu", ())
    listed = (await admin.get("/ivr-menus")).json()["items"]
    assert parts["menu"]["id"] not in {one["id"] for one in listed}
    assert (await admin.get(f"/ivr-menus/{parts['menu']['id']}")).status_code == 404


async def test_a_locations_override_wins_and_is_shown(admin: Client, main_store: Store, branch_store: Store) -> None:
    template = await a_template(admin)
    overrides = {"hours": {"open_hours": hours("10:00")}, "menu": {"prompt": {"text": "Welcome to store 1."}}}
    mine = await main_store.open(template["id"], overrides=overrides)
    other = await branch_store.open(template["id"])
    uses = (await admin.get(f"/routing-templates/{template['id']}/uses")).json()
    assert [(one["name"], one["location_name"]) for one in uses] == [("Store 1", "Main"), ("Store 2", "Branch")]
    assert uses[0]["overrides"] == [
        {"part": "hours", "field": "open_hours", "template_value": hours("09:00"), "value": hours("10:00")},
        {"part": "menu", "field": "prompt", "template_value": {"text": "Welcome."},
         "value": {"text": "Welcome to store 1."}},
    ]  # fmt: skip
    assert uses[0]["inherited"] == ["phones", "sorry", "waiting"]
    assert uses[1]["overrides"] == []
    parts = await objects_of(admin, mine["id"])
    assert parts["hours"]["overridden"] == ["open_hours"]
    assert parts["hours"]["fields"]["open_hours"][0]["start"] == "10:00:00"
    assert (await objects_of(admin, other["id"]))["hours"]["fields"]["open_hours"][0]["start"] == "09:00:00"
    changed = {**STORE["parts"], "hours": {**STORE["parts"]["hours"], "open_hours": hours("08:00")}}
    assert (await admin.patch(f"/routing-templates/{template['id']}", json={"parts": changed})).status_code == 200
    starts = [
        (await objects_of(admin, one["id"]))["hours"]["fields"]["open_hours"][0]["start"] for one in (mine, other)
    ]
    assert starts == ["10:00:00", "08:00:00"]


async def test_versions_change_exactly_with_what_they_come_from(
    admin: Client, main_store: Store, branch_store: Store, ids: Ids
) -> None:
    template = await a_template(admin)
    mine, other = await main_store.open(template["id"]), await branch_store.open(template["id"])
    ids_of = {one["id"]: await objects_of(admin, one["id"]) for one in (mine, other)}

    async def versions() -> dict[tuple[str, str], int]:
        found = {str(one.id): one.version for one in (await loaded(admin)).objects}
        return {(use, part): found[one["id"]] for use, parts in ids_of.items() for part, one in parts.items()}

    async def changed_by(path: str, **patch: Any) -> set[tuple[str, str]]:
        before = await versions()
        assert (await admin.patch(path, json=patch)).status_code == 200
        after = await versions()
        return {key for key in before if before[key] != after[key]}

    parts = {**STORE["parts"], "sorry": {"kind": "prompt", "text": "Closed."}}
    template_path = f"/routing-templates/{template['id']}"
    assert await changed_by(template_path, parts=parts) == {(mine["id"], "sorry"), (other["id"], "sorry")}
    overrides = {"menu": {"attempts": 2}}
    assert await changed_by(f"/location-routings/{mine['id']}", overrides=overrides) == {(mine["id"], "menu")}
    person = {"enabled": False}
    assert await changed_by(f"/extensions/{main_store.people[0]}", **person) == {
        (mine["id"], "phones"), (mine["id"], "waiting"),
    }  # fmt: skip
    assert await changed_by(f"/trunks/{ids['trunks']}", name="other") == set()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"entry": "nowhere"}, "entry", "no such part"),
        ({"parts": {"hours": {"kind": "trunk"}}}, "parts.hours.kind", "must be time_condition"),
        ({"parts": {"hours": {}}}, "parts.hours.kind", "must be time_condition"),
        ({"parts": {"Bad Name": {}}}, "parts.Bad Name.[key]", "a small letter"),
        (("hours", {"open": {"part": "nowhere"}}), "parts.hours.open.part", "no such part"),
        (("hours", {"closed": {"here": "nowhere"}}), "parts.hours.closed.here", "no such slot"),
        (("hours", {"closed": {"here": "desk"}}), "parts.hours.closed.here", "needs destination"),
        (("hours", {"closed": {"here": "mailbox", "x": 1}}), "parts.hours.closed.x", "not a field"),
        (("hours", {"open_hours": [{"days": ["mon"], "start": "9"}]}), "parts.hours.open_hours.0.end", "is required"),
        (("hours", {"location_id": None}), "parts.hours.location_id", "follows the location"),
        (("menu", {"options": [{"digit": "x", "destination": {"part": "sorry"}}]}),
         "parts.menu.options.0.digit", "one key"),
        (("menu", {"number": "700"}), "parts.menu.number", "override it"),
        (("phones", {"extension_ids": [{"here": "mailbox"}]}), "parts.phones.extension_ids.0.here", "needs extensions"),
        (("waiting", {"members": [{"here": "desk", "penalty": 101}]}), "parts.waiting.members.0.penalty", "at most"),
        (("waiting", {"members": [{"extension_id": "x"}]}), "parts.waiting.members.0.extension_id", "UUID"),
        ({"slots": {"desk": {"gives": "extensions", "default": {"kind": "hangup"}}}}, "slots.desk", "no default"),
        ({"slots": {**STORE["slots"], "all_extensions": {"gives": "extensions"}}}, "slots.all_extensions", "by itself"),
    ],
)  # fmt: skip
async def test_a_template_that_cannot_work_is_refused_by_field(
    admin: Client, changes: dict[str, Any] | tuple[str, dict[str, Any]], field: str, words: str
) -> None:
    if isinstance(changes, tuple):
        part, fields = changes
        changes = {"parts": {**STORE["parts"], part: {**STORE["parts"][part], **fields}}}
    answer = await admin.post("/routing-templates", json={**STORE, **changes})
    assert answer.status_code == 422, answer.text
    found = {one["field"]: one["message"] for one in answer.json()["errors"]}
    assert words in found.get(field, ""), found
    assert (await admin.get("/routing-templates", params={"name": "Standard store"})).json()["items"] == []


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"slots": {}}, "slots.mailbox", "is required"),
        ({"slots": {"mailbox": {}}}, "slots.mailbox", "give either"),
        ({"overrides": {"nowhere": {"name": "x"}}}, "overrides.nowhere", "no such part"),
        ({"overrides": {"menu": {"kind": "queue"}}}, "overrides.menu.kind", "is the template's"),
        ({"overrides": {"menu": {"attempts": 11}}}, "overrides.menu.attempts", "at most 10"),
        ({"overrides": {"menu": {"on_timeout": {"part": "x"}}}}, "overrides.menu.on_timeout.part", "no such part"),
        ({"overrides": {"menu": {"prompt": {"text": [1]}}}}, "overrides.menu.prompt.text", "must be text"),
        ({"overrides": {"menu": {"prompt": {"prompt_id": "01a1fc2d-5bee-7ce4-b5f9-7bc0fe709ef8"}}}},
         "overrides.menu.prompt.prompt_id", "there is no such prompt"),
        ({"location_id": None}, "location_id", ""),
    ],
)  # fmt: skip
async def test_a_location_that_does_not_fit_is_refused_by_field(
    admin: Client, main_store: Store, changes: dict[str, Any], field: str, words: str
) -> None:
    template = await a_template(admin)
    routing = await main_store.open(template["id"])
    answer = await admin.patch(f"/location-routings/{routing['id']}", json=changes)
    assert answer.status_code == 422, answer.text
    found = {one["field"]: one["message"] for one in answer.json()["errors"]}
    assert words in found[field], found
    assert (await admin.get(f"/location-routings/{routing['id']}")).json() == routing


async def test_a_template_keeps_what_its_locations_rely_on(admin: Client, main_store: Store) -> None:
    template = await a_template(admin)
    await main_store.open(template["id"], overrides={"menu": {"attempts": 2}})
    path = f"/routing-templates/{template['id']}"
    slots = {**STORE["slots"], "second": {"gives": "destination"}}
    answer = await admin.patch(path, json={"slots": slots})
    assert answer.json()["errors"] == [
        {"field": "slots.second", "message": "Store 1: is required: the template has no default for it"}
    ]
    without = {name: part for name, part in STORE["parts"].items() if name != "menu"}
    without["hours"] = {**without["hours"], "open": {"part": "phones"}}
    answer = await admin.patch(path, json={"parts": without})
    assert answer.json()["errors"] == [{"field": "parts.menu", "message": "Store 1: the template has no such part"}]
    answer = await admin.delete(path)
    assert (answer.status_code, answer.json()["slug"]) == (409, "in-use")
    assert "'Store 1'" in answer.json()["detail"]


async def test_what_a_template_and_an_override_name_cannot_be_deleted(
    admin: Client, main_store: Store, ids: Ids
) -> None:
    shared = (await make(admin, "prompts", 7, ids))["id"]
    own = (await make(admin, "prompts", 8, ids))["id"]
    parts = {**STORE["parts"], "hours": {**STORE["parts"]["hours"], "closed": {"kind": "announcement", "id": shared}}}
    template = await a_template(admin, parts=parts)
    await main_store.open(template["id"], overrides={"menu": {"prompt": {"prompt_id": own}}})
    for prompt, user, field in (
        (shared, "Standard store", "parts.hours.closed.id"),
        (own, "Store 1", "overrides.menu.prompt.prompt_id"),
    ):
        uses = (await admin.get(f"/prompts/{prompt}/uses")).json()
        assert [(one["name"], one["field"]) for one in uses] == [(user, field)]
        assert (await admin.delete(f"/prompts/{prompt}")).status_code == 409


async def test_a_detached_location_keeps_its_objects_and_follows_no_template(admin: Client, main_store: Store) -> None:
    template = await a_template(admin)
    routing = await main_store.open(template["id"], overrides={"menu": {"attempts": 2}})
    before = {one.id: one.fields for one in (await loaded(admin)).objects}
    stale = await admin.post(f"/location-routings/{routing['id']}/detach", headers={"If-Match": '"7"'})
    assert stale.status_code == 412
    answer = await admin.post(f"/location-routings/{routing['id']}/detach", headers={"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    assert {one.id: one.fields for one in (await loaded(admin)).objects} == before
    menu = next(one for one in answer.json() if one["part"] == "menu")
    assert (await admin.get(f"/ivr-menus/{menu['id']}")).json()["attempts"] == 2
    assert (await admin.get(f"/location-routings/{routing['id']}")).status_code == 404
    number = (await admin.get(f"/phone-numbers/{main_store.number}")).json()
    assert number["destination"]["kind"] == "time_condition"
    assert (await admin.delete(f"/routing-templates/{template['id']}")).status_code == 204
    lines = (await admin.get("/audit-log", params={"object_id": routing["id"]})).json()["items"]
    assert lines[0]["action"] == "location_routing.delete"


async def test_a_name_that_is_taken_keeps_a_location_from_detaching(admin: Client, main_store: Store, ids: Ids) -> None:
    routing = await main_store.open((await a_template(admin))["id"])
    await make(admin, "queues", 9, ids, name="store 1: waiting")
    answer = await admin.post(f"/location-routings/{routing['id']}/detach")
    assert (answer.status_code, answer.json()["slug"]) == (409, "taken")
    assert len(await objects_of(admin, routing["id"])) == 5


async def test_managers_override_at_their_location_and_leave_the_template_alone(
    admin: Client, manager: Client, main_store: Store, branch_store: Store
) -> None:
    template = await a_template(admin)
    mine, other = await main_store.open(template["id"]), await branch_store.open(template["id"])
    own = f"/location-routings/{mine['id']}"
    assert (await manager.patch(own, json={"overrides": {"menu": {"attempts": 3}}})).status_code == 200
    assert (await manager.patch(f"/routing-templates/{template['id']}", json={"name": "x"})).status_code == 404
    assert (await manager.get(f"/location-routings/{other['id']}/objects")).status_code == 404
    assert [one["id"] for one in (await manager.get(f"/routing-templates/{template['id']}/uses")).json()] == [
        mine["id"]
    ]


async def test_a_template_and_a_location_that_change_at_once_still_fit(admin: Client, main_store: Store) -> None:
    template = await a_template(admin)
    routing = await main_store.open(template["id"])
    without = {name: part for name, part in STORE["parts"].items() if name != "sorry"}
    without["hours"] = {**without["hours"], "closed": {"here": "mailbox"}}
    answers = await asyncio.gather(
        admin.patch(f"/routing-templates/{template['id']}", json={"parts": without}),
        admin.patch(f"/location-routings/{routing['id']}", json={"overrides": {"sorry": {"text": "No."}}}),
    )
    assert sorted(one.status_code for one in answers) == [200, 422]
    assert len(await objects_of(admin, routing["id"])) in {4, 5}


@pytest.mark.parametrize(
    "nasty",
    [
        {"\ud83d": 1}, {"": 1}, {"open": {"part": ["hours"]}}, {"open": {"here": {}}}, {"open": {"part": None}},
        {"kind": ["queue"]}, {"kind": {}}, {"open_hours": "always"}, {"name": 5}, {"name": ""}, {"recording": []},
        {"holiday_calendar_ids": [{"here": "all_extensions"}]}, {"open": {"kind": ["queue"], "id": {}}},
    ],
)  # fmt: skip
async def test_nonsense_in_a_part_is_refused_by_field(admin: Client, main_store: Store, nasty: dict[str, Any]) -> None:
    template = await a_template(admin)
    routing = await main_store.open(template["id"])
    for path, name, field in (
        (f"/routing-templates/{template['id']}", "parts", {**STORE["parts"]["hours"], **nasty}),
        (f"/location-routings/{routing['id']}", "overrides", nasty),
    ):
        parts = {**STORE["parts"], "hours": field} if name == "parts" else {"hours": field}
        answer = await admin.patch(path, content=json.dumps({name: parts}), headers=JSON)
        assert answer.status_code == 422, answer.text
        assert any(one["field"].startswith(f"{name}.hours.") for one in answer.json()["errors"]), answer.text
    assert (await loaded(admin)).objects


async def test_a_part_that_goes_too_deep_is_refused(admin: Client) -> None:
    for deep in (15, 400):
        options: Any = "x"
        for _ in range(deep):
            options = [options]
        answer = await admin.post("/routing-templates", json={**STORE, "parts": {"hours": {"options": options}}})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "parts.hours")


async def test_two_parts_of_a_kind_are_not_called_the_same(admin: Client) -> None:
    parts = {**STORE["parts"], "again": {**STORE["parts"]["sorry"], "name": "SORRY"}}
    answer = await admin.post("/routing-templates", json={**STORE, "parts": parts})
    assert answer.json()["errors"] == [
        {"field": "parts.again.name", "message": "another part of this kind is called so"}
    ]


async def test_the_example_of_the_page_works(admin: Client, ids: Ids, locations: dict[str, str]) -> None:
    page = (REPOSITORY / "docs" / "howto" / "routing-templates.md").read_text()
    bodies = re.findall(r"-d '(\{.*?\})'\n", page, re.DOTALL)
    named = {"CALL_CENTRE": ids["queues"], "STORE_12": locations["Main"], "BOX_12": ids["voicemail-boxes"]}

    def body(index: int) -> Any:
        return json.loads(re.sub(r"'\"\$(\w+)\"'", lambda found: named[found[1]], bodies[index]))

    named["TEMPLATE"] = (await admin.post("/routing-templates", json=body(0))).json()["id"]
    named["ROUTING"] = (await admin.post("/location-routings", json=body(1))).json()["id"]
    number = await admin.patch(f"/phone-numbers/{ids['phone-numbers']}", json=body(2))
    assert number.status_code == 200, number.text
    parts = await objects_of(admin, named["ROUTING"])
    assert (parts["hello"]["fields"]["text"], parts["hours"]["overridden"]) == (
        "Welcome to store twelve.",
        ["open_hours"],
    )
    await admin.patch(
        f"/outbound-routes/{ids['outbound-routes']}", json={"pattern": "+X."}
    )  # else the world has errors
    plan = (await admin.post("/config/plan")).json()
    told = [one["effect"] for one in plan["changes"] if one["template"]]
    assert len(told) == 4
    assert all(" (from template Standard store) is new" in one for one in told)
