"""Whom an incident of a post is for: a place in the rota, where the site names one, and nobody in particular else."""

from dataclasses import replace

from models.domain.presence import Role
from tests.stories.scenario import HOME, Actor, Story, only, site

POST, WAIT = "greeter.post_unattended", "greeter.visitor_unapproached"
STORY = Story(
    [
        Actor("holder", Role.STAFF).enters(0, HOME).stands(until=5).walks_out((11.9, 7.9)),
        Actor("visitor", Role.VISITOR).enters(20, (6, 8)).walks((6, 4)).stands(until=400),
    ],
    220,
)


def hall(rota: str):
    where = site(off=only(POST, WAIT))
    return replace(where, posts={"desk": replace(where.posts["desk"], rota_position=rota)})


def told(rota: str):
    return {i.code: i.extra.get("rota_position") for i in STORY.played(hall(rota), fps=5.0).incidents}


def test_the_place_in_the_rota_stands_on_incidents_of_the_post_and_of_who_waits_in_its_zone():
    assert told("B2") == {POST: "B2", WAIT: "B2"}


def test_a_site_without_a_rota_names_nobody():
    assert told("") == {POST: None, WAIT: None}
