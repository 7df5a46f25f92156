"""Signing in and out, what is closed without it, and the two languages."""

from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from playwright.sync_api import expect

from api.roles import UserRole
from models.texts import text


@pytest.mark.parametrize("path", ["/", "/cameras", "/incidents/0123456789abcdef0123456789abcdef"])
def test_pages_are_closed_without_a_session(opened, path):
    answer = httpx.get(opened[0] + path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert "云栖" not in answer.text


def test_an_unknown_address_keeps_the_one_error_shape(opened):
    for answer in (httpx.get(opened[0] + "/no-such-page"), httpx.get(opened[0] + "/api/v1/no-such-thing")):
        assert answer.status_code in {401, 404}
        assert set(answer.json()["error"]) >= {"code", "what", "next_step"}


def test_the_browser_is_told_to_load_nothing_from_elsewhere_and_nobody_may_frame_the_pages(opened):
    for path in ("/sign-in", "/_pages/pages.css", "/_pages/pages.js"):
        answer = httpx.get(opened[0] + path)
        assert answer.status_code == 200
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "http" not in policy


def test_the_page_channel_is_shut_to_other_sites(opened):
    channel = f"{opened[0]}/_nicegui_ws/socket.io/?EIO=4&transport=polling"
    assert httpx.get(channel, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    assert httpx.get(channel, headers={"Origin": opened[0]}).status_code != 403


def test_a_wrong_password_is_refused_in_words_and_the_right_one_opens_the_list(site, visit):
    name = site.hire(UserRole.SITE_MANAGER)
    here = visit()
    here.open("/")
    expect(here.page.locator("html")).to_have_attribute("lang", "zh-CN")
    here.sign_in(name, "not the password")
    expect(here.page.get_by_role("alert")).to_have_text(text("ui.sign_in.refused", "zh"))
    assert here.page.locator("input[name=password]").input_value() == ""
    here.complaints.clear()  # the browser itself notes the 401 in its console
    here.enter(name)
    expect(here.page.get_by_role("heading", name=text("ui.nav.incidents", "zh"))).to_be_visible()
    cookie = next(c for c in here.page.context.cookies() if c["name"] == "guiwei_session")
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"


def test_guessing_is_slowed_down_and_says_so(site, visit):
    name = site.hire(UserRole.SAFETY_OFFICER)
    here = visit()
    here.open("/sign-in")
    for guess in range(5):
        with here.page.expect_response("**/api/v1/session"):
            here.sign_in(name, f"guess number {guess}")
        expect(here.page.locator("form[data-sign-in] button")).to_be_enabled()
    here.sign_in(name)
    expect(here.page.get_by_role("alert")).to_have_text(text("ui.sign_in.too_often", "zh"))
    here.complaints.clear()  # 401 and 429, noted by the browser itself


def test_signing_in_leads_back_to_the_page_that_was_wanted(site, visit):
    here = visit()
    here.open("/energy?day=2026-06-01")
    here.sign_in(site.hire(UserRole.SITE_MANAGER))
    expect(here.page.get_by_role("heading", name=text("ui.nav.energy", "zh"))).to_be_visible()
    assert here.page.url.endswith("/energy?day=2026-06-01")


@pytest.mark.parametrize(
    ("asked", "onward"),
    [
        ("/figures?from=2026-06-01&to=2026-06-07", "/figures?from=2026-06-01&to=2026-06-07"),
        ("/?rule=a%26b&next=//elsewhere.example", "/?rule=a%26b&next=//elsewhere.example"),
        ("/incidents/a%3fx?y=1", "/incidents/a%3Fx?y=1"),
        ("/cameras?" + "x" * 2000, "/cameras"),
    ],
)
def test_what_was_asked_of_a_page_survives_signing_in_and_nothing_else_does(opened, asked, onward):
    location = httpx.get(opened[0] + asked).headers["location"]
    assert parse_qsl(urlsplit(location).query) == [("next", onward)]


@pytest.mark.parametrize("onward", ["//elsewhere.example/", "/\\elsewhere.example", "https://elsewhere.example/"])
def test_signing_in_leads_nowhere_else(opened, onward):
    page = httpx.get(opened[0] + "/sign-in", params={"next": onward})
    assert "elsewhere.example" not in page.text


def test_signing_out_closes_this_session_for_good(site, visit):
    here = visit()
    here.enter(site.hire(UserRole.SITE_MANAGER))
    kept = {c["name"]: c["value"] for c in here.page.context.cookies()}
    here.page.get_by_role("button", name=text("ui.sign_out", "zh")).click()
    expect(here.page.locator("input[name=password]")).to_be_visible()
    assert httpx.get(here.address + "/", cookies=kept).status_code == 303


def test_a_session_that_ends_while_the_page_is_open_leads_to_the_sign_in_page(site, visit):
    here = visit()
    here.enter(site.hire(UserRole.SITE_MANAGER))
    here.open("/?state=all")
    here.connected()
    cookies = {c["name"]: c["value"] for c in here.page.context.cookies()}
    answer = httpx.delete(
        here.address + "/api/v1/session",
        cookies=cookies,
        headers={"Origin": here.address, "X-Requested-With": "guiwei"},
    )
    assert answer.is_success, answer.text
    expect(here.page.locator("input[name=password]")).to_be_visible()
    assert here.page.url == f"{here.address}/sign-in?next=/%3Fstate%3Dall"


def test_the_other_language_is_kept_in_this_browser(site, visit):
    site.raise_incident()
    here = visit()
    here.enter(site.hire(UserRole.SITE_MANAGER))
    expect(here.page.locator(".gw-row")).to_contain_text(text("rule.greeter.visitor_unapproached.name", "zh"))
    here.page.get_by_role("button", name="English").click()
    expect(here.page.locator("html")).to_have_attribute("lang", "en-US")
    expect(here.page.locator(".gw-row")).to_contain_text("Visitor unapproached")
    expect(here.page.locator(".gw-row")).to_contain_text("Hall")
    here.open("/cameras")
    expect(here.page.get_by_role("heading", name="Cameras")).to_be_visible()
