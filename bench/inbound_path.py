"""What does our inbound path (number, hours, extension, phone) cost beside a hand-written ``Dial``?

Both run on the same Asterisk, turn by turn. Set-up times are taken at a moderate rate with the whole system up.
Throughput is taken as fast as calls go, with everything but Asterisk stopped: at hundreds of calls a second the other
processes would fight it for the two cores, and law 1 says that calls don't need them.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.support import cpu_s, insert, note, percentile, phones_tree, spread_percent
from controlplane.entrypoints.throw_away import PASSWORD, throw_away_settings
from controlplane.entrypoints.up import run_everything
from controlplane.kit.destination import Destination, DestinationKind
from controlplane.lab.addresses import free_port, own_address
from controlplane.lab.client import ApiClient
from controlplane.lab.shop import ALL_WEEK
from controlplane.lab.sipp import Caller, Load, SippResult, answering, carrier_calls, registering
from controlplane.node.layout import AsteriskLayout
from controlplane.node.runtime import run_cli, running_pid, start_asterisk, stop_asterisk, wait_booted
from controlplane.numbering.schemas import PhoneNumberFields
from controlplane.platform.settings import Settings

NUMBER, SAME_PHONE = "+12025550000", "+12025559998"
MANY = 5000
RATE, RATE_CALLS, RATE_TURNS = 20, 120, 4
WARM_CALLS, LOOP_CALLS, LOOP_AT_ONCE, LOOP_TURNS = 60, 400, 24, 24

BARE_PJSIP = """
[bare-trunk]
type = endpoint
context = bare
disallow = all
allow = ulaw
direct_media = no
[bare-trunk]
type = identify
endpoint = bare-trunk
match = {carrier}
[bare-phone]
type = endpoint
disallow = all
allow = ulaw
direct_media = no
aors = bare-phone
[bare-phone]
type = aor
contact = sip:bare-phone@{phone}
"""
BARE_DIALPLAN = """
[bare]
exten => {number},1,Dial(PJSIP/bare-phone,20)
exten => {same_phone},1,Dial(PJSIP/desk-201,20)
"""


@dataclass(frozen=True)
class Scene:
    """Who calls from where, and where the phone is."""

    folder: Path
    sipp: Path
    phone: str = field(default_factory=own_address)
    phone_port: int = 16000
    carriers: dict[str, str] = field(default_factory=lambda: {"ours": own_address(), "bare": own_address()})


@dataclass(frozen=True)
class Turn:
    """One saturated run: calls a second, and Asterisk's CPU in milliseconds a call."""

    calls_per_s: float
    cpu_ms: float

    def mean(self, other: "Turn") -> "Turn":
        """Of two runs of equally many calls."""
        together = 2 / (1 / self.calls_per_s + 1 / other.calls_per_s)
        return Turn(together, (self.cpu_ms + other.cpu_ms) / 2)


async def run() -> dict[str, object]:
    """Sets both paths up, then measures them in turns."""
    with tempfile.TemporaryDirectory(prefix="call-commander-bench-") as name:
        folder = Path(name)
        scene = Scene(folder, phones_tree() / "bin" / "sipp", phone_port=free_port("127.0.0.1"))
        settings = throw_away_settings(folder, Settings())
        async with run_everything(settings, note) as running, ApiClient(settings.api_url) as api:
            await api.login(settings.admin_email, PASSWORD)
            layout = running.layout
            one = await _configure(api, scene, layout)
            ringing = await _set_up_times(scene, layout)
            numbers = await _many_numbers(api, settings, running.database_url)
            many = (await api.apply("Five thousand numbers"))["nodes"][0]["digest"]
        note("everything but Asterisk is stopped")
        await asyncio.to_thread(wait_booted, layout, start_asterisk(layout))
        try:
            turns = await _throughput(scene, layout, {"one": one, "many": many}, numbers)
        finally:
            await asyncio.to_thread(stop_asterisk, layout)
    return {**_latency(ringing), **_speed(turns)}


async def _configure(api: ApiClient, scene: Scene, layout: AsteriskLayout) -> str:
    """Ours through REST, the bare one by hand; both lead to the same SIPp. Gives the digest of our release."""
    carrier = await api.post(
        "/trunks", {"name": "Carrier", "identity": "ip", "host": scene.carriers["ours"], "codecs": ["ulaw"]}
    )
    extension = await api.post("/extensions", {"name": "Desk", "number": "201"})
    device = await api.post("/devices", {"name": "desk-201", "extension_id": extension["id"], "codecs": ["ulaw"]})
    always = [{"days": ALL_WEEK, "start": "00:00", "end": "00:00"}]
    hours = await api.post(
        "/time-conditions",
        {
            "name": "Hours",
            "location_id": (await api.get("/locations"))["items"][0]["id"],
            "open_hours": always,
            "open": {"kind": "extension", "id": extension["id"]},
            "closed": {"kind": "hangup"},
        },
    )
    destination = {"kind": "time_condition", "id": hours["id"]}
    await api.post("/phone-numbers", {"name": "Line", "number": NUMBER, "destination": destination})
    note(f"made trunk {carrier['name']}, number, hours, extension and phone")
    release = await api.apply("One number")
    registration = registering(
        scene.sipp, scene.folder / "register", f"{layout.bind_address}:{layout.ports.sip}",
        [("desk-201", device["secret"])], address=scene.phone, port=scene.phone_port,
    )  # fmt: skip
    async with registration as phone:
        if (await phone.finished(20)).failed:
            raise RuntimeError("the phone could not register")
    phone_contact = f"{scene.phone}:{scene.phone_port}"
    with (layout.etc / "pjsip.conf").open("a") as file:
        file.write(BARE_PJSIP.format(carrier=scene.carriers["bare"], phone=phone_contact))
    with (layout.etc / "extensions.conf").open("a") as file:
        file.write(BARE_DIALPLAN.format(number=NUMBER, same_phone=SAME_PHONE))
    for command in ("module reload res_pjsip.so", "dialplan reload"):
        await asyncio.to_thread(run_cli, layout, command)
    await asyncio.sleep(1)
    digest: str = release["nodes"][0]["digest"]
    return digest


async def _many_numbers(api: ApiClient, settings: Settings, database_url: str) -> list[str]:
    """Renders thousands of numbers beside the one; gives them all."""
    numbers = [f"+1202555{index:04d}" for index in range(MANY)]
    hours = (await api.get("/time-conditions"))["items"][0]["id"]
    destination = Destination(kind=DestinationKind.TIME_CONDITION, id=hours)
    wanted = [PhoneNumberFields(name=number, number=number, destination=destination) for number in numbers[1:]]
    await insert(api, settings, database_url, wanted)
    return numbers


async def _call(
    scene: Scene, layout: AsteriskLayout, path: str, load: Load, *, numbers: Sequence[str] = (NUMBER,), talk_ms: int
) -> SippResult:
    carrier = carrier_calls(
        scene.sipp, scene.folder / path, f"{layout.bind_address}:{layout.ports.sip}", numbers,
        caller=Caller(number="+12025559999", talk_ms=talk_ms), load=load, address=scene.carriers[path],
    )  # fmt: skip
    async with carrier:
        result = await carrier.finished(120)
    if result.failed:
        raise RuntimeError(f"{result.failed} of {result.calls} calls failed on the {path} path: {result.errors[:2000]}")
    return result


async def _set_up_times(scene: Scene, layout: AsteriskLayout) -> dict[str, list[float]]:
    """INVITE to 180 in milliseconds, by path, at a moderate rate."""
    ringing: dict[str, list[float]] = {"ours": [], "bare": []}
    load = Load(calls=RATE_CALLS, rate=RATE)
    async with answering(scene.sipp, scene.folder / "phone", ring_ms=100, address=scene.phone, port=scene.phone_port):
        for turn in range(RATE_TURNS):
            for path in sorted(ringing, reverse=bool(turn % 2)):
                result = await _call(scene, layout, path, load, talk_ms=200)
                ringing[path] += result.rtd_ms["ringing"]
            p95 = {path: percentile(times[-RATE_CALLS:], 95) for path, times in ringing.items()}
            note(f"turn {turn + 1} of {RATE_TURNS}: INVITE to 180, p95 in ms: {p95}")
    return ringing


async def _throughput(
    scene: Scene, layout: AsteriskLayout, digests: dict[str, str], numbers: Sequence[str]
) -> dict[str, list[Turn]]:
    """Turns as fast as calls go, there and back (bare, same, one number, many numbers, many, one, same, bare).

    "same" is the bare dialplan with our registered phone instead of a fixed address: what our dialplan alone costs.
    A machine that gets slower or faster in the meantime so weighs on all three alike.
    """
    turns: dict[str, list[Turn]] = {"bare": [], "same": [], "one": [], "many": []}
    async with answering(scene.sipp, scene.folder / "phone", address=scene.phone, port=scene.phone_port):
        for turn in range(LOOP_TURNS + 1):
            there: dict[str, Turn] = {}
            for what in turns:
                there[what] = await _saturate(scene, layout, what, digests, numbers)
            for what in reversed(turns):
                back = await _saturate(scene, layout, what, digests, numbers)
                if turn:  # the first is to warm up
                    turns[what].append(there[what].mean(back))
            note(f"turn {turn} of {LOOP_TURNS}: " + str({what: made[-1:] for what, made in turns.items()}))
    return turns


async def _saturate(
    scene: Scene, layout: AsteriskLayout, what: str, digests: dict[str, str], numbers: Sequence[str]
) -> Turn:
    # All turns begin so, those of the bare path, too: what was just loaded is cold, and then warmed up.
    await asyncio.to_thread(_switch, layout, digests.get(what, digests["one"]))
    path = "ours" if what in digests else "bare"
    dialed = {"many": numbers, "same": (SAME_PHONE,)}.get(what, (NUMBER,))
    warm = Load(calls=WARM_CALLS, rate=5000, limit=LOOP_AT_ONCE)
    await _call(scene, layout, path, warm, numbers=dialed, talk_ms=1)
    pid = running_pid(layout)
    assert pid is not None
    before = cpu_s(pid)
    load = Load(calls=LOOP_CALLS, rate=5000, limit=LOOP_AT_ONCE)
    result = await _call(scene, layout, path, load, numbers=dialed, talk_ms=1)
    await asyncio.sleep(0.5)  # what Asterisk still tidies up belongs to these calls
    return Turn(result.calls_per_s, 1000 * (cpu_s(pid) - before) / LOOP_CALLS)


def _switch(layout: AsteriskLayout, digest: str) -> None:
    """As noded does it: the link, then a reload."""
    partial = layout.current.with_name("bench.part")
    partial.symlink_to(layout.releases / digest)
    partial.replace(layout.current)
    run_cli(layout, "dialplan reload", timeout_s=60)


def _latency(ringing: dict[str, list[float]]) -> dict[str, object]:
    p95 = {path: percentile(times, 95) for path, times in ringing.items()}
    return {
        "added_180_p95_ms": round(p95["ours"] - p95["bare"], 1),
        "added_180_p50_ms": round(median(ringing["ours"]) - median(ringing["bare"]), 1),
        "baseline_180_p95_ms": round(p95["bare"], 1),
        "at_calls_per_s": RATE,
    }


def _speed(turns: dict[str, list[Turn]]) -> dict[str, object]:
    """Ratios of neighbours in time, so that what slows the machine for a while slows both sides of a ratio."""
    rate = {what: [turn.calls_per_s for turn in made] for what, made in turns.items()}
    cpu = {what: [turn.cpu_ms for turn in made] for what, made in turns.items()}
    ours = [one / bare for one, bare in zip(rate["one"], rate["bare"], strict=True)]
    same = [one / same for one, same in zip(rate["one"], rate["same"], strict=True)]
    many = [many / one for many, one in zip(rate["many"], rate["one"], strict=True)]
    return {
        "throughput_ratio": round(median(ours), 3),
        "throughput_spread_percent": spread_percent(ours),
        "same_phone_ratio": round(median(same), 3),
        "many_numbers_ratio": round(median(many), 3),
        "many_numbers_spread_percent": spread_percent(many),
        "cpu_ratio": round(median(cpu["one"]) / median(cpu["bare"]), 3),
        "cpu_same_phone_ratio": round(median(cpu["one"]) / median(cpu["same"]), 3),
        "cpu_many_numbers_ratio": round(median(cpu["many"]) / median(cpu["one"]), 3),
        "calls_per_s": {what: round(median(values)) for what, values in rate.items()},
        "cpu_ms_per_call": {what: round(median(values), 2) for what, values in cpu.items()},
        "turns": LOOP_TURNS,
    }
