"""One changed phone, number, queue or menu among 10,000 phones: how long to verified live, and who notices?"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from bench.large import PHONES, LargeOrganization, to
from bench.support import note, percentile, phones_tree, spread_percent, system
from bench.usual_way import UsualWay
from controlplane.entrypoints.throw_away import ThrowAwaySystem
from controlplane.kit.destination import Kind
from controlplane.lab.addresses import free_port, own_address
from controlplane.lab.sipp import Sipp, SippResult, registering
from controlplane.node.runtime import ensure_tree
from controlplane.platform.services import make_services

TURNS = 12
USUAL_TURNS = 2
RATE = 20
"""REGISTERs a second, from phones that nothing changes for: as many as 10,000 send that refresh every eight minutes."""
REFRESHING, ARRIVING = range(250, 270), range(270, 500)  # stores
LONGEST_S = 600
IDLE_S = 20
LIMIT_MS, LIMIT_RATIO, LIMIT_FIRST_S = 300, 2.0, 20

Change = Callable[[int], Awaitable[None]]


async def run() -> dict[str, object]:
    """Through REST, as the UI does it, on a whole real system; then the field's way on the same files."""
    sipp = phones_tree() / "bin" / "sipp"
    async with system() as one:
        organization = await _insert(one)
        note("10,000 phones stored")
        first = await _apply(one)
        first_load_s = first["nodes"][0]["took_ms"] / 1000
        note(f"first load of the node: {first_load_s:.1f} s")
        load = _Load(sipp, one, f"{one.settings.sip_host}:{one.settings.sip_port}")
        await load.arrive()
        idle = await load.during(_sleep(IDLE_S))
        takes: dict[str, list[tuple[float, float]]] = {}
        busy = await load.during(_changes(one, organization, takes))
        arriving: list[tuple[float, float]] = []
        storm = await load.during(_number_changes(one, organization, arriving), ARRIVING)
        release = one.settings.data_dir / "node" / "current"
        usual = UsualWay(one.folder / "usual", ensure_tree("asterisk", progress=note), release.resolve())
        usual_takes: list[float] = []
        async with usual.running():
            theirs = _Load(sipp, one, usual.server)
            await theirs.arrive()
            usual_idle = await theirs.during(_sleep(IDLE_S))
            usual_busy = await theirs.during(_usual_changes(usual, usual_takes))
    return {
        **{f"{kind}_{name}": value for kind, pairs in takes.items() for name, value in _figures(pairs).items()},
        "p95_ms": round(max(percentile([whole for whole, _ in pairs], 95) for pairs in takes.values())),
        "limit_ms": LIMIT_MS,
        **{f"arriving_{name}": value for name, value in _figures(arriving).items()},
        "arriving_register_ratio": _ratio(idle, storm),
        "arriving_register_lost": storm.failed,
        "register_ratio": _ratio(idle, busy),
        "limit_register_ratio": LIMIT_RATIO,
        "register_idle_p95_ms": idle.percentile_ms("register", 95),
        "register_lost": busy.failed,
        "first_load_s": round(first_load_s, 1),
        "limit_first_load_s": LIMIT_FIRST_S,
        "usual_p50_ms": round(median(usual_takes)),
        "usual_p95_ms": round(percentile(usual_takes, 95)),
        "usual_register_ratio": _ratio(usual_idle, usual_busy),
        "usual_register_lost": usual_busy.failed,
        "usual_ratio": round(
            median(usual_takes) / median([whole for pairs in takes.values() for whole, _ in pairs]), 1
        ),
        "turns": TURNS,
    }


def _figures(pairs: list[tuple[float, float]]) -> dict[str, float]:
    whole, node = [whole for whole, _ in pairs], [node for _, node in pairs]
    return {
        "p50_ms": round(median(whole)),
        "p95_ms": round(percentile(whole, 95)),
        "spread_percent": spread_percent(whole),
        "node_p50_ms": round(median(node)),
        "node_p95_ms": round(percentile(node, 95)),
        "control_plane_p50_ms": round(median([both - part for both, part in pairs])),
    }


async def _insert(one: ThrowAwaySystem) -> LargeOrganization:
    org_id = UUID((await one.api.get("/auth/me"))["org_id"])
    node = (await one.api.get("/nodes"))["items"][0]["name"]
    organization = LargeOrganization(org_id, node=node)
    services = make_services(one.settings, one.running.database_url)
    async with services.uow() as uow:
        await organization.insert(uow.session, services.crypto)
    await services.close()
    return organization


async def _changes(
    one: ThrowAwaySystem, organization: LargeOrganization, takes: dict[str, list[tuple[float, float]]]
) -> None:
    for kind, change in _kinds(one, organization).items():
        takes[kind] = [await _change_one(one, kind, change, turn) for turn in range(TURNS)]


async def _number_changes(
    one: ThrowAwaySystem, organization: LargeOrganization, takes: list[tuple[float, float]]
) -> None:  # fmt: skip
    change = _kinds(one, organization)["number"]
    takes += [await _change_one(one, "number", change, turn) for turn in range(TURNS, 2 * TURNS)]


def _kinds(one: ThrowAwaySystem, organization: LargeOrganization) -> dict[str, Change]:
    """How each kind is changed; another object each turn."""
    ids = {kind: organization.ids(kind) for kind in Kind}
    others = ids[Kind.EXTENSION]

    def patch(path: str, kind: Kind, fields: Callable[[int], dict[str, Any]]) -> Change:
        async def change(turn: int) -> None:
            await one.api.patch(f"/{path}/{ids[kind][10 * turn + 1]}", fields(turn))

        return change

    def destination(turn: int) -> dict[str, str]:
        return {key: str(value) for key, value in to("extension", others[PHONES * turn + 7]).items()}

    return {
        "phone": patch("devices", Kind.DEVICE, lambda _: {"codecs": ["ulaw"]}),
        "number": patch("phone-numbers", Kind.PHONE_NUMBER, lambda turn: {"destination": destination(turn)}),
        "queue": patch("queues", Kind.QUEUE, lambda turn: {"member_ring_s": 20 + turn, "max_wait_s": 100 + turn}),
        "ivr_menu": patch("ivr-menus", Kind.IVR_MENU, lambda turn: {"on_timeout": destination(turn)}),
    }


async def _change_one(one: ThrowAwaySystem, kind: str, change: Change, turn: int) -> tuple[float, float]:
    await change(turn)
    begun = time.monotonic()
    release = await _apply(one)
    whole_ms, node_ms = 1000 * (time.monotonic() - begun), float(release["nodes"][0]["took_ms"])
    steps = ", ".join(release["nodes"][0]["reloads"])
    note(f"{kind} {turn + 1}: {whole_ms:.0f} ms, of which on the node {node_ms:.0f} ms: {steps}")
    return whole_ms, node_ms


async def _apply(one: ThrowAwaySystem) -> Any:
    """Asks for a release and waits until the node has verified it."""
    release = await one.api.post("/config/releases?wait_s=30", {"reason": "bench"})
    while release["state"] == "applying":
        release = await one.api.get(f"/config/releases/{release['id']}", wait_s=30)
    if release["state"] != "live":
        raise RuntimeError(f"the release is {release['state']}: {release['nodes']}")
    return release


async def _usual_changes(usual: UsualWay, takes: list[float]) -> None:
    for turn in range(USUAL_TURNS):
        for kind in ("phone", "number", "queue", "ivr_menu"):
            takes.append(await usual.change(kind, turn))
            note(f"the usual way, {kind}: {takes[-1]:.0f} ms")


class _Load:
    """Phones that register while something else goes on.

    Those of some stores refresh their registrations again and again, as phones do all day; those of the other stores
    come one after the other, as after a power cut.
    """

    def __init__(self, sipp: Path, one: ThrowAwaySystem, server: str) -> None:
        self._sipp, self._folder, self._server = sipp, one.folder / "load" / server, server
        self._address = own_address()
        self._port = free_port(self._address)
        self._begun = 0

    async def arrive(self) -> None:
        """The refreshing phones come."""
        async with self._registering(_phones(REFRESHING), 4 * RATE) as first:
            if (result := await first.finished(60)).failed:
                raise RuntimeError(f"{result.failed} phones could not register: {result.errors}")

    async def during(self, work: Awaitable[None], stores: range = REFRESHING) -> SippResult:
        """What they saw meanwhile."""
        phones = _phones(stores)
        async with self._registering(phones * (LONGEST_S * RATE // len(phones) + 1), RATE) as registrations:
            await work
            return await registrations.stopped(60)

    def _registering(self, phones: list[tuple[str, str]], rate: int) -> Sipp:
        self._begun += 1
        folder = self._folder / str(self._begun)
        return registering(
            self._sipp, folder, self._server, phones, address=self._address, port=self._port, rate=rate
        )  # fmt: skip


def _phones(stores: range) -> list[tuple[str, str]]:
    """User and password of each."""
    numbers = (n for store in stores for n in range(100 * store, 100 * store + PHONES))
    return [(f"phone-{n}", f"secret-of-phone-{n:05}") for n in numbers]


async def _sleep(seconds: float) -> None:
    await asyncio.sleep(seconds)


def _ratio(idle: SippResult, busy: SippResult) -> float:
    return round(busy.percentile_ms("register", 95) / idle.percentile_ms("register", 95), 2)
