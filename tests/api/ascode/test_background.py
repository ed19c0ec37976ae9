"""Long tables are imported in the background, and say how far they are."""

from datetime import timedelta
from typing import Any

import time_machine

from controlplane.ascode import jobs
from controlplane.kit import clock
from controlplane.platform.jobs import Queue
from tests.api.clients import Client


def table(rows: int, location: str = "Main") -> str:
    lines = (f"phone-{n},{20_000 + n},{location},secret-of-phone-{n:06}" for n in range(rows))
    return "\n".join(["name,extension,location,secret", *lines])


async def send(client: Client, content: str, query: str = "") -> dict[str, Any]:
    answer = await client.post(f"/devices/import?{query}", content=content, headers={"content-type": "text/csv"})
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/api/v1/config/imports/{answer.json()['id']}"
    started: dict[str, Any] = answer.json()
    return started


async def work(client: Client) -> None:
    """Runs the jobs that wait."""
    services = client.services
    await services.app.run_worker_async(
        queues=[Queue.ROLLUP.value], wait=False, install_signal_handlers=False,
        additional_context={"services": services},
    )  # fmt: skip


async def progress_of(client: Client, started: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get(f"/config/imports/{started['id']}")).json()
    return found


async def test_a_long_table_is_taken_in_by_a_job(admin: Client) -> None:
    started = await send(admin, table(2500))
    assert (started["state"], started["done"], started["result"]) == ("waiting", 0, None)
    kept = [path.read_bytes() for path in (admin.services.settings.data_dir / "objects").rglob("*") if path.is_file()]
    assert kept
    assert not any(b"secret-of-phone" in content for content in kept)
    await work(admin)
    ended = await progress_of(admin, started)
    assert (ended["state"], ended["done"], ended["total"]) == ("done", 10_000, 10_000)
    assert (ended["result"]["created"], ended["result"]["ok"]) == (5000, True)
    assert (await admin.get("/devices?with_total=true&limit=1")).json()["total"] == 2500
    assert not list((admin.services.settings.data_dir / "objects" / "imports").iterdir())


async def test_what_is_wrong_with_it_is_told_by_row_and_nothing_is_taken_in(admin: Client) -> None:
    started = await send(admin, table(2500).replace("phone-1999,", "phone 1999,"))
    await work(admin)
    ended = await progress_of(admin, started)
    assert (ended["state"], ended["result"]["ok"]) == ("refused", False)
    [problem] = ended["result"]["problems"]
    assert (problem["line"], problem["field"]) == (2001, "name")
    assert (await admin.get("/devices?with_total=true&limit=1")).json()["total"] == 0


async def test_it_may_do_what_who_asked_may_and_others_do_not_see_it(admin: Client, manager: Client) -> None:
    started = await send(manager, table(2500, "Branch"))
    by_admin = await send(admin, table(2500), "dry_run=true")
    await work(admin)
    assert (await progress_of(manager, started))["state"] == "refused"
    assert (await progress_of(admin, by_admin))["result"]["dry_run"] is True
    assert (await manager.get(f"/config/imports/{by_admin['id']}")).status_code == 404
    assert (await admin.get("/devices?with_total=true&limit=1")).json()["total"] == 0


async def test_imports_are_forgotten_after_thirty_days(admin: Client) -> None:
    started = await send(admin, table(2500))
    await jobs.tidy(admin.services)
    assert (await progress_of(admin, started))["state"] == "waiting"
    with time_machine.travel(clock.now() + timedelta(days=31)):
        await jobs.tidy(admin.services)
    assert (await admin.get(f"/config/imports/{started['id']}")).status_code == 404
    assert not list((admin.services.settings.data_dir / "objects" / "imports").iterdir())
