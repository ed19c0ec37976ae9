"""Logging in, staying in, getting out."""

from playwright.async_api import expect

from tests.e2e.desk import Desk


async def test_a_login_outlives_a_reload_and_ends_when_told(desk: Desk) -> None:
    await expect(desk.page.get_by_role("region", name="Today")).to_be_visible()  # axe trips over what appears meanwhile
    await desk.accessible()
    await desk.page.reload()
    await expect(desk.page.get_by_role("navigation", name="Main")).to_be_visible()
    assert await desk.page.evaluate("Object.values(localStorage).concat(Object.values(sessionStorage))") == []
    assert await desk.page.evaluate("document.cookie") == "", "scripts can't read the refresh token"
    await desk.page.get_by_role("button", name="Your account").click()
    await desk.page.get_by_role("menuitem", name="Log out").click()
    await expect(desk.page.get_by_role("button", name="Log in")).to_be_visible()
    await desk.accessible()
    await desk.page.reload()
    await expect(desk.page.get_by_role("button", name="Log in")).to_be_visible()


async def test_without_https_all_works_but_the_phone(desk: Desk) -> None:
    """Browsers give pages of plain http less; here it is taken from one of 127.0.0.1, which they trust."""
    page = desk.page
    await page.add_init_script("""
        for (const gone of ["locks", "clipboard", "mediaDevices"])
            Object.defineProperty(Navigator.prototype, gone, {value: undefined});
        Object.defineProperty(Crypto.prototype, "randomUUID", {value: undefined});
        Object.defineProperty(window, "isSecureContext", {value: false});
    """)
    await page.reload()
    await expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    await desk.open("/rehearsal", "Try a call")
    await page.get_by_role("button", name="Add a phone").click()
    await expect(page.get_by_role("button", name="Remove")).to_be_visible()


async def test_a_wrong_password_is_said(desk: Desk) -> None:
    await desk.page.context.clear_cookies()
    await desk.page.reload()
    await desk.page.get_by_label("Email").fill("admin@demo.test")
    await desk.page.get_by_label("Password").fill("not the password")
    await desk.page.get_by_role("button", name="Log in").click()
    await expect(desk.page.get_by_role("alert")).to_contain_text("is wrong")
