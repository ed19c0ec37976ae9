"""What axe finds on a page, for the tests and the benches."""

from pathlib import Path
from typing import Any

from playwright.async_api import Page

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SETTLED = """() => Promise.all(document.getAnimations()
    .filter((one) => one.effect?.getComputedTiming().iterations !== Infinity)
    .map((one) => one.finished.then(() => null, () => null)))"""
TOOLTIP = 'role="tooltip"'
RUN = """(rules) => axe.run(document, {
    runOnly: {type: "tag", values: rules}, resultTypes: ["violations"], preload: false})"""
"""Without preload: axe would copy the styles of shadow trees, which our security policy forbids and tells of."""


async def violations(page: Page, *, but: tuple[str, ...] = ()) -> list[str]:
    """Each violation of WCAG 2.2 AA that axe can find on what is shown now, as a line."""
    await page.evaluate(SETTLED)  # what fades in has no contrast yet
    await page.evaluate(AXE.read_text())
    result: dict[str, Any] = await page.evaluate(RUN, RULES)
    return [
        f"{one['id']}: {one['help']}: {[html[:160] for html in nodes[:4]]}"
        for one in result["violations"]
        if one["id"] not in but and (nodes := _at_fault(one))
    ]


def _at_fault(violation: dict[str, Any]) -> list[str]:
    """A tooltip is read with what it describes: that it lies beside the landmarks is no fault of the page."""
    nodes = [node["html"] for node in violation["nodes"]]
    return [html for html in nodes if violation["id"] != "region" or TOOLTIP not in html]
