"""Calls that must go their way: tests made by hand or out of what is live, run on demand and before each apply."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from controlplane.entrypoints.throw_away import ThrowAwaySystem
from controlplane.lab.client import Json
from controlplane.lab.process import LabError
from tests.api.commands import command
from tests.system.office import HANGUP, Office, another_office, to

pytestmark = pytest.mark.asterisk

MONDAY, SUNDAY = "2026-11-23T10:00:00-05:00", "2026-11-22T12:00:00-05:00"


@dataclass(frozen=True)
class Shop:
    office: Office
    line: str
    ids: dict[str, str]

    async def test(self, name: str, expect: Json, **given: object) -> str:
        """A flow test of the shop's number on a Monday morning."""
        made = await self.office.api.post(
            "/flow-tests", {"name": name, "given": {"number": self.line, "moment": MONDAY, **given}, "expect": expect}
        )
        return str(made["id"])

    async def run(self, **wanted: object) -> Json:
        """A run, finished."""
        run = await self.office.api.post("/flow-tests/runs", dict(wanted))
        return await self.office.api.until(
            f"/flow-tests/runs/{run['id']}", lambda run: run["finished_at"], timeout_s=60, what="finished", wait_s=20
        )


@pytest.fixture
async def shop(system: ThrowAwaySystem, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    async with another_office(system, request.node.name[:80], f"flow{abs(hash(request.node.name)) % 9999}") as office:
        desk = await office.desk(name="Ann", ring_s=15)
        box = await office.make("voicemail-boxes", name="Box", number="790")
        closed = await office.make("prompts", name="Closed", text="We are closed")
        queue = await office.make(
            "queues", name="Sales", members=[{"extension_id": desk.id}], overflow=to("voicemail", box)
        )
        menu = await office.make(
            "ivr-menus", name="Menu", prompt={"text": "Press one"}, on_timeout=HANGUP, on_invalid=HANGUP,
            options=[{"digit": "1", "destination": to("queue", queue)}], attempts=1,
        )  # fmt: skip
        hours = await office.make(
            "time-conditions", name="Hours", timezone="America/New_York", open=to("ivr_menu", menu),
            open_hours=[{"days": ["mon", "tue", "wed", "thu", "fri"], "start": "09:00", "end": "17:00"}],
            closed=to("announcement", closed),
        )  # fmt: skip
        line = await office.line(to("time_condition", hours))
        ids = {"desk": desk.id, "box": box, "closed": closed, "queue": queue, "menu": menu, "hours": hours}
        yield Shop(office, line, ids)


async def test_a_run_says_of_each_test_what_was_wanted_and_what_would_happen(shop: Shop) -> None:
    right = await shop.test(
        "Sales answers",
        {
            "passes": [to("ivr_menu", shop.ids["menu"]), to("queue", shop.ids["queue"])],
            "ends": "answered", "ends_at": to("extension", shop.ids["desk"]), "hears": ["press one"],
        },
        keys=["1"],
    )  # fmt: skip
    wrong = await shop.test(
        "Closed on Monday", {"ends_at": to("announcement", shop.ids["closed"]), "hears": ["closed"]}
    )
    run = await shop.run()
    results = {one["id"]: one for one in run["results"]}
    assert (run["state"], run["done"], run["total"], run["failed"]) == ("failed", 2, 2, 1)
    assert (results[right]["passed"], results[right]["problems"]) == (True, [])
    where, heard = results[wrong]["problems"]
    assert where.startswith("Expected to end at announcement Closed. It ends at IVR menu Menu (the system ended")
    assert heard == 'Expected to hear "closed" then. The caller hears "Press one".'
    assert any("no key was pressed" in line for line in results[wrong]["path"])
    only = await shop.run(flow_test_ids=[right])
    assert (only["state"], only["total"]) == ("passed", 1)
    runs = await shop.office.api.get("/flow-tests/runs", state="passed")
    assert [one["id"] for one in runs["items"]] == [only["id"]]


async def test_a_test_of_a_number_that_is_gone_fails_alone(
    shop: Shop, system: ThrowAwaySystem, request: pytest.FixtureRequest
) -> None:
    await shop.test("Nobody", {"ends": "hangup"}, number="+12025559999")
    await shop.test("Closed", {"ends": "announcement"}, moment=SUNDAY)
    run = await shop.run()
    assert {one["name"]: one["passed"] for one in run["results"]} == {"Nobody": False, "Closed": True}
    assert "none of our numbers" in next(one for one in run["results"] if not one["passed"])["problems"][0]
    code, out, _ = await command(
        "flow-tests", "--organization", request.node.name[:80], CP_DATABASE_URL=system.running.database_url,
        CP_DATA_DIR=str(system.settings.data_dir),
    )  # fmt: skip
    assert (code, "1 of 2 hold." in out, "FAILS: Nobody" in out, "holds: Closed" in out) == (1, True, True, True), out


async def test_a_broken_flow_refuses_the_apply_where_the_policy_says_so(shop: Shop) -> None:
    api = shop.office.api
    await api.apply("All is well")
    generated = await api.post("/flow-tests/generate", {"dry_run": False})
    assert [one["name"].partition(": ")[2] for one in generated["made"]] == [
        "open", "closed", "everybody busy", "nobody there",
    ]  # fmt: skip
    await shop.test("Sales answers", {"ends_at": to("extension", shop.ids["desk"])}, keys=["1"])
    assert (await shop.run(source="live"))["state"] == "passed"
    assert (await api.get("/flow-tests/policy"))["policy"] == "off"
    await api._json("PUT", "/flow-tests/policy", json={"policy": "block"})

    await api.patch(f"/ivr-menus/{shop.ids['menu']}", {"options": [{"digit": "2", "destination": HANGUP}]})
    with pytest.raises(LabError, match=r"422.*Flow test Sales answers fails: .*ends at IVR menu Menu"):
        await api.apply("Breaks the flow")
    releases = await api.get("/config/releases")
    assert [one["reason"] for one in releases["items"] if one["state"] == "live"] == ["All is well"]

    await api._json("PUT", "/flow-tests/policy", json={"policy": "warn"})
    release = await api.apply("Warned")
    assert [(one["severity"], one["slug"]) for one in release["problems"] if one["slug"] == "flow-test-failed"] == [
        ("warning", "flow-test-failed")
    ]
    runs = await api.get("/flow-tests/runs", limit=2)
    assert [(one["reason"], one["state"]) for one in runs["items"]] == [("apply", "failed"), ("asked", "passed")], (
        "the second apply was of the same: nothing had to be played again"
    )

    await api._json("PUT", "/flow-tests/policy", json={"policy": "block"})
    await api.patch(
        f"/ivr-menus/{shop.ids['menu']}",
        {"options": [{"digit": "1", "destination": to("queue", shop.ids["queue"])}], "attempts": 2},
    )
    watched = await shop.run()
    assert watched["state"] == "passed"
    await api.apply("Mended")
    assert (await api.get("/flow-tests/runs", limit=1))["items"][0]["id"] == watched["id"]

    again = await api.post("/flow-tests/generate", {"dry_run": True})
    assert (again["made"], len(again["passed_over"])) == ([], 4)


async def test_a_test_guards_what_it_names(shop: Shop) -> None:
    extra = await shop.office.make("prompts", name="Extra", text="Extra")
    test = await shop.test("Extra", {"passes": [to("announcement", extra)]})
    with pytest.raises(LabError, match=r"409"):
        await shop.office.api._json("DELETE", f"/prompts/{extra}")
    uses: Any = await shop.office.api.get(f"/prompts/{extra}/uses")
    assert [one["id"] for one in uses] == [test]
    plan = await shop.office.api.post("/config/plan")
    assert "flow_test" not in {one["kind"] for one in plan["changes"]}
