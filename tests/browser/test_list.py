"""The list keeps itself up to date, filters, and is handled by the keyboard alone."""

from dataclasses import replace

import httpx
from playwright.sync_api import expect

from api.roles import UserRole
from models.domain.finding import Quantity, Severity
from models.domain.site import Name
from models.texts import text
from tests.browser.site import PASSWORD, Showroom, pictures
from tests.browser.visit import PHONE

POST = "greeter.post_unattended"


def state_of(site, key: str, name: str) -> str:
    """What the API says, asked as the person itself."""
    with httpx.Client(base_url=site.address, headers={"Origin": site.address}) as client:
        assert client.post("/api/v1/session", json={"name": name, "password": PASSWORD}).is_success
        return str(client.get(f"/api/v1/incidents/{key}").json()["state"])


def test_an_incident_appears_while_the_page_is_open(site, visit):
    here = visit()
    here.enter(site.hire(UserRole.SITE_MANAGER))
    expect(here.page.get_by_text(text("ui.list.empty", "zh"))).to_be_visible()
    loads: list[str] = []
    here.page.on("load", lambda page: loads.append(page.url))
    incident = site.raise_incident(seconds=75, limit=60, files=pictures())
    row = here.page.locator(f'.gw-row[data-incident="{incident.dedupe_key}"]')
    expect(row).to_be_visible(timeout=2_500)
    for words in ("无人接待", "大厅", "75 秒", "上限 60 秒", "事件", "待确认"):
        expect(row).to_contain_text(words)
    expect(row.locator("img")).to_have_js_property("complete", True)
    assert row.locator("img").evaluate("image => image.naturalWidth") == 960
    assert loads == []


def test_a_revision_changes_its_line_in_place(site, visit):
    incident = site.raise_incident(seconds=75)
    here = visit()
    here.enter(site.hire(UserRole.SITE_MANAGER))
    row = here.page.locator(".gw-row")
    row.focus()
    later = replace(incident, revision=2, measured=Quantity(190.0, "s", 1.0), severity=Severity.HIGH)
    site.send(later)
    expect(row).to_contain_text("3 分 10 秒")
    expect(row).to_contain_text("严重")
    expect(row).to_be_focused()


def test_the_newest_stands_first_and_filters_narrow_the_list(site, visit):
    hall = Name("大厅", "Hall")
    site.raise_incident(ago_s=7_200, severity=Severity.HIGH, names=hall)
    site.raise_incident(POST, ago_s=600, zone="desk", names=Name("前台", "Reception"))
    newest = site.raise_incident(ago_s=30, names=hall)
    here = visit()
    here.enter(site.hire(UserRole.SITE_MANAGER))
    rows = here.page.locator(".gw-row")
    expect(rows).to_have_count(3)
    expect(rows.first).to_have_attribute("data-incident", newest.dedupe_key)
    for name, value, count in (("规则", POST, 1), ("级别", "high", 1), ("区域", "hall", 2), ("时间", "1h", 2)):
        here.page.get_by_label(name, exact=True).select_option(value)
        expect(rows).to_have_count(count)
        here.page.get_by_role("button", name=text("ui.list.clear", "zh")).click()
        expect(rows).to_have_count(3)
    here.page.get_by_label("状态", exact=True).select_option("dismissed")
    expect(here.page.get_by_text(text("ui.list.empty", "zh"))).to_be_visible()
    expect(here.page).to_have_url(f"{here.address}/?state=dismissed")
    here.page.reload()
    expect(here.page.get_by_text(text("ui.list.empty", "zh"))).to_be_visible()


def test_the_keyboard_alone_finds_confirms_and_dismisses(site, visit):
    older = site.raise_incident(ago_s=900, seconds=200)
    newer = site.raise_incident(ago_s=30)
    name = site.hire(UserRole.SITE_MANAGER)
    here = visit()
    here.enter(name)
    keys, rows = here.page.keyboard, here.page.locator(".gw-row")
    keys.press("j")
    expect(rows.nth(0)).to_be_focused()
    keys.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    keys.press("k")
    expect(rows.nth(0)).to_be_focused()
    keys.press("c")
    expect(rows).to_have_count(1)
    assert state_of(site, newer.dedupe_key, name) == "confirmed"
    expect(rows.first).to_be_focused()
    keys.press("d")
    window = here.page.locator(".gw-dialog")
    expect(window).to_be_visible()
    window.get_by_role("button", name=text("ui.act.dismissed", "zh")).click()
    expect(window.get_by_role("alert")).to_have_text(text("ui.dismiss.missing", "zh"))
    window.get_by_label(text("dismiss.authorised_exception", "zh")).check()
    window.get_by_role("textbox").fill("开盘活动")
    window.get_by_role("button", name=text("ui.act.dismissed", "zh")).click()
    expect(here.page.get_by_text(text("ui.list.empty", "zh"))).to_be_visible()
    assert state_of(site, older.dedupe_key, name) == "dismissed"


def test_the_keys_are_told_on_asking(site, visit):
    here = visit()
    here.enter(site.hire(UserRole.SITE_MANAGER))
    here.page.keyboard.press("?")
    expect(here.page.locator(".gw-keys")).to_contain_text(text("ui.keys.move", "zh"))
    here.page.keyboard.press("Escape")
    expect(here.page.locator(".gw-keys")).to_be_hidden()


def test_more_than_a_page_is_shown_on_asking(site, visit):
    for number in range(53):
        site.raise_incident(ago_s=60 + number)
    here = visit()
    here.enter(site.hire(UserRole.SITE_MANAGER))
    rows = here.page.locator(".gw-row")
    expect(rows).to_have_count(50)
    here.page.get_by_role("button", name=text("ui.list.more", "zh")).click()
    expect(rows).to_have_count(53)


def test_a_phone_needs_no_sideways_scrolling(site, visit):
    incident = site.raise_incident(files=pictures())
    site.tell_camera("cam_hall", Name("大厅全景摄像机（东南角）", "Hall overview, south-east corner"))
    name = site.hire(UserRole.SITE_MANAGER)
    here = visit(PHONE)
    here.open("/")
    assert here.width_left_over() <= 0
    here.enter(name)
    for path in ("/", f"/incidents/{incident.dedupe_key}", "/cameras"):
        here.open(path)
        expect(here.page.locator("h1")).to_be_visible()
        assert here.width_left_over() <= 0, path


def test_another_site_is_not_seen(site, opened, visit):
    other = Showroom(opened[0], opened[1], f"{site.id}-other")
    hidden = other.raise_incident()
    site.raise_incident()
    here = visit()
    here.enter(site.hire(UserRole.SITE_MANAGER))
    expect(here.page.locator(".gw-row")).to_have_count(1)
    here.open(f"/incidents/{hidden.dedupe_key}")
    expect(here.page.get_by_text(text("ui.incident.missing", "zh"))).to_be_visible()
    assert hidden.subject not in here.page.content()
    here.complaints.clear()  # the 404 of that page, noted by the browser itself
