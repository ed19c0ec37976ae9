"""What each page costs on a slow machine, and what axe finds on it and on its dialogs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from playwright.async_api import Page

from bench.support import note, phones_tree
from controlplane.entrypoints.demo import speak
from controlplane.entrypoints.throw_away import ThrowAwaySystem
from controlplane.lab import tones
from controlplane.lab.baresip import BaresipTools
from controlplane.lab.client import Json
from controlplane.lab.phone import Phone
from controlplane.lab.phone_model import Account
from controlplane.lab.shop import Shop
from tests.e2e.axe import violations

SLOWER = 4
GOOD = {"lcp_ms": 2500, "layout_shift": 0.1, "blocked_ms": 200, "axe": 0}
"""What web.dev calls good; Lighthouse, too, takes it on a CPU slowed four times. And no violation."""
PAGES = (
    "/", "/calls", "/calls/live", "/voicemails", "/config/extensions", "/config/queues", "/flows", "/changes",
    "/changes/history", "/rehearsal", "/flow-tests", "/queues/wallboard", "/my-queues", "/setup", "/account",
    "/admin/users", "/admin/roles", "/admin/locations", "/admin/organizations", "/admin/api-keys", "/admin/sessions",
    "/admin/audit-log", "/admin/nodes", "/admin/system",
)  # fmt: skip
CALLER_HZ, MEMBER_HZ = 440, 1500
SAID = "Hello, I would like to order the blue bicycle. Could you bring it to my house on Monday morning?"
FIGURES = """() => new Promise((resolve) => {
    const found = {lcp_ms: 0, layout_shift: 0, blocked_ms: 0};
    const watch = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take))
        .observe({type, buffered: true});
    watch("largest-contentful-paint", (one) => { found.lcp_ms = Math.round(one.startTime); });
    watch("layout-shift", (one) => { found.layout_shift += one.hadRecentInput ? 0 : one.value; });
    watch("longtask", (one) => { found.blocked_ms += Math.max(0, Math.round(one.duration - 50)); });
    setTimeout(() => resolve(found), 200);
})"""

Opening = Callable[[Page], Awaitable[None]]


def press(name: str) -> Opening:
    """Opens what a button opens."""
    return lambda page: page.get_by_role("button", name=name, exact=True).first.click()


async def new_box(page: Page) -> None:
    """What is made on the way while an extension is edited."""
    await page.get_by_role("combobox", name="Voicemail box").fill("9876")
    await page.get_by_role("option", name="Create a new voicemail box").click()


OPENINGS: Mapping[str, Sequence[Opening]] = {
    "/calls": [press("Views"), press("Columns")],
    "/calls/:id": [press("Call")],
    "/config/extensions": [press("Columns")],
    "/config/extensions/:id": [press("Delete"), new_box],
    "/admin/users": [press("Add user")],
    "/admin/roles": [press("Add role")],
    "/admin/locations": [press("Add location")],
    "/admin/organizations": [press("Add organisation")],
    "/admin/api-keys": [press("Add API key")],
    "/admin/nodes": [press("Add node")],
}
"""Dialogs and menus that axe looks at besides."""


async def measure(one: ThrowAwaySystem, page: Page, shop: Shop) -> dict[str, dict[str, float]]:
    """Largest contentful paint, layout shift, blocked time and violations of each page, opened by its address."""
    addresses = {**{path: path for path in PAGES}, **await _of_one_thing(one, shop)}
    found = {}
    async with slowed(page):
        for name, path in addresses.items():
            await _open(page, path)
            figures = await page.evaluate(FIGURES)
            found[name] = {figure: round(value, 3) for figure, value in figures.items()}
            note(f"{name}: {found[name]}")
    for name, path in addresses.items():  # afterwards: axe is work for the page, too
        faults = await _faults(page, path, OPENINGS.get(name, ()))
        found[name]["axe"] = len(faults)
        for fault in faults:
            note(f"{name}: {fault}")
    return found


def worst(pages: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Of each figure the worst page's, and what is good."""
    return {
        **{f"worst_{name}": max(figures[name] for figures in pages.values()) for name in GOOD},
        **{f"limit_{name}": limit for name, limit in GOOD.items()},
    }


@asynccontextmanager
async def slowed(page: Page) -> AsyncIterator[None]:
    """The CPU slowed, as on a slow machine."""
    session = await page.context.new_cdp_session(page)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    yield
    await session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    await session.detach()


async def _open(page: Page, path: str) -> None:
    await page.goto(path)
    await page.get_by_role("heading", level=1).wait_for()
    await page.wait_for_load_state("networkidle")


async def _faults(page: Page, path: str, openings: Sequence[Opening]) -> list[str]:
    await _open(page, path)
    found = await violations(page)
    for opening in openings:
        await _open(page, path)
        await opening(page)
        await page.locator(".MuiModal-root").first.wait_for()
        found += await violations(page, but=("region",))  # menus lie beside the landmarks
    return found


async def _of_one_thing(one: ThrowAwaySystem, shop: Shop) -> dict[str, str]:
    """Pages that show one thing each, with the addresses of real ones."""
    return {
        "/calls/:id": f"/calls/{await _call(one, shop)}",
        "/flows/:id": f"/flows/{await _id_of(one, 'phone-numbers', number=shop.number)}?view=canvas",
        "/config/extensions/:id": f"/config/extensions/{await _id_of(one, 'extensions', number='201')}",
        "/config/queues/:id": f"/config/queues/{await _id_of(one, 'queues')}",
        "/config/ivr-menus/:id": f"/config/ivr-menus/{await _id_of(one, 'ivr-menus')}",
        "/changes/releases/:id": f"/changes/releases/{await _id_of(one, 'config/releases')}",
    }


async def _id_of(one: ThrowAwaySystem, resource: str, **query: str) -> str:
    return str((await one.api.get(f"/{resource}", **query))["items"][0]["id"])


async def _call(one: ThrowAwaySystem, shop: Shop) -> str:
    """A real call by number, hours, menu, key and queue, recorded and written down; its id."""
    tools, server, folder = BaresipTools.from_tree(phones_tree()), one.running.sip_address, one.folder
    words = await speak(SAID, folder / "said.wav")
    async with AsyncExitStack() as phones:
        member = Phone(
            tools, folder / "member", Account("desk-201", server, shop.secrets["desk-201"]),
            plays=tones.write_wav(folder / "member.wav", tones.tone(MEMBER_HZ, 60)), answer_after_s=0.5,
        )  # fmt: skip
        caller = Phone(
            tools, folder / "caller", Account("+12025550199", server, register=False, display_name="Anna Example"),
            plays=tones.write_wav(folder / "caller.wav", tones.tone(CALLER_HZ, 60)), address=shop.carrier,
        )  # fmt: skip
        await phones.enter_async_context(member)
        await phones.enter_async_context(caller)
        await member.register()
        out = await caller.dial(shop.number)
        await caller.wait_established(out)
        await asyncio.sleep(1)  # hear some of the menu
        await caller.send_dtmf("1")
        rung = await member.wait_ringing(20)
        await member.wait_hears(CALLER_HZ, call=rung, timeout_s=20)
        await caller.play(words)
        await asyncio.sleep(tones.duration_s(words) + 1)
        await caller.hangup(out)
        await asyncio.gather(caller.wait_closed(out), member.wait_closed(rung))
    page = await one.api.until(
        "/calls", _is_written_down, timeout_s=90, what="written down", number="+12025550199", limit=1
    )
    note(f"a call of {page['items'][0]['talk_s']:.0f} s, its transcript {page['items'][0]['transcript']['state']}")
    return str(page["items"][0]["id"])


def _is_written_down(page: Json) -> bool:
    return any((call["transcript"] or {"state": "pending"})["state"] != "pending" for call in page["items"])
