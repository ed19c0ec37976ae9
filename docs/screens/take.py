"""Takes the pictures of the main pages: ``python docs/screens/take.py URL EMAIL PASSWORD [name ...]``.

Of a running system with some calls in it. Each page light, dark, and as wide as a phone.
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


async def pages_of(url: str, email: str, password: str) -> dict[str, str]:
    """Addresses by name; some show an object of this system."""
    async with httpx2.AsyncClient(base_url=f"{url}/api/v1", timeout=30) as http:
        login = (await http.post("/auth/login", json={"email": email, "password": password})).raise_for_status()
        http.headers["Authorization"] = f"Bearer {login.json()['access_token']}"

        async def first(path: str, wanted: str = "id") -> str:
            items = (await http.get(path)).raise_for_status().json()["items"]
            return str(next((one["id"] for one in items if one.get(wanted)), items[0]["id"]))

        return {
            "home": "/",
            "calls": "/calls",
            "call": f"/calls/{await first('/calls?status=answered&limit=500', 'recording')}",
            "voicemail": "/voicemails",
            "wallboard": "/queues/wallboard",
            "flow": f"/flows/{await first('/phone-numbers?sort=created_at')}",
            "objects": "/config/extensions",
            "form": f"/config/queues/{await first('/queues')}",
            "changes": "/changes",
            "history": "/changes/history",
            "rehearsal": "/rehearsal",
            "users": "/admin/users",
            "nodes": "/admin/nodes",
            "setup": "/setup",
        }


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
    """All pages, or those that are named."""
    pages = await pages_of(url, email, password)
    program = shutil.which("chromium") or str(ensure_tree("browser", progress=print) / "bin" / "chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for name, look in LOOKS.items():
            page = await log_in(browser, url, email, password, look)
            for what, path in pages.items():
                if names and what not in names:
                    continue
                await page.goto(path)
                await page.wait_for_timeout(SETTLED_MS)
                await page.screenshot(path=HERE / f"{what}.{name}.png")
                print(f"{what}.{name}.png")
            await page.context.close()
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
