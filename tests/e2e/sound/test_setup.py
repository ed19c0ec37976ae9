"""First start to first answered call: the guide of the page, a real phone with what the guide shows, a real caller."""

from playwright.async_api import Locator, expect

from controlplane.lab.addresses import own_address
from controlplane.lab.phone_model import Account
from tests.e2e.desk import Desk
from tests.system.office import Phones, talk

APPLIED_MS = 40_000
SLOW_MS = 20_000
"""An import checks everything there is."""
LIGHT_MS = 40_000
"""Asterisk asks a carrier every 15 s, the page asks for lights every 5 s."""


async def work_in(desk: Desk, name: str) -> None:
    """A new organisation, in which the admin works from now on."""
    await desk.system.api.post("/organizations", {"name": name})
    await desk.open("/admin/organizations", "Organisations")
    await desk.page.get_by_role("button", name=f"Actions: {name}").click()
    await desk.page.get_by_role("menuitem", name="Work here").click()
    await expect(desk.page.get_by_text("You are working in another organisation:")).to_be_visible()


def step(desk: Desk, title: str) -> Locator:
    """The button that opens a step."""
    return desk.page.get_by_role("heading", level=2, name=title).get_by_role("button")


async def value_of(desk: Desk, label: str) -> str:
    """What the guide shows beside a word."""
    found = desk.page.locator("dt", has_text=label).locator("xpath=following-sibling::dd[1]")
    return (await found.inner_text()).strip()


async def make_place(desk: Desk) -> None:
    page = desk.page
    await page.get_by_role("textbox", name="Place").fill("Corner shop")
    for day in ("Sat", "Sun"):
        await page.get_by_role("button", name=day, exact=True).click()
    for label in ("From", "Until"):  # round the clock, so that the caller is let in whenever this runs
        await page.get_by_role("textbox", name=label).fill("00:00")
    await page.get_by_role("button", name="Save place and hours").click()


async def make_phone(desk: Desk) -> Account:
    """The first phone; gives what the page says to type into it."""
    page = desk.page
    await page.get_by_label("Who answers").fill("Front desk")
    await page.get_by_label("Extension").fill("x")
    await page.get_by_role("button", name="Make the phone").click()
    await expect(page.get_by_text("must be 2 to 8 digits").first).to_be_visible()
    await page.get_by_label("Extension").fill("201")
    await page.get_by_role("button", name="Make the phone").click()
    await expect(page.get_by_role("img", name="SIP address with password")).to_be_attached(timeout=SLOW_MS)
    port = (await value_of(desk, "Port")).split(" ")[0]
    server = f"{await value_of(desk, 'Server')}:{port}"
    return Account(await value_of(desk, "User name"), server, await value_of(desk, "Password"))


async def make_trunk(desk: Desk, carrier: str) -> None:
    page = desk.page
    await page.get_by_role("textbox", name="Carrier", exact=True).fill("Carrier")
    await page.get_by_label("How it knows you").click()
    await page.get_by_role("option", name="Our address").click()
    await page.get_by_label("Carrier's server").fill(carrier)
    await page.get_by_role("button", name="Make the trunk").click()


async def test_from_first_start_to_first_answered_call(desk: Desk, phones: Phones) -> None:
    page, carrier = desk.page, own_address()
    await work_in(desk, "First start")
    await desk.open("/setup", "Set-up guide")
    await desk.accessible()
    await make_place(desk)

    await expect(page.get_by_label("Who answers")).to_be_visible(timeout=SLOW_MS)
    account = await make_phone(desk)
    await desk.accessible()
    await page.get_by_role("button", name="Apply now").click()
    await expect(page.get_by_text("Not registered yet")).to_be_visible(timeout=APPLIED_MS)
    front = await phones.start(account, 1000, answer_after_s=0.5)
    await front.register()
    await expect(page.get_by_text("Registered", exact=True)).to_be_visible(timeout=LIGHT_MS)
    await desk.picture("phone")

    await step(desk, "The first trunk").click()
    await make_trunk(desk, carrier)
    await phones.carrier(carrier)
    await step(desk, "The first number").click()
    await page.get_by_label("Phone number").fill("+1 202 555 0177")
    await page.get_by_role("button", name="Make the number").click()
    await step(desk, "Put it in force").click()
    await page.get_by_role("button", name="Apply now").click()
    await expect(page.get_by_text("Everything is in force")).to_be_visible(timeout=APPLIED_MS)
    await step(desk, "The first trunk").click()
    await expect(page.get_by_text("Up: the carrier answers")).to_be_visible(timeout=LIGHT_MS)

    await step(desk, "Test call").click()
    await page.get_by_role("button", name="Play a call").click()
    await expect(page.get_by_text("It ends:")).to_be_visible(timeout=30_000)
    await expect(page.get_by_role("listitem").filter(has_text="Front desk").first).to_be_visible()
    await page.get_by_role("button", name="Ring my phone").click()
    await expect(page.get_by_text("Answered.")).to_be_visible(timeout=30_000)
    echo = front.current
    await front.hangup(echo)
    await front.wait_closed(echo)
    await expect(page.get_by_role("link", name="Look at the call")).to_be_visible(timeout=30_000)
    await desk.accessible()
    await desk.picture("test-call")

    caller = await phones.start(Account.of_carrier("+13105550123", phones.server), 440, address=carrier)
    call = await caller.dial("+12025550177")
    await caller.wait_established(call)
    await talk(caller, 440, front, 1000)
    await caller.hangup(call)


async def test_an_example_is_looked_at_made_and_taken_back(desk: Desk) -> None:
    page = desk.page
    await work_in(desk, "Examples")
    await desk.open("/setup", "Set-up guide")
    await page.get_by_role("button", name="Look at it: Chain of stores").click()
    preview = page.get_by_role("dialog", name="Chain of stores")
    await expect(preview.get_by_text("New: queue Customer service")).to_be_visible(timeout=SLOW_MS)
    await desk.accessible()
    await preview.get_by_role("button", name="Make all of it").click()
    await expect(page.get_by_text("Made. Look round in the steps below")).to_be_visible(timeout=SLOW_MS)
    await expect(step(desk, "The first number").get_by_role("img", name="done")).to_be_attached()
    await page.get_by_role("button", name="Take it back").click()
    await page.get_by_role("dialog").get_by_role("button", name="Take it back").click()
    await expect(page.get_by_text("Taken back.")).to_be_visible(timeout=SLOW_MS)
    await expect(step(desk, "The first number").get_by_role("img", name="done")).not_to_be_attached()


async def test_who_may_not_set_up_is_not_sent_there(desk: Desk) -> None:
    await expect(desk.page.get_by_role("link", name="Set-up guide")).to_be_visible()
    email = "no-setup@demo.test"
    made = await desk.system.api.post("/users", {"email": email, "name": "Eve", "role": "executive"})
    await desk.become(email, made["password"])
    await expect(desk.page.get_by_role("link", name="Set-up guide")).not_to_be_attached()
    await desk.open("/setup", "Set-up guide")
    await expect(desk.page.get_by_text("You may not see this")).to_be_visible()
    await desk.accessible()
