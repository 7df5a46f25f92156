"""When a site is open, and when announced visits arrive: the one place where rules ask for the site's calendar.

Opening hours are the duty windows of the site's posts put together: a hall is open while some post is owed. A site
whose posts name no duty window is never closed.
"""

from __future__ import annotations

from models.domain.site import Site
from pipelines.rules.duty import duty_at


def closed_at(site: Site, utc_us: int) -> bool:
    """Whether no post is on duty, at a site with posts that have duty windows."""
    posts = [post for post in site.posts.values() if post.duty]
    return bool(posts) and all(duty_at(post, site.time_zone, utc_us) is None for post in posts)


def vip_arrivals_us(site: Site) -> tuple[int, ...]:
    """Announced arrivals, UTC µs, in order."""
    return tuple(sorted(site.vip_arrivals_us))
