"""Applies while the node is away, dies or refuses: what runs is the old release or the new one, never a mixture."""

import asyncio
import itertools
import random
from datetime import datetime
from pathlib import Path

import pytest

from controlplane.entrypoints.throw_away import ThrowAwaySystem
from controlplane.kit import clock
from controlplane.lab.client import Json
from controlplane.node.devices import read_devices
from controlplane.node.runtime import run_cli
from controlplane.protocol.bundle import Manifest
from tests.failure.conftest import Killed
from tests.failure.house import House, kill, running

pytestmark = pytest.mark.asterisk

ROUNDS = 4
_numbers = itertools.count(400)


async def change(house: House) -> None:
    """A phone, its extension, and a queue: all kinds of reload but that of trunks."""
    number = str(next(_numbers))
    await house.make("extensions", f"Desk {number}", number=number)
    await house.make(
        "devices", f"desk-{number}", extension_id=house.ids[f"Desk {number}"], codecs=["ulaw"], max_contacts=2
    )
    await house.make(
        "queues", f"Line {number}", members=[{"extension_id": house.ids[f"Desk {number}"]}],
        overflow={"kind": "hangup"},
    )  # fmt: skip


async def post(house: House) -> str:
    return str((await house.api.post("/config/releases", {"reason": "disturbed"}))["id"])


async def outcome(house: House, release: str) -> Json:
    """A release, once it is decided and the node, heard of since now, tells the same."""
    asked_at = clock.now()

    async def decided() -> Json | None:
        found = await house.api.get(f"/config/releases/{release}")
        node = await house.node()
        is_fresh = datetime.fromisoformat(node["last_seen_at"]) > asked_at
        settled = found["state"] != "applying" and not node["drift"] and node["state"] == "up"
        return found if settled and is_fresh else None

    found: Json = await house.ask(decided, f"decided about {release}")
    return found


async def live_release(house: House) -> Json:
    [live] = (await house.api.get("/config/releases", state="live"))["items"]
    return dict(live)


async def is_in_force(house: House, release: Json) -> None:
    """Everything that Asterisk has loaded is of this release, and all of the release is loaded."""
    manifest = Manifest.model_validate_json((house.layout.current / "manifest.json").read_bytes())
    assert manifest.release_id == release["id"]
    assert manifest.digest() == (await house.node())["live_digest"]
    assert f"CP_RELEASE={release['id']}" in await cli(house, "dialplan show globals")
    dialplan = await cli(house, "dialplan show")
    contexts = {line.split("'")[1] for line in dialplan.splitlines() if line.startswith("[ Context '")}
    files = "".join(path.read_text() for path in (house.layout.current / "extensions").glob("*.conf"))
    promised = {line[1:-1] for line in files.splitlines() if line.startswith("[")} - {"globals"}
    assert {name for name in contexts if name.startswith("ext-")} == {
        name for name in promised if name.startswith("ext-")
    }
    assert promised <= contexts
    phones = await cli(house, "database show ps_endpoints")
    texts = (path.read_text() for path in (house.layout.current / "devices").glob("*.conf"))
    assert {line.split("/")[-1].split(":")[0].strip() for line in phones.splitlines() if line.startswith("/")} == {
        phone.id for text in texts for phone in read_devices(text)
    }
    queues = await cli(house, "queue show")
    assert {line.split()[0] for line in queues.splitlines() if line.startswith("q-")} == set(manifest.expect.queues)


async def in_force_again(house: House, release: Json) -> bool:
    """noded was refused the way back, too, and tries again until it is there."""
    try:
        await is_in_force(house, release)
    except AssertionError:
        return False
    return True


async def cli(house: House, command: str) -> str:
    return await asyncio.to_thread(run_cli, house.layout, command)


async def test_a_release_waits_for_a_node_that_is_away(house: House, killed: Killed) -> None:
    before = await live_release(house)
    async with killed("noded"):
        await change(house)
        release = await post(house)
        waiting = await house.api.get(f"/config/releases/{release}", wait_s=2)
        assert waiting["state"] == "applying"
        await is_in_force(house, before)
    done = await outcome(house, release)
    assert (done["state"], done["nodes"][0]["problems"]) == ("live", [])
    await is_in_force(house, done)


async def test_noded_is_killed_at_any_moment_of_an_apply(system: ThrowAwaySystem, house: House) -> None:
    noded = next(child for child in system.running.children if child.name == "noded")
    states = []
    for _ in range(ROUNDS):
        before = await live_release(house)
        await change(house)
        release = await post(house)
        await asyncio.sleep(random.uniform(0, 0.5))
        await kill(await running(noded))
        done = await outcome(house, release)
        assert done["state"] in {"live", "rolled_back"}
        await is_in_force(house, done if done["state"] == "live" else before)
        states.append(done["state"])
    done = await outcome(house, await post(house))
    assert done["state"] == "live", states
    await is_in_force(house, done)


async def test_two_applies_at_once(house: House) -> None:
    await change(house)
    both = [await outcome(house, release) for release in await asyncio.gather(post(house), post(house))]
    older, newer = sorted(both, key=lambda one: int(one["number"]))
    assert newer["state"] == "live"
    assert older["state"] in {"superseded", "retired"}
    await is_in_force(house, newer)


async def test_a_release_that_asterisk_refuses_is_taken_back(house: House, tmp_path: Path) -> None:
    before = await live_release(house)
    await change(house)
    await cli(house, "module unload app_queue.so")  # an Asterisk without queues
    try:
        done = await outcome(house, await post(house))
        assert done["state"] == "rolled_back"
        assert any("queue" in problem.lower() for problem in done["nodes"][0]["problems"])
        assert (await live_release(house))["id"] == before["id"]
        async with house.crowd(tmp_path):
            caller = await house.call_crowd(tmp_path, 2, rate=2)
        assert [one["status"] for one in await house.records(caller, 2)] == ["answered", "answered"]
    finally:
        await cli(house, "module load app_queue.so")
    await house.ask(lambda: in_force_again(house, before), "all of the release before in force again")
    done = await outcome(house, await post(house))
    assert done["state"] == "live", done["nodes"]
    await is_in_force(house, done)


async def test_a_release_with_a_lost_file_fails_and_changes_nothing(
    system: ThrowAwaySystem, house: House, killed: Killed
) -> None:
    before = await live_release(house)
    objects = system.settings.data_dir / "objects"
    known = files_in(objects)
    async with killed("noded"):
        await change(house)
        release = await post(house)
        lost = {path: path.read_bytes() for path in files_in(objects) - known}
        for path in lost:
            path.unlink()
    done = await outcome(house, release)
    assert done["state"] == "failed"
    assert done["nodes"][0]["problems"], "it says why"
    await is_in_force(house, before)
    for path, content in lost.items():
        path.write_bytes(content)
    done = await outcome(house, await post(house))
    assert done["state"] == "live", done["nodes"]
    await is_in_force(house, done)


def files_in(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


async def test_what_was_changed_by_hand_is_told_and_put_right(house: House) -> None:
    await change(house)
    release = await outcome(house, await post(house))
    node = f"/nodes/{(await house.node())['id']}"
    assert await house.api.post(f"{node}/drift-check") == {"checked": True, "detail": "", "found": []}

    edited = next(path for path in sorted((house.layout.current / "queues").glob("*.conf")) if path.stat().st_size)
    edited = edited.resolve()
    edited.unlink()  # as editors do it: a new file in place of the old one
    edited.write_text("[by-hand]\nstrategy = ringall\n")
    await cli(house, "dialplan add extension 666,1,NoOp(hand) into by-hand")

    found = (await house.api.post(f"{node}/drift-check"))["found"]
    assert any(f"queues/{edited.name} was changed at" in line and "outside of a release" in line for line in found)
    assert any("by-hand" in line and "It was" in line for line in found)

    async def node_says(found: list[str]) -> bool:  # with its next heartbeat
        seen = await house.node()
        return (seen["drift"], seen["drift_found"]) == (bool(found), found)

    await house.ask(lambda: node_says(found), "shown with the node")
    assert (await house.api.post(f"{node}/reconcile"))["found"] == []
    await house.ask(lambda: node_says([]), "gone from the node")
    await is_in_force(house, release)
