"""One incident: what it says, what one key does, and what a role does not get to see."""

from dataclasses import replace

import httpx
from playwright.sync_api import expect

from api.roles import UserRole
from models.domain.site import Name
from models.texts import text
from tests.browser.site import PASSWORD, S, pictures


def test_it_tells_what_where_how_long_against_which_limit_and_what_was_not_seen(site, visit):
    incident = site.raise_incident(seconds=75, limit=60, blind_s=6, files=pictures())
    here = visit()
    here.enter(site.hire(UserRole.SITE_MANAGER))
    here.page.locator(".gw-row").click()
    page = here.page
    expect(page.get_by_role("heading", level=1)).to_have_text("无人接待")
    for words in ("75 秒", "60 秒", "超出上限 15 秒", "案场配置", "看到 69 秒", "看不到 6 秒", "92%"):
        expect(page.locator(".gw-measured")).to_contain_text(words)
    expect(page.locator(".gw-facts")).to_contain_text("云栖案场")
    expect(page.locator(".gw-facts")).to_contain_text(text("ui.incident.ongoing", "zh"))
    expect(page.locator(".gw-facts")).to_contain_text("轮岗 B2 位")
    figures = page.locator(".gw-figure")
    expect(figures).to_have_count(5)
    for i in range(5):
        figures.nth(i).scroll_into_view_if_needed()
    for image in page.locator(".gw-figure img").all():
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("image => image.naturalWidth") > 0
    page.wait_for_function("() => document.querySelector('video').readyState >= 1")
    before, now = figures.nth(0).bounding_box(), figures.nth(1).bounding_box()
    assert before["y"] == now["y"], "before and now stand side by side"
    expect(page.locator(".gw-history")).to_contain_text(text("ui.history.box", "zh"))
    assert page.url.endswith(incident.dedupe_key)


def test_times_are_told_in_the_site_zone(site, visit):
    at_us = 1_780_281_002_200_000  # 2026-06-01T02:30:02.2Z
    incident = site.raise_incident(t_confirmed_us=at_us, t_first_us=at_us - 60 * S)
    here = visit()
    here.enter(site.hire(UserRole.SITE_MANAGER))
    here.open(f"/incidents/{incident.dedupe_key}")
    expect(here.page.locator(".gw-facts")).to_contain_text("2026-06-01 10:30:02")


def test_one_key_acknowledges_and_the_next_confirms(site, visit):
    incident = site.raise_incident()
    here = visit()
    name = site.hire(UserRole.SATISFACTION_SPECIALIST)
    here.enter(name)
    here.open(f"/incidents/{incident.dedupe_key}")
    here.connected()
    here.page.keyboard.press("a")
    expect(here.page.locator(".gw-title .gw-state")).to_have_text(text("state.acknowledged", "zh"))
    here.page.keyboard.press("c")
    expect(here.page.locator(".gw-title .gw-state")).to_have_text(text("state.confirmed", "zh"))
    lines = here.page.locator(".gw-history li")
    expect(lines).to_have_count(3)
    expect(lines.nth(2)).to_contain_text(name)
    here.page.keyboard.press("Escape")
    expect(here.page.locator(".gw-live")).to_be_visible()


def test_the_way_back_leads_to_the_list_as_it_was_filtered(site, visit):
    site.raise_incident()
    here = visit()
    here.enter(site.hire(UserRole.SITE_MANAGER))
    here.open("/?state=detected&since=24h")
    here.page.locator(".gw-row").click()
    here.page.get_by_role("link", name=text("ui.incident.back", "zh")).click()
    expect(here.page).to_have_url(f"{here.address}/?state=detected&since=24h")
    expect(here.page.get_by_label(text("ui.filter.state", "zh"), exact=True)).to_have_value("detected")


def test_dismissing_asks_for_a_reason_and_keeps_it(site, visit):
    incident = site.raise_incident()
    here = visit()
    here.enter(site.hire(UserRole.SITE_MANAGER))
    here.open(f"/incidents/{incident.dedupe_key}")
    here.connected()
    here.page.keyboard.press("d")
    window = here.page.locator(".gw-dialog")
    window.get_by_label(text("dismiss.camera_fault", "zh")).check()
    window.get_by_role("button", name=text("ui.act.dismissed", "zh")).click()
    expect(here.page.locator(".gw-title .gw-state")).to_have_text(text("state.dismissed", "zh"))
    expect(here.page.locator(".gw-history")).to_contain_text(text("dismiss.camera_fault", "zh"))
    expect(here.page.locator(".gw-acts")).to_contain_text(text("ui.act.none", "zh"))


def test_whoever_comes_second_is_told_and_nothing_is_overwritten(site, visit):
    incident = site.raise_incident()
    first, second = site.hire(UserRole.SITE_MANAGER), site.hire(UserRole.SATISFACTION_SPECIALIST)
    here = visit()
    here.enter(second)
    here.open(f"/incidents/{incident.dedupe_key}")
    here.connected()
    here.page.keyboard.press("d")
    window = here.page.locator(".gw-dialog")
    window.get_by_label(text("dismiss.false_detection", "zh")).check()
    with httpx.Client(base_url=site.address, headers={"Origin": site.address}) as client:
        assert client.post("/api/v1/session", json={"name": first, "password": PASSWORD}).is_success
        moved = client.post(
            f"/api/v1/incidents/{incident.dedupe_key}/transition", json={"to": "confirmed", "expected": "detected"}
        )
        assert moved.is_success, moved.text
    window.get_by_role("button", name=text("ui.act.dismissed", "zh")).click()
    expect(here.page.locator(".gw-conflict")).to_contain_text(text("ui.act.conflict", "zh"))
    expect(here.page.locator(".gw-title .gw-state")).to_have_text(text("state.confirmed", "zh"))
    here.page.locator(".gw-conflict button").click()
    expect(here.page.locator(".gw-conflict")).to_be_hidden()
    expect(here.page.locator(".gw-history li")).to_have_count(2)


def test_an_end_that_the_box_reports_shows_while_the_page_is_open(site, visit):
    incident = site.raise_incident()
    here = visit()
    here.enter(site.hire(UserRole.SITE_MANAGER))
    here.open(f"/incidents/{incident.dedupe_key}")
    here.connected()
    site.send(replace(incident, revision=2, t_end_us=site.now_us, end_reason="resolved"))
    expect(here.page.locator(".gw-title .gw-state")).to_have_text(text("state.self_corrected", "zh"))
    expect(here.page.locator(".gw-facts")).to_contain_text(text("ui.end.resolved", "zh"))


def test_a_role_without_the_permission_sees_no_evidence_and_cannot_act(site, visit):
    incident = site.raise_incident(files=pictures())
    site.tell_camera("cam_hall", Name("大厅", "Hall"))
    site.show_camera("cam_hall", pictures()["now.jpg"][2])
    here = visit()
    asked: list[str] = []
    here.page.on("request", lambda request: asked.append(request.url))
    here.enter(site.hire(UserRole.MYSTERY_SHOPPER))
    expect(here.page.locator(".gw-row")).to_contain_text(text("ui.row.hidden_picture", "zh"))
    here.open(f"/incidents/{incident.dedupe_key}")
    here.connected()
    expect(here.page.get_by_text(text("ui.evidence.forbidden", "zh"))).to_be_visible()
    expect(here.page.locator(".gw-acts")).to_have_text(text("ui.act.forbidden", "zh"))
    here.page.keyboard.press("c")
    here.open("/cameras")
    expect(here.page.locator(".gw-camera")).to_contain_text(text("ui.row.hidden_picture", "zh"))
    assert not [url for url in asked if "/evidence/" in url or "/picture" in url]
    here.open(f"/incidents/{incident.dedupe_key}")
    expect(here.page.locator(".gw-title .gw-state")).to_have_text(text("state.detected", "zh"))


def test_what_a_box_sends_is_read_as_text_and_never_as_markup(site, visit):
    bad = '<img src=x onerror="document.title=1">'
    incident = site.raise_incident(names=Name(bad, bad), zone="z", end_reason=None, cues=(bad,), evidence_note=bad)
    here = visit()
    here.enter(site.hire(UserRole.SITE_MANAGER))
    expect(here.page.locator(".gw-row")).to_contain_text(bad)
    here.open(f"/incidents/{incident.dedupe_key}")
    expect(here.page.locator(".gw-note")).to_have_text(bad)
    assert here.page.locator("img[src=x]").count() == 0


def test_cameras_tell_state_since_when_and_how_much_they_saw(site, visit):
    site.tell_camera("cam_hall", Name("大厅", "Hall"), observed_s=90.0, blind_s=10.0)
    site.show_camera("cam_hall", pictures()["now.jpg"][2])
    site.tell_camera("cam_door", Name("门岗", "Door"), "lost", reason="RTSP 断开")
    here = visit()
    here.enter(site.hire(UserRole.SITE_MANAGER))
    here.page.get_by_role("link", name=text("ui.nav.cameras", "zh"), exact=True).click()
    hall = here.page.get_by_role("article", name="大厅")
    for words in (text("ui.cameras.live", "zh"), "90.0%", "看到 90 秒", "看不到 10 秒", "丢弃 12 帧"):
        expect(hall).to_contain_text(words)
    expect(hall.locator("img")).to_have_js_property("naturalWidth", 960)
    door = here.page.get_by_role("article", name="门岗")
    expect(door).to_contain_text(text("ui.cameras.lost", "zh"))
    expect(door).to_contain_text("RTSP 断开")
