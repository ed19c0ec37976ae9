"""What a person at the page does, and what the tests look at besides."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from playwright.async_api import ConsoleMessage, Page, expect

from controlplane.entrypoints.throw_away import PASSWORD, ThrowAwaySystem
from tests.e2e.axe import violations

EXPECTED = ("status of 401", "status of 403", "status of 404", "status of 409", "status of 412", "status of 422")
"""What the browser itself notes about answers that journeys ask for; anything else in the console is a fault."""


@contextlib.contextmanager
def keep_watch(page: Page) -> Iterator[list[str]]:
    """Collects errors of the console, uncaught ones and breaches of the security policy included."""
    faults: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(known in message.text for known in EXPECTED):
            faults.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield faults


@dataclass
class Desk:
    """Somebody's window. ``api`` of the system is the admin's, to set the stage."""

    page: Page
    system: ThrowAwaySystem
    kept: Path

    async def log_in(self, email: str, password: str) -> None:
        """By the login form."""
        await self.page.goto("/")
        await self.page.get_by_label("Email").fill(email)
        await self.page.get_by_label("Password").fill(password)
        await self.page.get_by_role("button", name="Log in").click()
        await expect(self.page.get_by_role("navigation", name="Main")).to_be_visible()

    async def become(self, email: str, password: str = PASSWORD) -> Self:
        """Somebody else sits down at the same window."""
        await self.page.context.clear_cookies()
        await self.log_in(email, password)
        return self

    async def open(self, path: str, heading: str) -> None:
        """Goes to a page and waits until it shows its heading."""
        await self.page.goto(path)
        await expect(self.page.get_by_role("heading", level=1, name=heading)).to_be_visible()

    async def accessible(self, *, but: tuple[str, ...] = ()) -> None:
        """No violation of WCAG 2.2 AA that axe can find on what is shown now."""
        found = await violations(self.page, but=but)
        assert not found, "\n".join(found)

    async def picture(self, name: str) -> None:
        """Keeps a screenshot of this step."""
        self.kept.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=self.kept / f"{name}.png", full_page=True)
