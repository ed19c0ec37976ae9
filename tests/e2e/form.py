"""Configuration objects, made by REST or by filling in their forms."""

from typing import Any
from uuid import uuid4

from playwright.async_api import Locator, Page

from tests.e2e.desk import Desk

HANGUP = {"kind": "hangup"}


def fresh(word: str) -> str:
    """A name that nobody else has."""
    return f"{word} {uuid4().hex[:6]}"


def digits() -> str:
    """A number that hardly anybody has."""
    return "7" + str(uuid4().int)[:7]


def text_box(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("textbox", name=name, exact=True)


async def make(desk: Desk, resource: str, **fields: Any) -> dict[str, Any]:
    return await desk.system.api.post(f"/{resource}", fields)


async def extension(desk: Desk, **fields: Any) -> dict[str, Any]:
    return await make(desk, "extensions", **{"name": fresh("Desk"), "number": digits(), **fields})


async def save(desk: Desk) -> None:
    await desk.page.get_by_role("button", name="Save draft").click()


async def choose(scope: Page | Locator, page: Page, label: str, option: str) -> None:
    """One choice of a drop-down list."""
    await scope.get_by_role("combobox", name=label).click()
    await page.get_by_role("option", name=option, exact=True).click()
