"""One person on the floor, out of what several cameras tell of them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from models.domain.clothing import Colour
from models.domain.presence import Departure, Exit, Person, Place, Role
from models.domain.truth import Truth
from pipelines.association import FARTHEST_M
from pipelines.rules.continuity import us

ONE_WALK_US = us(3.0)
"""Views of one walk out of the door end within the time that a door's depth takes to walk."""
SIDE_M = 0.2
"""A view's foot point is where the sole nearest to its camera stands, not the middle of the body [P: half a body]."""


@dataclass(frozen=True, slots=True)
class Body:
    """One person on the floor. views: camera -> presence id now; all_views: every presence it ever was."""

    id: str
    entered_us: int
    person: Person
    views: Mapping[str, str]
    all_views: tuple[str, ...]
    seen_by: tuple[tuple[int, str], ...]
    """(from UTC µs on, best camera)."""
    parted: Departure | None = None
    """The departure from its last view, while another view may still take over."""
    left: Departure | None = None
    """The last departure of one of its views that was seen to leave."""
    role_us: int = 0
    """Since when it has had its role."""
    agreed: Place | None = None
    """Where all its views last put it."""

    def best(
        self, people: Mapping[str, Person], blind: Collection[str], shed: Collection[str], before: Person, now_us: int
    ) -> Body:
        """The body as its best view tells it now: seen rather than not, the finer place first; of those that have lost
        it, the one that saw it last.

        people: presences as last told; blind: cameras that cannot see; shed: presences that were somebody else before;
        before: the body as last told, for what its views do not tell at present.
        """
        views = [(c, people[name]) for c, name in self.views.items() if name in people]
        if not views:
            return self
        camera, best = min(views, key=lambda view: _worth(view, blind))
        persons = [person for _, person in views]
        person = replace(
            best,
            id=self.id,
            entered_us=self.entered_us,
            role=_role([*persons, before]),
            seated=_first_known([best.seated, *(p.seated for p in persons)]),
            child=_first_known([best.child, *(p.child for p in persons)]),
            last_seen_us=max(p.last_seen_us for p in persons),
            clothes=_first_worn([self.person, best, *persons]),
            came_in=self.person.came_in or any(p.came_in and p.id not in shed for p in persons),
        )
        seen_by = self.seen_by if self.seen_by[-1][1] == camera else (*self.seen_by, (now_us, camera))
        role_us = self.role_us if person.role is self.person.role and self.role_us else now_us
        one_place = all(p.place.distance_m(best.place) <= FARTHEST_M for p in persons)
        person = replace(person, place=_between(best, [p for c, p in views if c != camera]))
        agreed = best.place if one_place else self.agreed
        return replace(self, person=person, seen_by=seen_by, role_us=role_us, agreed=agreed)

    def without(self, presence: str) -> Body:
        return replace(self, views={camera: name for camera, name in self.views.items() if name != presence})


def unseen(person: Person) -> Person:
    return replace(person, seen=Truth.UNKNOWN, speed_mps=0.0)


def setting_off(gone: Departure, before: Departure | None) -> Departure:
    """A departure through a door that two views saw: the walk set off when the one that saw more of it says."""
    if before is None or gone.how is not Exit.LEFT or abs(gone.last_seen_us - before.last_seen_us) > ONE_WALK_US:
        return gone
    return replace(gone, set_off_us=min(gone.set_off_us, before.set_off_us))


def _worth(view: tuple[str, Person], blind: Collection[str]) -> tuple[bool, int, float, str]:
    """Sorts views of one body, the best first."""
    camera, person = view
    lost = camera in blind or person.seen is not Truth.HOLDS
    return lost, -person.last_seen_us if lost else 0, person.place.sigma_m, camera


def _between(best: Person, others: Sequence[Person]) -> Place:
    """Where the views together put the body: each sees the side that is turned to it, the middle is between them."""
    seen = [p for p in others if p.seen is Truth.HOLDS and p.place.distance_m(best.place) <= FARTHEST_M]
    places = [best.place, *(p.place for p in seen)]
    spots = [(place.floor, 1 / (place.sigma_m**2 + SIDE_M**2)) for place in places if place.floor is not None]
    if best.seen is not Truth.HOLDS or len(spots) < 2:
        return best.place
    whole = sum(weight for _, weight in spots)
    x, y = (sum(spot[axis] * weight for spot, weight in spots) / whole for axis in (0, 1))
    return replace(best.place, floor=(x, y))


def _role(views: Sequence[Person]) -> Role:
    """Staff where one view says so (a uniform seen or a counter stood behind), else visitor, else unknown."""
    roles = {view.role for view in views[:-1]} - {Role.UNKNOWN} or {views[-1].role}
    return Role.STAFF if Role.STAFF in roles else Role.VISITOR if Role.VISITOR in roles else Role.UNKNOWN


def _first_worn(views: Sequence[Person]) -> Colour:
    """Each garment as the first view that knows it tells it."""
    top, bottom = (next((g for v in views if (g := v.clothes[part]) is not None), None) for part in (0, 1))
    return top, bottom


def _first_known(truths: Sequence[Truth]) -> Truth:
    return next((truth for truth in truths if truth is not Truth.UNKNOWN), Truth.UNKNOWN)
