"""From an edit to calls that follow it, and back: review, apply, progress, history, flow tests, tried calls."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Page, expect

from controlplane.entrypoints.throw_away import PASSWORD, ThrowAwaySystem
from tests.e2e.desk import Desk
from tests.system.office import ALL_WEEK, HANGUP, Office, another_office, to

APPLIED_MS = 30_000
SPOKEN_MS = 60_000
"""A plan makes the sounds that are not there yet."""
PLAYED_MS = 60_000
"""A rehearsal may have to start its Asterisk first."""


@dataclass(frozen=True)
class Shop:
    """A line that leads through opening hours to a desk."""

    office: Office
    email: str
    line: str
    hours: str


@pytest.fixture
async def shop(system: ThrowAwaySystem, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    """An organisation of one's own: what another test has edited would wait here too."""
    tag = f"ch{abs(hash(request.node.name)) % 10_000}"
    async with another_office(system, f"Changes {tag}", tag) as office:
        desk = await office.desk("201")
        all_day = [{"days": ALL_WEEK, "start": "00:00", "end": "00:00"}]
        hours = await office.make(
            "time-conditions", name="Opening hours", open=desk.here, closed=HANGUP, open_hours=all_day
        )
        line = await office.line(to("time_condition", hours))
        await office.api.apply("Begin")
        email = f"admin@{tag}.test"
        await office.api.post(
            "/users", {"email": email, "name": "Ada", "role": "admin", "password": PASSWORD, "location_ids": []}
        )
        yield Shop(office, email, line, hours)


@pytest.fixture
async def ada(desk: Desk, shop: Shop) -> Desk:
    """The window of the shop's admin."""
    return await desk.become(shop.email)


async def stands(page: Page, words: str, *, timeout_ms: float = 15_000) -> None:
    await expect(page.get_by_text(words).first).to_be_visible(timeout=timeout_ms)


async def test_hours_are_changed_reviewed_applied_and_taken_back(ada: Desk, shop: Shop) -> None:
    page = ada.page
    await ada.open(f"/config/time-conditions/{shop.hours}", "Opening hours")
    await page.get_by_role("button", name="Remove these hours: Sunday").click()
    await page.get_by_role("button", name="Save draft").click()
    bar = page.get_by_role("status").filter(has_text="1 unpublished change")
    await expect(bar).to_be_visible()
    await bar.get_by_role("link", name="Review").click()

    change = page.get_by_role("listitem").filter(has_text="Time condition Opening hours")
    await expect(change).to_contain_text("Sunday closed, was all day")
    await expect(change).to_contain_text("1 phone number affected")
    await ada.accessible()
    await ada.picture("review")
    await page.get_by_label("Why?").fill("Sundays off")
    await page.get_by_role("button", name="Apply").click()

    await expect(page.get_by_role("heading", level=1, name="Release")).to_be_visible()
    await expect(page.get_by_role("status").filter(has_text="Every node runs it")).to_be_visible(timeout=APPLIED_MS)
    await expect(page.get_by_role("listitem").filter(has_text="main runs it")).to_be_visible()
    await stands(page, "Sundays off")
    await ada.accessible()
    await ada.picture("applied")

    await page.get_by_role("link", name="History").click()
    releases = page.get_by_role("listitem").filter(has_text="Release")
    await expect(releases.filter(has_text="Sundays off")).to_contain_text("Live")
    await ada.accessible()
    await shop.office.api.post("/locations", {"name": "West", "timezone": "UTC", "node": "west"})
    await page.reload()
    await releases.filter(has_text="Begin").get_by_role("link").click()
    await page.get_by_role("button", name="Roll back to this").click()
    question = page.get_by_role("dialog")
    await expect(question).to_contain_text("Sunday all day, was closed")
    await ada.accessible()
    await ada.picture("roll back")
    for node, refused in (("west", "none of the nodes: main"), ("main", None)):  # that release knows of no other
        await question.get_by_label("First on node").click()
        await page.get_by_role("option", name=node).click()
        await question.get_by_role("button", name="Roll back").click()
        if refused:
            await expect(question.get_by_role("alert")).to_contain_text(refused)
    await expect(page.get_by_role("status").filter(has_text="Every node runs it")).to_be_visible(timeout=APPLIED_MS)
    status = await shop.office.api.get("/config/status")
    assert status["changes_count"] == 1, "the edit itself stays"
    newest = await shop.office.api.get(f"/config/releases/{status['newest']['id']}")
    assert newest["rollback_of"] is not None


async def test_a_plan_with_an_error_cannot_be_applied_and_says_why(ada: Desk, shop: Shop) -> None:
    page, office = ada.page, shop.office
    menu = await office.make(
        "ivr-menus", name="Main menu", prompt={"text": "Press one."},
        options=[{"digit": "1", "destination": HANGUP}], on_timeout=HANGUP, on_invalid=HANGUP,
    )  # fmt: skip
    queue = await office.make("queues", name="Sales", overflow=to("ivr_menu", menu))
    back = to("queue", queue)
    await office.api.patch(
        f"/ivr-menus/{menu}", {"on_timeout": back, "options": [{"digit": "1", "destination": back}]}
    )  # fmt: skip
    await ada.open("/changes", "Changes")
    error = page.get_by_role("note").filter(has_text="Sales").first
    await expect(error).to_be_visible(timeout=SPOKEN_MS)
    await expect(page.get_by_role("button", name="Apply")).to_be_disabled()
    await stands(page, "Correct the errors above first")
    await ada.accessible()
    await ada.picture("refused")
    await error.get_by_role("link", name="Open").click()
    await expect(page).to_have_url(re.compile("/config/(queues|ivr-menus)/"))


async def test_two_releases_are_compared_with_their_files(ada: Desk, shop: Shop) -> None:
    page = ada.page
    await shop.office.api.patch(f"/time-conditions/{shop.hours}", {"open_hours": []})
    await shop.office.api.apply("Closed for good")
    await ada.open("/changes/history", "History")
    for reason in ("Begin", "Closed for good"):
        await page.get_by_role("listitem").filter(has_text=reason).get_by_role("checkbox").check()
    await page.get_by_role("button", name="Compare the two").click()
    await stands(page, "open hours:")
    await page.get_by_role("switch", name="Also show the files").click()
    await page.locator("summary").filter(has_text="extensions/").first.click()
    await expect(page.locator("pre").first).to_contain_text("@@")
    await ada.accessible()
    await page.goto("/changes/history?reason=good")
    await expect(page.get_by_role("listitem").filter(has_text="Release")).to_have_count(1)
    await page.goto("/changes/history?reason=nothing+like+it")
    await stands(page, "No release matches")
    await ada.accessible()


async def test_a_call_is_tried_before_it_is_made(ada: Desk, shop: Shop) -> None:
    page = ada.page
    await ada.open("/rehearsal", "Try a call")
    await ada.accessible()
    number = page.get_by_role("combobox", name="Number that is called")
    await number.fill(shop.line[-4:])
    await page.get_by_role("option").first.click()
    await page.get_by_role("button", name="Play the call").click()
    await expect(page.get_by_role("status").filter(has_text="Somebody answers")).to_be_visible(timeout=PLAYED_MS)
    await ada.accessible()
    await ada.picture("tried")
    await page.get_by_role("button", name="Keep as a flow test").click()
    await page.get_by_label("Name", exact=False).first.fill("Somebody answers by day")
    await ada.accessible()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", level=1, name="Somebody answers by day")).to_be_visible()
    tests = (await shop.office.api.get("/flow-tests"))["items"]
    assert [(one["given"]["number"], one["expect"]["ends"]) for one in tests] == [(shop.line, "answered")]


async def test_flow_tests_are_made_from_calls_and_keep_a_change_from_being_applied(ada: Desk, shop: Shop) -> None:
    page = ada.page
    await ada.open("/flow-tests", "Flow tests")
    await ada.accessible()
    await page.get_by_role("button", name="Make tests from how calls go").first.click()
    await page.get_by_role("button", name="Show what would be made").click()
    await page.get_by_role("button", name="Make ").click(timeout=PLAYED_MS)
    await stands(page, ": open", timeout_ms=PLAYED_MS)
    await page.get_by_role("button", name="Run all").click()
    await stands(page, "All passed", timeout_ms=PLAYED_MS)
    await page.get_by_role("combobox", name="Before an apply").click()
    await page.get_by_role("option", name="refuses the apply").click()
    await stands(page, "That counts from now on.")
    await ada.accessible()
    await ada.picture("passed")

    await shop.office.api.patch(f"/time-conditions/{shop.hours}", {"open_hours": []})
    await ada.open("/changes", "Changes")
    await page.get_by_role("button", name="Run on these changes").click()
    await stands(page, "Some failed", timeout_ms=PLAYED_MS)
    await ada.accessible()
    await page.get_by_role("button", name="Apply").click()
    await expect(page.get_by_role("alert").filter(has_text="fails:")).to_be_visible(timeout=PLAYED_MS)
    await ada.picture("kept from it")
    assert (await shop.office.api.get("/config/status"))["newest"]["reason"] == "Begin"
