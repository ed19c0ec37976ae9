"""The phone in the browser: a caller from the telephone network, a queue, a real browser, sound in both directions."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import Locator, expect

from controlplane.entrypoints.throw_away import PASSWORD, ThrowAwaySystem
from controlplane.lab.baresip import BaresipTools
from controlplane.lab.phone_model import PhoneCall
from controlplane.lab.tones import SAMPLE_RATE
from controlplane.node.runtime import ensure_tree
from tests.e2e.desk import Desk
from tests.system.office import HANGUP, Office, Phones, another_office, to

CALLER_HZ, COLLEAGUE_HZ = 440, 1000
HEARD = 0.02
SILENCE = 300.0
"""A loudness that no line without speech reaches; the browser's fake microphone beeps above it once a second."""


@dataclass(frozen=True)
class Agents:
    """A queue of one person with a browser phone, and a colleague with one of wires."""

    office: Office
    email: str
    line: str
    colleague: str
    colleague_desk: object


@pytest.fixture(scope="module")
async def agents(system: ThrowAwaySystem) -> AsyncIterator[Agents]:
    async with another_office(system, "Softphone", "soft") as office:
        extension = await office.make("extensions", name="Ada Browser", number="601")
        colleague = await office.desk("602")
        email = "ada@softphone.test"
        await office.api.post(
            "/users",
            {
                "email": email, "name": "Ada", "role": "staff", "password": PASSWORD,
                "location_ids": [office.location], "extension_ids": [extension],
            },
        )  # fmt: skip
        await office.api.post("/softphone", {"extension_id": extension})
        queue = await office.make(
            "queues", name="Sales", members=[{"extension_id": extension}], overflow=HANGUP, retry_s=1
        )
        line = await office.line(to("queue", queue))
        await office.api.apply("Browser phones")
        yield Agents(office, email, line, colleague.number, colleague)


@pytest.fixture
async def phones(system: ThrowAwaySystem, tmp_path: Path) -> AsyncIterator[Phones]:
    async with contextlib.AsyncExitStack() as stack:
        tools = BaresipTools.from_tree(ensure_tree("phones", progress=print))
        yield Phones(tools, system, tmp_path, stack)


@pytest.fixture
async def ada(desk: Desk, agents: Agents) -> Desk:
    """Her window, its phone ready."""
    await desk.page.context.clear_cookies()
    await desk.log_in(agents.email, PASSWORD)
    await expect(desk.page.get_by_role("button", name="601 · Ready")).to_be_visible()
    return desk


async def hears_speech(call: PhoneCall, *, wanted: bool = True, seconds: float = 1.5) -> None:
    """Waits until the newest part of what a far phone hears is loud, or silent."""
    async with asyncio.timeout(15):
        while True:
            newest = call.recording.samples()[-int(seconds * SAMPLE_RATE) :]
            loud = newest.size and float(np.abs(newest).max()) > SILENCE
            if newest.size >= seconds * SAMPLE_RATE and bool(loud) is wanted:
                return
            await asyncio.sleep(0.1)  # sound brings no event


async def hears_in_page(card: Locator) -> None:
    """Waits until the other side is loud in the browser, by what WebRTC counts (0 to 1)."""
    level = card.locator("[data-level]")
    async with asyncio.timeout(10):
        while float(await level.get_attribute("data-level") or 0) < HEARD:  # noqa: ASYNC110 - counts bring no event
            await asyncio.sleep(0.2)


async def test_a_queue_call_is_answered_in_the_page_and_both_hear_each_other(
    ada: Desk, agents: Agents, phones: Phones
) -> None:
    page = ada.page
    caller = await phones.outside(agents.office, CALLER_HZ)
    out = await caller.dial(agents.line)
    ringing = page.get_by_role("alertdialog", name="Incoming call")
    await expect(ringing).to_contain_text("Queue: Sales")
    await expect(ringing).to_contain_text("called (202) 555-")
    await ada.accessible()
    await ada.picture("rings")
    await ringing.get_by_role("button", name="Answer").click()
    card = page.get_by_role("group").filter(has_text="Talking")
    await expect(card).to_be_visible()
    await hears_speech(out)
    await expect(card).to_contain_text("Good connection")
    await hears_in_page(card)
    await ada.accessible()
    await ada.picture("talks")

    await page.get_by_role("link", name="Home").click()
    await expect(card).to_be_visible()
    await card.get_by_role("button", name="Mute").click()
    await hears_speech(out, wanted=False, seconds=2.5)
    await card.get_by_role("button", name="Unmute").click()
    await hears_speech(out)
    await card.get_by_role("button", name="Hold").click()
    await expect(page.get_by_role("group").filter(has_text="On hold")).to_be_visible()
    await page.get_by_role("button", name="Resume").click()
    await hears_speech(out)
    await card.get_by_role("button", name="Hang up").click()
    await caller.wait_closed(out)
    await expect(card).to_be_hidden()
