"""The phone in the browser: a caller from the telephone network, a queue, a real browser, sound in both directions."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Locator, Page, expect

from controlplane.entrypoints.throw_away import PASSWORD, ThrowAwaySystem
from controlplane.lab.phone import PATIENCE_S
from tests.e2e.desk import Desk
from tests.e2e.sound.heard import hears_speech
from tests.system.office import HANGUP, LOUD, Office, Phones, another_office, hang_up, to
from tests.system.office import Desk as PhoneDesk

CALLER_HZ, COLLEAGUE_HZ, MENU_HZ = 440, 1000, 1500
HEARD = 0.02
"""A loudness that no line without speech reaches; the browser's fake microphone beeps above it once a second."""


SOUNDS = """
    window.sounds = [];
    window.lines = [];
    const [Sound, Connection] = [window.Audio, window.RTCPeerConnection];
    window.Audio = function (...given) { return window.sounds[window.sounds.push(new Sound(...given)) - 1]; };
    window.RTCPeerConnection = class extends Connection {
        constructor(...given) { super(...given); window.lines.push(this); }
    };
"""
"""Keeps what the page plays sound by, and speaks by: neither is in any tree."""
HEARS, SPEAKS = "sounds.at(-1)", "lines.at(-1).getSenders()[0].track"


BLOCK_MICROPHONE = """() => {
    navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("no", "NotAllowedError"); };
}"""
"""As the browser does when the person says no."""


@dataclass(frozen=True)
class Agents:
    """A queue of one person with a browser phone, and a colleague with one of wires."""

    office: Office
    email: str
    line: str
    own_line: str
    wired: PhoneDesk


@pytest.fixture(scope="module")
async def agents(system: ThrowAwaySystem) -> AsyncIterator[Agents]:
    async with another_office(system, "Softphone", "soft") as office:
        wired = await office.desk("602", name="Wilma Wired")
        extension = await office.make("extensions", name="Ada Browser", number="601", busy=wired.here)
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
        line, own_line = await office.line(to("queue", queue)), await office.line(to("extension", extension))
        await office.make(
            "ivr-menus", name="Menu", number="610", prompt=await office.says(MENU_HZ), on_timeout=HANGUP,
            on_invalid=HANGUP, options=[{"digit": "5", "destination": wired.here}],
        )  # fmt: skip
        await office.make("outbound-routes", name="Out", pattern="+X.", trunk_ids=[office.trunk])
        await office.api.apply("Browser phones")
        yield Agents(office, email, line, own_line, wired)


@pytest.fixture
async def ada(desk: Desk, agents: Agents) -> Desk:
    """Her window, its phone ready."""
    await desk.become(agents.email)
    await expect(desk.page.get_by_role("button", name="601 · Ready")).to_be_visible()
    return desk


async def hears_in_page(card: Locator) -> None:
    """Waits until the other side is loud in the browser, by what WebRTC counts (0 to 1)."""
    level = card.locator("[data-level]")
    async with asyncio.timeout(PATIENCE_S):
        while float(await level.get_attribute("data-level") or 0) < HEARD:  # noqa: ASYNC110 - counts bring no event
            await asyncio.sleep(0.2)


async def test_a_queue_call_is_answered_in_the_page_and_both_hear_each_other(
    ada: Desk, agents: Agents, phones: Phones
) -> None:
    page = ada.page
    caller = await phones.outside(agents.office, CALLER_HZ)
    known = {"name": "Cara Müller", "company": "Acme", "numbers": [{"number": caller.account.user}]}
    await agents.office.api.post("/contacts", known)
    out = await caller.dial(agents.line)
    ringing = page.get_by_role("alertdialog", name="Incoming call")
    await expect(ringing).to_contain_text("Queue: Sales")
    await expect(ringing).to_contain_text("Cara Müller")
    await expect(ringing).to_contain_text("Acme")
    await expect(ringing).to_contain_text("called (202) 555-")
    await ada.accessible()
    await ada.picture("rings")
    await ringing.get_by_role("button", name="Answer").click()
    card = page.get_by_role("group").filter(has_text="Talking")
    await expect(card).to_contain_text("Cara Müller")
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


async def test_a_declined_call_goes_on_to_whom_it_goes_when_busy(ada: Desk, agents: Agents, phones: Phones) -> None:
    page = ada.page
    wired = await phones.at(agents.wired, COLLEAGUE_HZ)
    caller = await phones.outside(agents.office, CALLER_HZ)
    out = await caller.dial(agents.own_line)
    ringing = page.get_by_role("alertdialog", name="Incoming call")
    await ringing.get_by_role("button", name="Decline").click()
    rung = await wired.wait_ringing()
    await expect(ringing).to_have_count(0)
    await expect(page.get_by_role("button", name="601 · Ready")).to_be_visible()
    await wired.answer(rung)
    await caller.wait_hears(COLLEAGUE_HZ, call=out, level=LOUD)
    await expect(page.get_by_role("complementary", name="Phone").get_by_role("group")).to_have_count(0)
    await hang_up(caller, out, (wired, rung))


async def takes(page: Page, kind: str, device: str) -> None:
    """Chooses a microphone or a speaker."""
    await page.get_by_role("combobox", name=kind).click()
    await page.get_by_role("option", name=device, exact=True).click()


async def test_another_microphone_speaker_and_volume_hold_at_once_and_are_kept(
    ada: Desk, agents: Agents, phones: Phones
) -> None:
    page = ada.page
    wired = await phones.at(agents.wired, COLLEAGUE_HZ)
    await page.add_init_script(SOUNDS)
    await page.reload()
    await page.get_by_role("button", name="601 · Ready").click()
    await page.get_by_role("button", name="Sound", exact=True).click()
    await takes(page, "Microphone", "Fake Audio Input 1")
    number = page.get_by_role("combobox", name="Name or number")
    await number.fill("602")
    await number.press("Enter")
    rung = await wired.wait_ringing()
    await wired.answer(rung)
    await hears_speech(rung)
    assert await page.evaluate(f"{SPEAKS}.label") == "Fake Audio Input 1"
    await ada.accessible()

    await takes(page, "Microphone", "Fake Audio Input 2")
    await page.wait_for_function(f"() => {SPEAKS}.label === 'Fake Audio Input 2'")
    await hears_speech(rung)
    await takes(page, "Speaker", "Fake Audio Output 1")
    await page.wait_for_function(f"() => {HEARS}.sinkId !== ''")
    devices = await page.evaluate("navigator.mediaDevices.enumerateDevices()")
    used = await page.evaluate(f"{HEARS}.sinkId")
    assert [one["label"] for one in devices if one["deviceId"] == used] == ["Fake Audio Output 1"]
    await takes(page, "Speaker", "As the system")
    await page.wait_for_function(f"() => {HEARS}.sinkId === ''")
    await page.get_by_role("slider", name="Volume").press("Home")
    assert await page.evaluate(f"{HEARS}.volume") == 0
    await page.get_by_role("slider", name="Volume").press("ArrowRight")
    assert await page.evaluate(f"{HEARS}.volume") == 0.05

    calls = page.get_by_role("complementary", name="Phone").get_by_role("group")
    await calls.get_by_role("button", name="Mute").click()
    await takes(page, "Microphone", "As the system")
    await page.wait_for_function(f"() => !{SPEAKS}.label.endsWith(' 2')")
    await hears_speech(rung, wanted=False)
    await calls.get_by_role("button", name="Hang up").click()
    await wired.wait_closed(rung)
    await takes(page, "Microphone", "Fake Audio Input 1")
    await page.reload()
    await page.get_by_role("button", name="601 · Ready").click()
    await page.get_by_role("button", name="Sound", exact=True).click()
    await expect(page.get_by_role("combobox", name="Microphone")).to_contain_text("Fake Audio Input 1")
    await expect(page.get_by_role("slider", name="Volume")).to_have_value("0.05")


async def test_a_caller_is_transferred_blindly_and_after_a_word(ada: Desk, agents: Agents, phones: Phones) -> None:
    page = ada.page
    wired = await phones.at(agents.wired, COLLEAGUE_HZ)
    caller = await phones.outside(agents.office, CALLER_HZ)
    calls = page.get_by_role("complementary", name="Phone").get_by_role("group")

    out = await caller.dial(agents.line)
    await page.get_by_role("button", name="Answer").click()
    await hears_speech(out)
    await calls.get_by_role("button", name="Transfer").click()
    await calls.get_by_label("Transfer to").fill("602")
    await ada.picture("transfers")
    await calls.get_by_role("button", name="Transfer now").click()
    rung = await wired.wait_ringing()
    await expect(calls).to_have_count(0)
    await wired.answer(rung)
    await caller.wait_hears(COLLEAGUE_HZ, level=LOUD)
    await hang_up(caller, out, (wired, rung))

    out = await caller.dial(agents.line)
    await page.get_by_role("button", name="Answer").click()
    await hears_speech(out)
    await calls.get_by_role("button", name="Transfer").click()
    await calls.get_by_label("Transfer to").fill("602")
    await calls.get_by_role("button", name="Ask first").click()
    rung = await wired.wait_ringing()
    await wired.answer(rung)
    await hears_speech(rung)
    held = calls.filter(has_text="On hold")
    await held.get_by_role("button", name="Connect them").click()
    await expect(calls).to_have_count(0)
    await caller.wait_hears(COLLEAGUE_HZ, call=out, level=LOUD)
    await wired.wait_hears(CALLER_HZ, call=rung, level=LOUD)
    await hang_up(caller, out, (wired, rung))


async def test_a_number_is_dialled_and_its_menu_hears_the_key(ada: Desk, agents: Agents, phones: Phones) -> None:
    page = ada.page
    wired = await phones.at(agents.wired, COLLEAGUE_HZ)
    await page.get_by_role("button", name="Open the phone").click()
    number = page.get_by_role("combobox", name="Name or number")
    await number.fill("6-10")
    await page.evaluate(BLOCK_MICROPHONE)
    await page.get_by_role("button", name="Call", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("Your browser blocks the microphone")
    await ada.accessible()
    sent: list[str | bytes] = []
    hear = lambda frame: sent.append(frame)  # noqa: E731, PLW0108 - Playwright can't mark a built-in as its listener
    page.on("websocket", lambda socket: socket.on("framesent", hear))
    await page.reload()
    await page.get_by_role("button", name="601 · Ready").click()
    await page.get_by_label("Show as").click()
    await page.get_by_role("option", name=f"Line {agents.line}").click()
    await ada.accessible()
    await ada.picture("shows-a-number")
    outside = {"name": "Zoe Zimmer", "company": "Acme", "numbers": [{"number": "+13105559901", "label": "work"}]}
    await agents.office.api.post("/contacts", outside)
    await number.fill("zimm")
    await expect(page.get_by_role("option")).to_contain_text("Zoe Zimmer(310) 555-9901 · work · Acme")
    await number.fill("wil")
    await expect(number).to_have_accessible_description("Choose one of the suggestions, or type a number.")
    await expect(page.get_by_role("option")).to_contain_text("Wilma Wired602")
    await number.press("ArrowDown")
    await ada.accessible(but=("region",))  # suggestions lie beside the landmarks
    await ada.picture("suggests")
    await number.press("Enter")
    await expect(number).to_have_value("602")
    await number.fill("6-10")
    await number.press("Enter")
    calls = page.get_by_role("complementary", name="Phone").get_by_role("group")
    await expect(calls).to_contain_text("Talking")
    await calls.get_by_role("button", name="Keypad").click()
    await calls.get_by_role("button", name="5", exact=True).click()
    rung = await wired.wait_ringing()
    assert rung.peer_number == "601"
    assert any(f"X-Show-Number: {agents.line}\r\n" in str(frame) for frame in sent)
    await wired.answer(rung)
    await hears_in_page(calls)
    await hears_speech(rung)
    await calls.get_by_role("button", name="Hang up").click()
    await wired.wait_closed(rung)
    await page.reload()
    await page.get_by_role("button", name="601 · Ready").click()
    await number.fill("men")  # no colleague: called lately
    await expect(page.get_by_role("option", name="Menu")).to_contain_text("610")


async def test_a_release_changes_which_numbers_can_be_shown(ada: Desk, agents: Agents) -> None:
    office, page = agents.office, ada.page
    await page.get_by_role("button", name="601 · Ready").click()
    shows = page.get_by_role("combobox", name="Show as")
    spare = await office.make("phone-numbers", name="Spare", number="+12025559999", destination=HANGUP)
    await office.api.apply("One number more")
    await shows.click()
    await page.get_by_role("option", name="Spare").click()
    await expect(shows).to_contain_text("Spare")
    await office.api.patch(f"/phone-numbers/{spare}", {"enabled": False})
    await office.api.apply("One number less")
    await expect(shows).to_contain_text("Usual number")
    await expect(page.get_by_role("button", name="601 · Ready")).to_be_visible()


async def test_one_tab_is_the_phone_until_another_takes_it_over(ada: Desk) -> None:
    page = ada.page
    second = await page.context.new_page()
    await second.goto("/")
    await second.get_by_role("button", name="In use in another tab").click()
    await second.get_by_role("button", name="Use the phone in this tab").click()
    await expect(second.get_by_role("button", name="601 · Ready")).to_be_visible()
    await expect(page.get_by_role("button", name="In use in another tab")).to_be_visible()
    await second.close()
