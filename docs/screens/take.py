"""Takes the pictures of the main pages: ``python docs/screens/take.py URL EMAIL PASSWORD [name ...]``.

Of a running system with some calls in it. Each page light, dark, and as wide as a phone. The softphone only where it is
named, for its person needs an extension with a phone in the browser.
"""

import asyncio
import shutil
import sys
from pathlib import Path
from typing import Any

import httpx2
from playwright.async_api import Browser, Page, async_playwright

from controlplane.node.runtime import ensure_tree

HERE = Path(__file__).parent
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 800}},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 800}},
}
SETTLED_MS = 2500  # sound is drawn, the canvas has found its place


FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--ignore-certificate-errors",
]
PAGES = {
    "home": "/",
    "calls": "/calls",
    "call": "/calls/{}",
    "contacts": "/contacts",
    "voicemail": "/voicemails",
    "wallboard": "/queues/wallboard",
    "flow": "/flows/{}",
    "objects": "/config/extensions",
    "form": "/config/queues/{}",
    "changes": "/changes",
    "history": "/changes/history",
    "rehearsal": "/rehearsal",
    "users": "/admin/users",
    "nodes": "/admin/nodes",
    "setup": "/setup",
    "softphone": "/my-queues",
}
OBJECTS = {"call": "/calls?status=answered&limit=500", "flow": "/phone-numbers?sort=created_at", "form": "/queues"}
"""Where the pages that show one object find it."""


async def addresses(url: str, email: str, password: str, names: tuple[str, ...]) -> dict[str, str]:
    """The pages' addresses on this system; of calls one with a recording."""
    async with httpx2.AsyncClient(base_url=f"{url}/api/v1", timeout=30) as http:
        login = (await http.post("/auth/login", json={"email": email, "password": password})).raise_for_status()
        http.headers["Authorization"] = f"Bearer {login.json()['access_token']}"
        found = {}
        for name in names:
            object_id = ""
            if name in OBJECTS:
                items = (await http.get(OBJECTS[name])).raise_for_status().json()["items"]
                object_id = next((one["id"] for one in items if one.get("recording")), items[0]["id"])
            found[name] = PAGES[name].format(object_id)
        return found


async def open_softphone(page: Page) -> None:
    """With what it offers for a letter; nothing for who has no extension."""
    await page.get_by_role("button", name="Open the phone").click()
    await page.get_by_label("Name or number").press_sequentially("s")


async def log_in(browser: Browser, url: str, email: str, password: str, look: dict[str, Any]) -> Page:
    """A window with somebody logged in."""
    context = await browser.new_context(base_url=url, reduced_motion="reduce", **look)
    page = await context.new_page()
    await page.goto("/")
    await page.get_by_label("Email").fill(email)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Log in").click()
    await page.get_by_role("button", name="Your account").wait_for()
    return page


async def main(url: str, email: str, password: str, *names: str) -> None:
    """All pages but the softphone, or those that are named."""
    pages = await addresses(url, email, password, names or tuple(name for name in PAGES if name != "softphone"))
    program = shutil.which("chromium") or str(ensure_tree("browser", progress=print) / "bin" / "chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        for name, look in LOOKS.items():
            page = await log_in(browser, url, email, password, look)
            for what, path in pages.items():
                await page.goto(path)
                if what == "softphone":
                    await open_softphone(page)
                await page.wait_for_timeout(SETTLED_MS)
                await page.screenshot(path=HERE / f"{what}.{name}.png")
                print(f"{what}.{name}.png")
            await page.context.close()
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
