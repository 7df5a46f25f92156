"""When a site is open, and when announced visits arrive: the one place where these rules ask for the site's calendar.

A hall is open while its interior window is (an evening opening prolongs it), and while some post is on duty.
"""

from __future__ import annotations

from models.domain.calendar import WindowId
from models.domain.site import Site
from pipelines.rules.duty import duty_at


def closed_at(site: Site, utc_us: int) -> bool:
    """Whether the hall is closed and no post is on duty."""
    if site.calendar.open_at(WindowId.INTERIOR, utc_us) is not None:
        return False
    posts = [post for post in site.posts.values() if post.duty]
    return all(duty_at(post, site.time_zone, utc_us) is None for post in posts)


def vip_arrivals_us(site: Site) -> tuple[int, ...]:
    """Arrivals of the visits that a manager announced, UTC µs, in order."""
    return tuple(sorted(visit.arrives_us for visit in site.calendar.hours.visits))
