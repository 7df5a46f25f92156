"""How figures and moments are said, and which addresses the pages give and take."""

from urllib.parse import parse_qsl

import pytest

from api.ui.cards import Wish
from api.ui.incident_list import address_of, wish_of
from api.ui.mounting import is_closed, is_open
from api.ui.sign_in_page import own_path
from api.ui.wording import Wording, language_of
from models.domain.finding import Quantity, Threshold

ZH, EN = Wording("zh"), Wording("en")
MINUTE_US = 60_000_000


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (0, "0 秒", "0 s"),
        (2.25, "2.2 秒", "2.2 s"),
        (9.97, "10 秒", "10 s"),
        (75.4, "75 秒", "75 s"),
        (119.6, "2 分钟", "2 min"),
        (214, "3 分 34 秒", "3 min 34 s"),
        (3_599.7, "1 小时 0 分", "1 h 0 min"),
        (18_432, "5 小时 7 分", "5 h 7 min"),
    ],
)
def test_durations(seconds, zh, en):
    assert ZH.duration(seconds) == zh
    assert EN.duration(seconds) == en


def test_other_units_are_said_as_they_are():
    assert ZH.quantity(Quantity(31.5, "mm")) == "31.5 mm"
    assert EN.quantity(Threshold(26.0, "°C", "site file")) == "26 °C"


@pytest.mark.parametrize(
    ("minutes", "zh"),
    [(-3, "刚刚"), (0.9, "刚刚"), (59, "59 分钟前"), (60, "1 小时前"), (47 * 60, "47 小时前"), (48 * 60, "2 天前")],
)
def test_ages(minutes, zh):
    assert ZH.ago(0, round(minutes * MINUTE_US)) == zh


def test_moments_are_local_to_the_site_and_an_unreadable_zone_is_china():
    us = 1_780_281_002_200_000
    assert ZH.moment(us, "Europe/Lisbon") == "2026-06-01 03:30:02"
    assert EN.moment(us, "Asia/Shanghai") == "01 Jun 2026 10:30:02"
    assert ZH.moment(us, "Nowhere/Land", "clock") == "10:30:02"


def test_what_the_catalogue_does_not_know_is_shown_as_it_came():
    assert ZH.rule("furniture.of_tomorrow") == "furniture.of_tomorrow"
    assert EN.source(Threshold(60, "s", "domain.md 2.4")) == "domain.md 2.4"
    assert ZH.source(Threshold(60, "s", "site file")) == "案场配置"


def test_chinese_comes_first():
    assert language_of(None, None) == "zh"
    assert language_of("fr", "en") == "en"
    assert language_of("zh", "en") == "zh"


@pytest.mark.parametrize(
    "wish",
    [Wish(), Wish(state="all"), Wish("dismissed", "wait.reception", "hall 2&3", "high", "7d")],
)
def test_a_filter_survives_its_address(wish):
    query = address_of(wish).partition("?")[2]
    assert wish_of(dict(parse_qsl(query))) == wish


def test_a_made_up_filter_is_no_filter():
    made_up = {"state": "penalised", "rule": "a.b", "severity": "worst", "since": "1y"}
    assert wish_of(made_up) == Wish()


@pytest.mark.parametrize("path", ["//host/a", "/\\host", "https://host", "javascript:alert(1)", "", "/a\nb"])
def test_no_way_onward_leaves_the_site(path):
    assert own_path(path) == "/"


def test_the_pages_own_nothing_of_the_api():
    for path in ("/api/v1/incidents", "/health", "/metrics", "/anything", "/incidents", "/sign-in/x"):
        assert not is_open(path)
        assert not is_closed(path)
    assert is_closed("/incidents/0123")
    assert own_path("/incidents/0123") == "/incidents/0123"
