"""The energy page tells a zone's day, measured and estimated apart; on the calendar page managers enter visits."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import httpx
from playwright.sync_api import expect

from api.examples import DAY_SHEET
from api.roles import UserRole
from models.domain.instants import iso
from models.domain.site import Name
from models.texts import text
from tests.browser.visit import PHONE

HOUR = 3600.0


def tell_day(site):
    """Today's sheet of the hall, over HTTP as a box does; returns the day."""
    day = datetime.fromtimestamp(site.now_us / 1e6, ZoneInfo("Asia/Shanghai")).date().isoformat()
    people = [[0.0, 8 * HOUR, "unknown"], [8 * HOUR, 12 * HOUR, "occupied"], [12 * HOUR, 13 * HOUR, "empty"]]
    zone = {"subject": "hall", "kind": "zone", "name": DAY_SHEET["zone_name"], "spans": people, "windows": []}
    metered = {"subject": "ac-1", "kind": "aircon", "name": {"zh": "空调", "en": "AC"}, "on_h": 1.0, "off_h": 2.0}
    metered |= {"unknown_h": 0.0, "measured": {"kwh": 7.25, "cost_cny": 5.95}, "estimated": None}
    times = {"run_started": iso(site.now_us - 10**9), "as_of": iso(site.now_us), "day": day}
    things = [*DAY_SHEET["things"], metered]
    sheet = DAY_SHEET | times | {"lanes": [zone, *DAY_SHEET["lanes"]], "things": things}
    headers = {"Authorization": f"Bearer {site.token}"}
    assert httpx.put(f"{site.address}/api/v1/energy", json=sheet, headers=headers, timeout=30).status_code == 200
    return day


def test_a_day_is_told_by_zone_with_its_timeline_and_its_incidents(site, visit):
    day = tell_day(site)
    key = site.raise_incident("energy.light_on_empty", zone="hall", subject="ceiling", names=Name("大厅", "Hall"))
    for size in (None, PHONE):
        here = visit(size) if size else visit()
        here.enter(site.hire(UserRole.SITE_MANAGER) if size is None else f"{UserRole.SITE_MANAGER}.{site.id}")
        here.open("/energy")
        card = here.page.locator("section.en-zone")
        for words in ("销售大厅", "98.0%", "0.25 小时", "7.25 千瓦时 · 5.95 元", "3.60 千瓦时 · 2.95 元"):
            expect(card).to_contain_text(words)
        expect(here.page.locator(".gw-select select")).to_have_value(day)
        assert here.page.locator(".en-track .en-unknown").count() == 2
        assert here.page.locator(".en-track .en-on").first.bounding_box()["width"] > 30
        expect(card.locator(".en-flag a")).to_have_attribute("href", f"/incidents/{key.dedupe_key}")
        assert here.width_left_over() <= 0


def test_a_manager_enters_a_visit_and_takes_it_back_and_others_only_read(site, visit):
    here = visit()
    here.enter(site.hire(UserRole.SITE_MANAGER))
    here.open("/calendar")
    here.connected()
    here.page.locator("input[name=starts]").fill("14:00")
    here.page.locator("input[name=ends]").fill("15:30")
    here.page.get_by_role("button", name=text("ui.calendar.enter", "zh")).click()
    row = here.page.locator(".ca-entry")
    expect(row).to_contain_text("14:00–15:30")
    expect(row).to_contain_text(text("ui.calendar.vip_visit", "zh"))

    reader = visit(PHONE)
    reader.enter(site.hire(UserRole.SALES_CONSULTANT))
    reader.open("/calendar")
    expect(reader.page.locator(".ca-entry")).to_contain_text("14:00–15:30")
    expect(reader.page.locator(".ca-form")).to_have_count(0)
    expect(reader.page.locator(".ca-entry button")).to_have_count(0)
    assert reader.width_left_over() <= 0

    here.page.locator("input[name=day]").fill("2020-01-01")
    here.page.get_by_role("button", name=text("ui.calendar.enter", "zh")).click()
    expect(here.page.locator(".ca-form [role=alert]")).to_contain_text(text("refusal.in_the_past.what", "zh"))
    row.get_by_role("button").click()
    here.page.locator(".gw-dialog .primary").last.click()
    expect(row).to_contain_text(text("ui.calendar.cancelled", "zh"))
    kinds = httpx.get(
        f"{site.address}/api/v1/calendar/for-box", headers={"Authorization": f"Bearer {site.token}"}, timeout=30
    )
    assert [item["cancelled"] for item in kinds.json()["items"]] == [False, True], "the box hears of both"
