"""How long does one simulated call take on a warm shadow, and how long do 50 flow tests?

Through REST, on a throw-away system with one organisation: hours, a menu, a queue, a ring group, a box, eight phones.
The situations are those that people try: each comes as often as the others.
"""

import time
from statistics import median
from typing import Any

from bench.support import note, percentile, system
from controlplane.lab.client import ApiClient, Json

ROUNDS = 8
TESTS = 50
LIMIT_MS = 1000
LIMIT_TESTS_S = 60
OPEN, CLOSED, HOLIDAY = "2026-11-23T10:00:00-05:00", "2026-11-22T12:00:00-05:00", "2026-12-25T10:00:00-05:00"
NUMBER = "+12025550100"
SITUATIONS: dict[str, Json] = {
    "queue answers": {"moment": OPEN, "keys": ["1"]},
    "group answers": {"moment": OPEN, "keys": ["2"]},
    "one is busy": {"moment": OPEN, "keys": ["2"], "phones": {"201": "busy"}},
    "extension dialled": {"moment": OPEN, "keys": ["203"]},
    "nobody answers the group": {"moment": OPEN, "keys": ["2"], "others": "no_answer"},
    "nobody there": {"moment": OPEN, "keys": ["1"], "others": "away"},
    "wrong key, then right": {"moment": OPEN, "keys": ["9", "2"]},
    "no key": {"moment": OPEN},
    "closed": {"moment": CLOSED},
    "holiday": {"moment": HOLIDAY},
}
WAITS_OUT_A_QUEUE: Json = {"moment": OPEN, "keys": ["1"], "others": "busy"}


async def run() -> dict[str, object]:
    """One after the other, as one person tries things out."""
    async with system() as one:
        api = one.api
        await _configure(api)
        await api.apply("Bench")
        cold_ms = await _simulate(api, {"moment": CLOSED})
        note(f"cold, the shadow starts: {cold_ms:.0f} ms")
        for situation in SITUATIONS.values():  # each phone registers for the first time
            await _simulate(api, situation)
        took: dict[str, list[float]] = {name: [] for name in SITUATIONS}
        for _ in range(ROUNDS):
            for name, situation in SITUATIONS.items():
                took[name].append(await _simulate(api, situation))
        queue = [await _simulate(api, WAITS_OUT_A_QUEUE) for _ in range(ROUNDS)]
        note(str({name: round(median(times)) for name, times in took.items()}))
        tests_s = await _flow_tests(api)
    every = [ms for times in took.values() for ms in times]
    return {
        "p95_ms": round(percentile(every, 95)),
        "limit_ms": LIMIT_MS,
        "p50_ms": round(median(every)),
        "by_situation_p50_ms": {name: round(median(times)) for name, times in took.items()},
        "waits_out_a_queue_p50_ms": round(median(queue)),
        "cold_ms": round(cold_ms),
        "tests_s": round(tests_s, 1),
        "limit_tests_s": LIMIT_TESTS_S,
        "tests": TESTS,
        "simulations": len(every),
    }


async def _simulate(api: ApiClient, situation: Json) -> float:
    begun = time.monotonic()
    await api.post("/simulations", {"number": NUMBER, "caller": "+12025550199", "source": "live", **situation})
    return 1000 * (time.monotonic() - begun)


async def _flow_tests(api: ApiClient) -> float:
    """Fifty tests of all situations; seconds from asking to the last result."""
    cases = [*SITUATIONS.items(), ("queue times out", WAITS_OUT_A_QUEUE)]
    for n in range(TESTS):
        name, given = cases[n % len(cases)]
        await api.post("/flow-tests", {"name": f"{n}: {name}", "given": {"number": NUMBER, **given}, "expect": {}})
    begun = time.monotonic()
    run = await api.post("/flow-tests/runs", {"source": "live"})
    while not run["finished_at"]:
        run = await api.get(f"/flow-tests/runs/{run['id']}", wait_s=10)
        note(f"{run['done']} of {run['total']} flow tests")
    if run["done"] != TESTS:
        raise RuntimeError(f"the run is {run['state']}: {run['detail']}")
    return time.monotonic() - begun


async def _configure(api: ApiClient) -> None:
    location = (await api.get("/locations"))["items"][0]["id"]

    async def make(resource: str, name: str, **fields: Any) -> str:
        return str((await api.post(f"/{resource}", {"name": name, "location_id": location, **fields}))["id"])

    await make("trunks", "Carrier", identity="ip", host="127.0.0.99", codecs=["ulaw"])
    box = {"kind": "voicemail", "id": await make("voicemail-boxes", "Box", number="290")}
    desks = []
    for n in range(1, 9):
        desks.append(await make("extensions", f"Desk {n}", number=f"20{n}", no_answer=box))
        await make("devices", f"desk-20{n}", extension_id=desks[-1])
    queue = await make("queues", "Sales", members=[{"extension_id": desk} for desk in desks[:4]], overflow=box)
    group = await make("ring-groups", "Office", extension_ids=desks[4:], no_answer=box)
    say = await make("prompts", "Closed", text="We are closed")
    options = [{"digit": "1", "destination": {"kind": "queue", "id": queue}},
               {"digit": "2", "destination": {"kind": "ring_group", "id": group}}]  # fmt: skip
    menu = await make(
        "ivr-menus", "Menu", prompt={"text": "Press one for sales"}, options=options, dial_extensions=True, attempts=2,
        on_timeout=box, on_invalid=box,
    )  # fmt: skip
    calendar = await make("holiday-calendars", "Holidays", holidays=[{"date": "2026-12-25", "name": "Christmas"}])
    hours = await make(
        "time-conditions", "Hours", timezone="America/New_York", holiday_calendar_ids=[calendar], holiday=box,
        open_hours=[{"days": ["mon", "tue", "wed", "thu", "fri"], "start": "09:00", "end": "17:00"}],
        open={"kind": "ivr_menu", "id": menu}, closed={"kind": "announcement", "id": say},
    )  # fmt: skip
    await make("phone-numbers", "Line", number=NUMBER, destination={"kind": "time_condition", "id": hours})
