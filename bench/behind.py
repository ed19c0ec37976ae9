"""How far behind what happens is home? By a caller who is seen in the menu, and seen to be gone."""

import asyncio
import time

from playwright.async_api import Page

from bench.support import note, phones_tree
from controlplane.entrypoints.throw_away import ThrowAwaySystem
from controlplane.lab.baresip import BaresipTools
from controlplane.lab.phone import Phone
from controlplane.lab.phone_model import Account
from controlplane.lab.shop import Shop

CALLS = 20
TALK_S = 2.0


async def behind(one: ThrowAwaySystem, page: Page, shop: Shop) -> list[float]:
    """Seconds from the answer to "in a menu" on home, and from the hang-up to no call, of each of 20 calls."""
    found: list[float] = []
    await page.goto("/")
    now = page.get_by_role("region", name="Calls now")
    nobody, in_menu = now.get_by_text("No call goes on right now."), now.get_by_text("in a menu")
    await nobody.wait_for()
    account = Account("+12025550198", one.running.sip_address, register=False)
    tools = BaresipTools.from_tree(phones_tree())
    async with Phone(tools, one.folder / "watched", account, address=shop.carrier) as caller:
        for _ in range(CALLS):
            call = await caller.dial(shop.number)
            await caller.wait_established(call)
            begun = time.monotonic()
            await in_menu.wait_for()
            found.append(time.monotonic() - begun)
            await asyncio.sleep(TALK_S)
            begun = time.monotonic()
            await caller.hangup(call)
            await nobody.wait_for()
            found.append(time.monotonic() - begun)
            await caller.wait_closed(call)
    note(f"home was behind by {min(found):.2f} to {max(found):.2f} s")
    return found
