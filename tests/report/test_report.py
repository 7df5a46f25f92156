"""Key figures from stored runs: the arithmetic, the command, the page and the workbook, and what is refused."""

import json

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from guiwei.command import app
from models.domain.errors import UsageError
from models.domain.presence import Role
from models.domain.wait_figures import PostRow, WaitRow, post_figures, survival, wait_figures
from pipelines.figures_file import read_figures, write_figures
from tests.stories.scenario import DOOR, HOME, Actor, Story, site


def wait(seconds, end="served", most=None, kind="wait.reception"):
    return WaitRow(kind, "hall", "party-1", 1, 0, seconds, seconds if most is None else most, end, 60.0)


class TestArithmetic:
    def test_without_censored_waits_the_quantiles_are_the_plain_ones(self):
        figures = wait_figures("wait.reception", [wait(s) for s in (10, 20, 30, 40, 50, 60, 70, 80, 90, 100)])
        assert (figures.median_s, figures.p90_s, figures.max_s) == (50, 90, 100)
        assert figures.within_share == 0.6
        assert figures.greeted_share == 0.3

    def test_censored_waits_count_for_as_long_as_they_were_seen(self):
        # By hand, Kaplan-Meier: 10 s: 3/4; 20 s censored; 30 s: 3/4 * 1/2 = 3/8; 40 s: 0.
        curve = survival([wait(10), wait(20, "censored", 90), wait(30), wait(40)])
        assert curve == ((0.0, 1.0), (10.0, 0.75), (30.0, pytest.approx(0.375)), (40.0, 0.0)) or curve == (
            (0.0, 1.0), (10.0, 0.75), (20.0, 0.75), (30.0, pytest.approx(0.375)), (40.0, 0.0)
        )  # fmt: skip
        figures = wait_figures("wait.reception", [wait(10), wait(20, "censored", 90), wait(30), wait(40)])
        assert figures.median_s == 30
        assert figures.known == 3

    def test_who_gave_up_was_not_served_within_the_limit_and_who_was_lost_early_counts_for_nothing(self):
        figures = wait_figures("wait.reception", [wait(20), wait(25, "abandoned"), wait(5, "censored", 80)])
        assert figures.within_share == 0.5
        assert figures.abandoned_share == 0.5

    def test_nothing_known_is_said_to_be_unknown(self):
        figures = wait_figures("wait.reception", [wait(5, "censored", 80)])
        assert (figures.median_s, figures.within_share, figures.abandoned_share) == (None, None, None)

    def test_attendance_is_over_what_could_be_judged_and_observability_over_the_duty(self):
        spans = (("attended", 0, 60), ("unattended", 60, 80), ("unknown", 80, 100))
        rows = [PostRow("desk", status, a * 10**6, b * 10**6) for status, a, b in spans]
        figures = post_figures("desk", rows)
        assert figures.attendance == 0.75
        assert figures.observability == 0.8


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A box's folder with one run: one visitor served after 46 s, one who gave up, a desk left in between."""
    out = tmp_path_factory.mktemp("out")
    served = Actor("served", Role.VISITOR).enters(2, DOOR).walks((7.6, 5.5)).stands(until=150).walks_out()
    leaves = Actor("leaves", Role.VISITOR).enters(30, DOOR).walks((2.5, 5.5)).stands(until=110).walks_out()
    staff = Actor("staff", Role.STAFF).enters(0, HOME).stands(until=45).walks((8.45, 5.6)).stands(until=999)
    engine = Story([served, leaves, staff], 170).played(site(duty=(("10:20", "10:22"),), closes="10:22"), fps=5.0)
    write_figures(out, engine)
    return out


def said(*arguments):
    result = CliRunner().invoke(app, ["report", *map(str, arguments)], env={"COLUMNS": "200"})
    assert result.exception is None, result.exception
    return result.output


def test_a_run_leaves_its_waits_and_its_posts_cut_to_their_duty(run):
    zone, waits, posts = read_figures(run)
    assert zone == "Asia/Shanghai"
    assert [(row.kind, row.end) for row in waits] == [("wait.reception", "served"), ("wait.reception", "abandoned")]
    assert waits[0].wait_min_s == pytest.approx(46, abs=1)
    assert sum(row.seconds for row in posts) == pytest.approx(120, abs=0.3)


def test_the_table_the_page_and_the_workbook_tell_the_same(run, tmp_path):
    asked = ("waits", "--in", run, "--language", "en", "--html", tmp_path / "w.html", "--xlsx", tmp_path / "w.xlsx")
    table = said(*asked)
    assert "waiting at reception" in table
    assert "50%" in table
    page = (tmp_path / "w.html").read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == 2
    assert "gave up" in page
    book = load_workbook(tmp_path / "w.xlsx")
    assert [cell.value for cell in book["Every party"][3]][-1] == "gave up"


def test_posts_and_days_that_were_not_asked_for(run, tmp_path):
    assert "100%" in said("posts", "--in", run, "--language", "en", "--html", tmp_path / "p.html")
    other = said("waits", "--in", run, "--language", "en", "--from", "2026-06-02", "--to", "2026-06-03")
    assert "waiting at reception" not in other


def test_registrations_are_set_against_arrivals(run, tmp_path):
    booked = tmp_path / "r.csv"
    booked.write_text("reference,time\nR-1,2026-06-01T10:21:00\n", encoding="utf-8")
    assert "1 registrations / 2 parties = 50%" in said(
        "waits", "--in", run, "--language", "en", "--registrations", booked
    )


@pytest.mark.parametrize(
    "lines",
    ["reference,time\nR-1,yesterday\n", "reference,time\nR-1,2026-06-01T10:21\nR-1,2026-06-01T10:25\n", "a,b\n1,2\n"],
    ids=["a bad time", "a reference twice", "other columns"],
)
def test_registrations_that_are_wrong_are_refused_as_a_whole(run, tmp_path, lines):
    booked = tmp_path / "r.csv"
    booked.write_text(lines, encoding="utf-8")
    result = CliRunner().invoke(app, ["report", "waits", "--in", str(run), "--registrations", str(booked)])
    assert isinstance(result.exception, UsageError)
    assert str(booked) in str(result.exception)


def test_bad_days_and_folders_without_figures_are_refused_by_name(run, tmp_path):
    for asked in (["--from", "1.6."], ["--from", "2026-06-03", "--to", "2026-06-02"]):
        result = CliRunner().invoke(app, ["report", "waits", "--in", str(run), *asked])
        assert isinstance(result.exception, UsageError)
    result = CliRunner().invoke(app, ["report", "posts", "--in", str(tmp_path)])
    assert isinstance(result.exception, UsageError)
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "x.json").write_text(json.dumps({"waits": 1}), encoding="utf-8")
    result = CliRunner().invoke(app, ["report", "posts", "--in", str(tmp_path)])
    assert isinstance(result.exception, UsageError)
