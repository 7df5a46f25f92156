"""The furniture page: a plan coloured by state, offsets with sigma, the overlay; a manager approves a baseline."""

from __future__ import annotations

import httpx
import pytest
from playwright.sync_api import expect

from api.roles import UserRole
from models.texts import text
from tests.browser.furniture import tell
from tests.browser.visit import DESKTOP, PHONE


@pytest.fixture
def told(site):
    headers = {"Authorization": f"Bearer {site.token}", "X-Site": site.id}
    with httpx.Client(base_url=site.address, headers=headers, timeout=60) as box:
        tell(box, site.now_us)
    return site


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_reader_sees_what_stands_where_and_how_sure_it_is(told, visit, size):
    here = visit(size)
    here.enter(told.hire(UserRole.SAFETY_OFFICER))
    here.open("/furniture")
    expect(here.page.locator(".fu-card")).to_have_count(8)
    chair = here.page.locator(".fu-card.is-displaced")
    expect(chair).to_contain_text("167 ± 6 mm")
    expect(chair).to_contain_text(text("ui.furniture.state.displaced", "zh"))
    expect(here.page.locator(".fu-plan .fu-item.is-displaced")).to_have_count(1)
    expect(chair.locator(".fu-course")).to_have_count(1)
    expect(here.page.locator(".fu-view img")).to_be_visible()
    assert here.page.locator(".fu-view polygon").count() >= 6
    expect(here.page.get_by_role("button", name=text("ui.furniture.propose", "zh"))).to_have_count(0)
    assert here.width_left_over() == 0
    here.connected()
    here.page.locator("[data-language=en]").click()
    expect(here.page.get_by_role("heading", name=text("ui.furniture", "en"))).to_be_visible()
    assert here.width_left_over() == 0


def test_a_specialist_proposes_and_a_manager_approves(told, visit):
    specialist = visit()
    specialist.enter(told.hire(UserRole.SATISFACTION_SPECIALIST))
    specialist.open("/furniture")
    specialist.connected()
    specialist.page.get_by_role("button", name=text("ui.furniture.propose", "zh")).click()
    expect(specialist.page.locator(".fu-version.is-proposed")).to_have_count(1)
    expect(specialist.page.get_by_role("button", name=text("ui.furniture.approve", "zh"))).to_have_count(0)
    manager = visit()
    manager.enter(told.hire(UserRole.SITE_MANAGER))
    manager.open("/furniture")
    manager.connected()
    manager.page.get_by_role("button", name=text("ui.furniture.approve", "zh")).click()
    expect(manager.page.locator(".fu-version.is-frozen")).to_have_count(1)
    expect(manager.page.locator(".fu-version.is-frozen")).to_contain_text(f"site_manager.{told.id}")
