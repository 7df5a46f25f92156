"""Pictures of the pages for the documentation: `python -m tests.browser.make_pictures [DATA_DIR] [--out FOLDER]`.

DATA_DIR is the folder of a server (database and evidence); it is copied and left as it is. Without one, a drawn
showroom is shown. Each picture stays below 200 kB.
"""

from __future__ import annotations

import argparse
import secrets
import shutil
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import Browser, expect, sync_playwright

from api.accounts import Account, add_user
from api.roles import UserRole
from models.domain.clock import SystemClock
from models.domain.finding import Severity
from models.domain.site import Name
from models.store.opening import Store, open_store
from tests.browser import showroom
from tests.browser.server import running, settings
from tests.browser.site import S, Showroom, pictures
from tests.browser.visit import DESKTOP, PHONE, Visit, open_browser, visiting

LIMIT_BYTES = 200_000
NAME = "驻场经理"
HALL, DESK, DOOR = Name("大厅", "Hall"), Name("前台", "Reception"), Name("门岗", "Door post")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("data_dir", nargs="?", type=Path)
    asked.add_argument("--out", type=Path, default=Path("docs/pictures"))
    given = asked.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder) / "data"
        if given.data_dir is None:
            data_dir.mkdir()
        else:
            shutil.copytree(given.data_dir, data_dir)
        take_all(data_dir, given.out, drawn=given.data_dir is None)


def take_all(data_dir: Path, out: Path, *, drawn: bool) -> None:
    """Every page in both languages, at desktop and at phone width."""
    password = secrets.token_urlsafe(16)
    store = open_store(settings(data_dir).store_url)
    add_user(store, Account(NAME, UserRole.SITE_MANAGER), password, now_us=SystemClock().utc_us())
    with running(data_dir) as address, sync_playwright() as playwright, open_browser(playwright) as browser:
        if drawn:
            draw_showroom(address, store)
        for device, size in (("desktop", DESKTOP), ("phone", PHONE)):
            _take_device(browser, address, (device, size), password, out)
    store.close()


def draw_showroom(address: str, store: Store) -> None:
    """A morning's incidents, handled and not."""
    site = Showroom(address, store, "yunqi")
    files = pictures()
    site.raise_incident(seconds=214, severity=Severity.HIGH, names=HALL, ago_s=95, files=files, blind_s=12)
    site.raise_incident(seconds=78, names=HALL, ago_s=560, files=_files((600, 500, 210)), blind_s=0)
    site.raise_incident(
        "greeter.post_unattended",
        seconds=246,
        limit=180,
        zone="door",
        names=DOOR,
        ago_s=1_900,
        files=_files(),
        blind_s=31,
    )
    ended = {"t_end_us": site.now_us - 2_400 * S, "end_reason": "served"}
    site.raise_incident(
        "wait.reception", seconds=96, zone="desk", names=DESK, ago_s=2_450, files=_files((330, 470, 190)), **ended
    )
    site.raise_incident(
        "greeter.post_unattended",
        severity=Severity.WARNING,
        seconds=88,
        limit=60,
        zone="door",
        names=DOOR,
        ago_s=5_200,
        files=_files(),
    )
    site.raise_incident(
        "camera.offline", severity=Severity.WARNING, seconds=42, limit=10, zone="door", names=DOOR, ago_s=9_000
    )
    cameras = (
        ("cam_hall", Name("大厅", "Hall"), "live", 18_432.0, 61.0, ((330, 470, 190), (600, 500, 210))),
        ("cam_desk", Name("前台", "Reception"), "live", 17_903.0, 590.0, ((480, 440, 180),)),
        ("cam_door", Name("门岗", "Door post"), "lost", 12_210.0, 6_283.0, ()),
    )
    for camera, name, state, observed_s, blind_s, people in cameras:
        site.tell_camera(camera, name, state, observed_s=observed_s, blind_s=blind_s)
        site.show_camera(camera, showroom.room(people))


def _files(*people: tuple[int, int, int]) -> dict[str, tuple[str, str, bytes]]:
    return {
        "before.jpg": ("before", "image/jpeg", showroom.room()),
        "now.jpg": ("now", "image/jpeg", showroom.room(people)),
    }


def _take_device(browser: Browser, address: str, device: tuple[str, tuple[int, int]], password: str, out: Path) -> None:
    name, size = device
    with visiting(browser, address, size, scale=1 if name == "desktop" else 2) as visit:
        visit.sign_in(NAME, password)
        expect(visit.page.locator(".gw-live")).to_be_visible()
        for language in ("zh", "en"):
            visit.page.context.add_cookies([{"name": "guiwei_language", "value": language, "url": address}])
            visit.open("/?state=all")
            _take(visit, out / f"list-{language}-{name}.jpg")
            visit.open("/?state=all&severity=high")  # the gravest says most of what a page can show
            row = visit.page.locator(".gw-row").first
            visit.open(row.get_attribute("href") or "/")
            _take(visit, out / f"incident-{language}-{name}.jpg")
            visit.open("/cameras")
            _take(visit, out / f"cameras-{language}-{name}.jpg")


def _take(visit: Visit, file: Path) -> None:
    expect(visit.page.locator("h1")).to_be_visible()
    visit.connected()
    visit.page.wait_for_load_state("networkidle")
    image = cv2.imdecode(np.frombuffer(visit.page.screenshot(animations="disabled"), np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    for quality in (88, 80, 70, 60, 50):
        done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1])
        if done and len(data) < LIMIT_BYTES:
            file.write_bytes(data.tobytes())
            sys.stdout.write(f"{file} {len(data) // 1000} kB\n")
            return
    raise ValueError(f"{file} does not fit into {LIMIT_BYTES} bytes")


if __name__ == "__main__":
    main()
