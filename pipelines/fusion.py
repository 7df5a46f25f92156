"""Several cameras, one floor: the same person seen by two cameras is one, and goes on being one from camera to camera.

Cameras with taught floor points share the site's frame of metres. Their presences are associated by place over time
and by role: who stays within the error bars of somebody another camera sees is that person; who turns up where somebody
lost from view a moment ago can have walked is that person, handed over. What remains is somebody new. The parties'
rules hear the floor as if one camera (`FLOOR`) saw it; a site with fewer than two such cameras is passed through.

Uncertainty is kept: between two views a person is *present, unseen*; where no view takes over within HANDOVER_S the
person left when last seen. Pure: `after(message)` gives the next fusion and what the two kinds of rule are to hear.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from models.domain.clothing import UNKNOWN, Colour
from models.domain.messages import Message, Scene, StreamLost, Tick
from models.domain.presence import Departure, Person, Role
from models.domain.site import Site
from models.domain.truth import Truth
from pipelines.association import Pairs
from pipelines.bodies import Bodies
from pipelines.body import Body, unseen
from pipelines.rules.continuity import us

FLOOR = "floor"
"""The camera of fused scenes; no site camera that sees it alone has this meaning."""
SILENT_US = us(5.0)
"""A camera that tells nothing for longer is lost, whether its stream said so or not (docs/time.md 6, `max_gap_s`)."""
UNLEARNT_US = us(90.0)
"""A camera takes a role back within 30 s of clear sight; people stand in each other's way most of the time [P]."""


@dataclass(frozen=True, slots=True)
class Fusion:
    """State over one recording."""

    site: Site
    cameras: frozenset[str]
    bodies: Mapping[str, Body] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    """Presence id -> as last told."""
    fresh: Mapping[str, int] = field(default_factory=dict)
    """Presence id -> when first told, while it is nobody yet."""
    blind: frozenset[str] = frozenset()
    """Cameras lost, sick or silent."""
    heard_us: Mapping[str, int] = field(default_factory=dict)
    """Camera -> its last scene."""
    contested: frozenset[str] = frozenset()
    """Presences whose camera knew their role and does not any more: they no longer vouch for whom they were."""
    pairs: Pairs = Pairs()  # noqa: RUF009 - frozen
    told_us: int = -1
    owed: tuple[Departure, ...] = ()
    """Departures of a moment that was told already: two cameras of one instant make one scene."""
    shed: Mapping[str, tuple[int, Role]] = field(default_factory=dict)
    """Presences that turned out not to be the body they were taken for -> (since when, role then): when that person
    came in, and what it wore, says nothing of theirs."""
    distinct: frozenset[tuple[str, str]] = frozenset()
    """Pairs of bodies that were seen far from each other at one time: never one person."""
    worn: Mapping[str, Colour] = field(default_factory=dict)
    """Presence id -> what it was first known to wear."""
    past: Mapping[str, Body] = field(default_factory=dict)
    """Bodies that are gone: incidents still name their cameras."""

    @classmethod
    def of(cls, site: Site) -> Fusion:
        floors = [camera.id for camera in site.cameras.values() if camera.floor_points]
        return cls(site, frozenset(floors) if len(floors) > 1 else frozenset())

    @property
    def floor_site(self) -> Site:
        """The site as rules about parties see it: one camera for all that share the floor."""
        if not self.cameras:
            return self.site
        first = self.site.cameras[min(self.cameras)]
        others = {name: camera for name, camera in self.site.cameras.items() if name not in self.cameras}
        return replace(self.site, cameras={**others, FLOOR: replace(first, id=FLOOR)})

    def after(self, message: Message) -> tuple[Fusion, Message, Message]:
        """(fusion, what rules about parties hear, what rules about places hear)."""
        if isinstance(message, StreamLost) and message.camera in self.cameras:
            return replace(self, blind=self.blind | {message.camera}), message, message
        if not isinstance(message, Scene) or message.camera not in self.cameras:
            return self, message, message
        return self._silenced(message)._told_by(message)

    def _silenced(self, scene: Scene) -> Fusion:
        """Without the cameras that have told nothing for too long."""
        heard_us = {**self.heard_us, scene.camera: scene.utc_us}
        silent = {camera for camera, at_us in heard_us.items() if scene.utc_us - at_us > SILENT_US}
        return replace(self, heard_us=heard_us, blind=self.blind | silent)

    def _told_by(self, message: Scene) -> tuple[Fusion, Message, Message]:
        if message.view is Truth.UNKNOWN:
            fusion = replace(self, blind=self.blind | {message.camera})
            return *fusion._fused(message, ()), message
        return self._seen(message)

    def camera_of(self, presences: tuple[str, ...], utc_us: int) -> str:
        """The camera that saw the first of these bodies best at a moment."""
        for name in presences:
            body = self.bodies.get(name) or self.past.get(name)
            if body is not None:
                return next((c for at_us, c in reversed(body.seen_by) if at_us <= utc_us), body.seen_by[0][1])
        return min(self.cameras)

    def presences_of(self, bodies: tuple[str, ...]) -> tuple[str, ...]:
        """Every presence that these bodies were, in any camera."""
        found = ((self.bodies.get(name) or self.past.get(name), name) for name in bodies)
        return tuple(dict.fromkeys(v for body, name in found for v in (body.all_views if body else (name,))))

    def _seen(self, scene: Scene) -> tuple[Fusion, Message, Message]:
        camera, now_us = scene.camera, scene.utc_us
        people = {name: p for name, p in self.people.items() if not name.startswith(f"{camera}/")}
        scene = replace(scene, persons=tuple(self._unlearnt(person, now_us) for person in scene.persons))
        contested = self._contested(scene.persons)
        people |= {person.id: person for person in scene.persons}
        pairs = self.pairs.after(camera, scene.persons, people, now_us)
        blind, worn = self.blind - {camera}, self._worn(scene)
        work = Bodies(replace(self, people=people, pairs=pairs, blind=blind, contested=contested, worn=worn), now_us)
        for gone in scene.departed:
            work.part(gone)
        for person in scene.persons:
            work.meet(person)
        work.unite()
        work.let_go()
        fusion = work.done()
        roles = {name: body.person.role for body in fusion.bodies.values() for name in body.views.values()}
        told = replace(scene, persons=tuple(replace(p, role=roles.get(p.id, p.role)) for p in scene.persons))
        return *fusion._fused(scene, tuple(work.departed)), told

    def _worn(self, scene: Scene) -> Mapping[str, Colour]:
        gone = {departure.person for departure in scene.departed}
        dressed = {p.id: p.clothes for p in scene.persons if p.clothes != UNKNOWN and p.id not in self.worn}
        if not dressed and gone.isdisjoint(self.worn):
            return self.worn
        return {name: colour for name, colour in self.worn.items() if name not in gone} | dressed

    def _contested(self, persons: Sequence[Person]) -> frozenset[str]:
        unknown = {person.id for person in persons if person.role is Role.UNKNOWN}
        known = {person.id for person in persons} - unknown
        fell = {name for name in unknown if name in self.people and self.people[name].role is not Role.UNKNOWN}
        return (self.contested & self.people.keys() - known) | fell

    def _unlearnt(self, person: Person, now_us: int) -> Person:
        """Without the visitor's role that a presence had as somebody else, until its camera must have seen otherwise: a
        member of staff would make a party. Staff mostly change places with staff, so that role stays."""
        since_us, role = self.shed.get(person.id, (0, Role.UNKNOWN))
        unsure = role is Role.VISITOR and person.role is role and now_us - since_us < UNLEARNT_US
        return replace(person, role=Role.UNKNOWN) if unsure else person

    def _fused(self, scene: Scene, departed: tuple[Departure, ...]) -> tuple[Fusion, Message]:
        """The floor's scene at this moment; nothing new where the moment was told already."""
        if scene.utc_us <= self.told_us:
            return replace(self, owed=(*self.owed, *departed)), Tick(scene.utc_us)
        told = replace(self, told_us=scene.utc_us, owed=())
        return told, told._scene(scene.utc_us, (*self.owed, *departed))

    def _scene(self, now_us: int, departed: tuple[Departure, ...]) -> Scene:
        sick = self.blind >= self.cameras
        blind = frozenset(name for name, body in self.bodies.items() if self.blinded(body))
        persons = tuple(unseen(b.person) if n in blind else b.person for n, b in self.bodies.items())
        return Scene(FLOOR, f"{FLOOR}/1", now_us, persons, departed, Truth.UNKNOWN if sick else Truth.HOLDS, blind)

    def blinded(self, body: Body) -> bool:
        """Whether none of the cameras that had the body in view can see now."""
        return bool(body.views) and self.blind.issuperset(body.views)
