"""The page of figures: what a box told, in words and curves, for supervisors only, on a telephone too."""

from datetime import datetime
from zoneinfo import ZoneInfo

import httpx
import pytest
from playwright.sync_api import expect

from api.roles import UserRole
from models.domain.instants import us_of_datetime
from models.texts import text
from tests.browser.figures_day import drawn_day
from tests.browser.visit import DESKTOP, PHONE

DAY = "2026-06-01"
OPEN_US = us_of_datetime(datetime(2026, 6, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai")))


@pytest.fixture
def told(site):
    """The site's day, told as a box tells it, with registrations that a manager brought."""
    with httpx.Client(base_url=site.address, headers={"Authorization": f"Bearer {site.token}"}) as box:
        answer = box.put(f"/api/v1/figures/20260601T010000Z/{DAY}", json=drawn_day(site.id, OPEN_US))
        assert answer.status_code == 201, answer.text
    with httpx.Client(base_url=site.address, headers={"X-Requested-With": "tests"}) as person:
        name = site.hire(UserRole.SITE_MANAGER)
        person.post("/api/v1/session", json={"name": name, "password": "迎宾-before-noon-41"})
        lines = [{"reference": f"R-{n}", "at": f"2026-06-01T{9 + n % 8:02}:15:00+08:00"} for n in range(31)]
        body = {"site_id": site.id, "registrations": lines}
        assert person.post("/api/v1/registrations", json=body).status_code == 201
    return site, name


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_supervisor_reads_a_day(told, visit, size):
    site, name = told
    here = visit(size)
    here.enter(name)
    here.open(f"/figures?site={site.id}&from={DAY}&to={DAY}")
    waits = here.page.locator(".gw-wait")
    expect(waits).to_have_count(3)
    expect(waits.first).to_contain_text("30 秒内接待")
    expect(here.page.get_by_text("登记 31")).to_be_visible()
    expect(here.page.locator(".gw-post")).to_have_count(3)
    expect(here.page.get_by_text("门岗礼宾")).to_be_visible()
    for path in (".gw-chart .line", ".gw-duty .attended"):
        box = here.page.locator(path).first.bounding_box()
        assert box is not None
        assert box["width"] > 100, "nothing is drawn"
    assert here.width_left_over() == 0
    here.page.locator("[data-language=en]").click()
    expect(here.page.get_by_role("heading", name=text("ui.figures", "en"))).to_be_visible()
    expect(here.page.get_by_text("door concierge", exact=False).first).to_be_visible()
    assert here.width_left_over() == 0


def test_other_days_and_other_roles(told, visit):
    site, name = told
    here = visit()
    here.enter(name)
    here.page.get_by_role("link", name=text("ui.nav.figures", "zh")).click()
    expect(here.page.get_by_text(text("ui.figures.empty", "zh"))).to_be_visible()
    concierge = visit()
    concierge.enter(site.hire(UserRole.DOOR_CONCIERGE))
    expect(concierge.page.get_by_role("link", name=text("ui.nav.cameras", "zh"))).to_be_visible()
    expect(concierge.page.get_by_role("link", name=text("ui.nav.figures", "zh"))).to_have_count(0)
    concierge.open("/figures")
    expect(concierge.page.get_by_text(text("refusal.not_permitted.what", "zh"))).to_be_visible()
    concierge.complaints.clear()  # the browser itself notes the 403 in its console
