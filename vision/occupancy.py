"""Presences of one camera: who is there, seen or unseen, whatever happens to tracks. Pure: pixels come as Evidence.

A presence begins with a believed track and ends only by leaving (over the picture's border or an entrance line) or by
its place being found empty. A track lost in mid-room leaves it *present, unseen*; a new track at its place, or within
reach in like clothes, continues it. Somebody outside the entrance line is followed but not yet part of the scene.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from models.domain.media import US
from models.domain.presence import Departure, Exit, Person, Place, Role
from models.domain.site import Region, Site
from models.domain.truth import Truth
from vision.clothes import Glimpse
from vision.entrances import BY_THE_DOOR_M, TURN_S, Doorway, Entrances, Passage, within
from vision.linking import (
    WEAK_SCORE,
    exchange,
    exchanged,
    heirs_of,
    hides_in,
    note_crowding,
    plausible,
    reachable,
    shadow_of,
    soles_hidden,
    successor_of,
    uncovered,
    wearer_of,
)
from vision.parting import Parting, border_strip, departure, parting_of
from vision.place import Box, Located, Locator
from vision.presence import CONFIRM_FOUND, FOUND_S, Evidence, Presence
from vision.roles import RoleVotes, counter_posts
from vision.tracking import START_SCORE, Sighting, intersection, overlap

START_S = 1.0
"""Whoever is there within the first second of a run was there before it."""
JUST_S = 0.45
"""Two frames at 5 fps: within it a box at the same place is the same person under another id."""
SAME_BOX = 0.4
"""Overlap of a walker's boxes 0.2 s apart is 0.4-0.8 at the distances of a hall; of two people side by side, below."""
MIX_UP_M = 4.0
"""Tracks of people further apart than this are not exchanged within a frame or two."""
PERSON_WALKS_M = 0.8
"""A box that travelled this far is a person: box noise of a printed figure stays below 0.3 m."""
FORGET_S = 1.6
"""An unbelieved track not found for this long never was (the tracker itself coasts 1.5 s)."""
CROSSING_S = 2.0
"""Longer without a sighting between inside and outside, the one outside may be somebody else."""
LEAST_OWN, OWN_SLACK_PX = 0.4, 4.0
"""Share of a box that must be somebody's alone to be watched for life, and how far the others' boxes may waver."""
CLOTHES_EACH_S = 0.35
"""Nobody changes clothes from frame to frame: they are read this often, and in every frame of a presence's first
NEW_S. All at the same moments, so that an exchange is found before what it mixed up is remembered."""
NEW_S = 2.0
RECLAIM_S = 10.0
"""Names that pass round among people who cross pass within seconds."""
CARRIED_S = 10.0
"""A track without a box for longer is dropped by the tracker (vision/tracking.py, COAST_S)."""
LONGEST_GAP_S = 30.0
"""domain.md 2.3: lost for longer than 30 s is censored."""


class Presences:
    """`step` once a frame. Ids are "<camera>/<n>" in the order in which people are believed."""

    def __init__(self, site: Site, camera: str, locator: Locator) -> None:
        self._site, self._camera, self._locator = site, camera, locator
        self._entrances = Entrances(site, camera, has_floor=locator.plane is not None)
        self._counters = counter_posts(site)
        self._all: list[Presence] = []
        self._departed: list[Departure] = []
        self._keys = self._numbers = 0
        self._began_us: int | None = None
        self._last_us: int | None = None
        self._dressed_us: int | None = None
        self._carried: dict[int, int] = {}

    def reset(self, utc_us: int) -> None:
        """A new run: tracks are gone, presences stay unseen; after a gap of more than 30 s they have vanished."""
        long_gap = self._last_us is not None and utc_us - self._last_us > LONGEST_GAP_S * US
        for presence in [p for p in self._all if long_gap or not p.believed]:
            self._end(presence, Parting(Exit.VANISHED, utc_us))
        for presence in self._all:
            presence.track = None
            presence.path.gap()
        self._began_us = utc_us

    def step(self, utc_us: int, sightings: Sequence[Sighting], evidence: Evidence) -> tuple[Departure, ...]:
        """Take in one frame; returns who ended. The shown presences are in `shown` afterwards."""
        if self._began_us is None:
            self._began_us = utc_us
        step_s = 0.0 if self._last_us is None else min((utc_us - self._last_us) / US, 1.0)
        self._last_us = utc_us
        self._follow(utc_us, sightings, evidence)
        now = [p for p in self._all if p.last_found_us == utc_us]
        note_crowding(now, utc_us)
        if self._dressed_us is None or utc_us - self._dressed_us >= CLOTHES_EACH_S * US:
            self._dressed_us = utc_us
            self._mend(now, utc_us, evidence)
        self._believe(now, utc_us, evidence)
        for presence in now:
            self._judge(presence, utc_us, step_s, evidence)
        for presence in [p for p in now if p.clothes.changed(utc_us)]:
            self._part_hands(presence, utc_us)
        for presence in [p for p in self._all if p.last_found_us != utc_us]:
            self._miss(presence, utc_us, evidence)
        self._carried = {track: at_us for track, at_us in self._carried.items() if utc_us - at_us <= CARRIED_S * US}
        departed, self._departed = tuple(self._departed), []
        return departed

    @property
    def shown(self) -> list[Presence]:
        return [p for p in self._all if p.shown]

    def persons(self, utc_us: int) -> tuple[Person, ...]:
        """The shown presences as the rules hear of them."""
        return tuple(self._person(presence, utc_us) for presence in self.shown)

    def _person(self, presence: Presence, utc_us: int) -> Person:
        seen = presence.seen(utc_us)
        return Person(
            id=self.name(presence),
            role=presence.role(utc_us),
            seen=seen,
            place=presence.place,
            box=presence.box,
            entered_us=presence.entered_us,
            last_seen_us=presence.last_seen_us,
            speed_mps=presence.path.speed_mps if seen is Truth.HOLDS else 0.0,
            zones=self.zones_of(presence),
            posts=self.posts_of(presence),
            seated=presence.posture.seated if seen is Truth.HOLDS else Truth.UNKNOWN,
            child=presence.posture.child,
            came_in=presence.came_in,
            clothes=presence.clothes.told,
        )

    def boxes(self) -> list[Box]:
        """Where somebody is or may be: shown or not."""
        return [p.box for p in self._all]

    def name(self, presence: Presence) -> str:
        return f"{self._camera}/{presence.number}"

    def posts_of(self, presence: Presence) -> tuple[str, ...]:
        return tuple(post.id for post in self._site.posts.values() if any(self._in(r, presence) for r in post.regions))

    def zones_of(self, presence: Presence) -> tuple[str, ...]:
        return tuple(zone.id for zone in self._site.zones.values() if any(self._in(r, presence) for r in zone.regions))

    def _in(self, region: Region, presence: Presence) -> bool:
        slack = min(presence.place.sigma_m, 0.5) if presence.located.by_head else 0.0
        return within(region, presence.place, self._camera, slack)

    def _follow(self, utc_us: int, sightings: Sequence[Sighting], evidence: Evidence) -> None:
        """Known tracks move their presence; new ones continue one unseen at the same place, or begin another."""
        by_track = {p.track: p for p in self._all if p.track is not None}
        strays = []
        for sighting in sightings:
            presence = by_track.get(sighting.track)
            if presence is None:
                strays.append(sighting)
            elif plausible(presence, sighting, self._all, utc_us):
                hidden = soles_hidden(sighting.box, [other.box for other in sightings])
                presence.found(sighting, utc_us, self._locator, soles_hidden=hidden)
                if presence.believed and presence.first_us == sighting.first_us:
                    self._carried[sighting.track] = utc_us
            else:
                presence.track = None
                strays.append(sighting)
        strays = [sighting for sighting in strays if not self._renamed(sighting, utc_us)]
        begun = [(self._new(s, utc_us, evidence), s) for s in strays if s.score >= WEAK_SCORE]
        heirs = heirs_of([new for new, _ in begun], self._unseen(utc_us))
        for new, sighting in begun:
            known = heirs.get(new.key) or self._interrupted(new)
            if known is None:
                self._all.append(new)
            else:
                known.found(sighting, utc_us, self._locator)

    def _renamed(self, sighting: Sighting, utc_us: int) -> bool:
        """A track that changed its id from one frame to the next: the new box lies where somebody was just found who
        has no box of his own now. Whether to take somebody for the one lost there *longer* ago is asked elsewhere."""
        just = [p for p in self._all if p.believed and not self._fresh(p) and utc_us - p.last_found_us <= JUST_S * US]
        same = max(just, key=lambda p: overlap(p.box, sighting.box), default=None)
        if same is None or sighting.score < START_SCORE or overlap(same.box, sighting.box) < SAME_BOX:
            return False
        if any(overlap(p.box, sighting.box) > 0.1 for p in self._all if p is not same):
            return False  # who is whose among people this close is a question of colours and places
        same.found(sighting, utc_us, self._locator)
        return True

    def _interrupted(self, new: Presence) -> Presence | None:
        """A track that broke before it was believed: frames were dropped just as somebody came in."""
        broken = [p for p in self._all if not p.believed and not self._fresh(p) and reachable(p, new)]
        return max(broken, key=lambda p: p.last_found_us, default=None)

    def _unseen(self, utc_us: int) -> list[Presence]:
        return [p for p in self._all if p.believed and p.last_found_us < utc_us - 0.15 * US and not self._fresh(p)]

    def _fresh(self, presence: Presence) -> bool:
        return presence.last_found_us == self._last_us

    def _begun(
        self, track: int | None, box: Box, located: Located, doorway: Doorway, since_us: int, utc_us: int
    ) -> Presence:
        """Somebody followed since then of whom nothing else is known."""
        self._keys += 1
        votes = RoleVotes(can_tell=bool(self._site.uniforms), has_counter=bool(self._counters))
        return Presence(
            key=self._keys,
            track=track,
            box=box,
            located=located,
            first_us=since_us,
            last_found_us=utc_us,
            doorway=doorway,
            votes=votes,
            came_in=False,
            entered_us=since_us,
            last_seen_us=utc_us,
        )

    def _number(self) -> int:
        """The next name's."""
        self._numbers += 1
        return self._numbers

    def _new(self, sighting: Sighting, utc_us: int, evidence: Evidence) -> Presence:
        if sighting.track in self._carried:
            # What the track was before belongs to the presence that it began with: its time, its door.
            sighting = replace(sighting, first_us=utc_us, first_box=sighting.box)
        located = self._locator.locate(sighting.box)
        first = self._locator.locate(sighting.first_box).place
        depth = self._entrances.depth_m(located.place)
        at_border = border_strip(sighting.first_box, self._locator)
        entered_us = sighting.first_us
        if at_border is not None:
            entered_us = evidence.first_change_us(at_border, entered_us - US) or entered_us
        presence = self._begun(sighting.track, sighting.box, located, Doorway(depth, utc_us), sighting.first_us, utc_us)
        presence.came_in = at_border is not None or self._by_the_door(first, depth)
        presence.entered_us = min(entered_us, sighting.first_us)
        presence.path.add(utc_us, located.place)
        assert self._began_us is not None
        if presence.doorway.inside and sighting.first_us - self._began_us <= START_S * US:
            presence.came_in = False
        return presence

    def _by_the_door(self, first: Place, depth: float | None) -> bool:
        first_depth = self._entrances.depth_m(first)
        near = min((d for d in (first_depth, depth) if d is not None), default=None)
        return near is not None and near <= BY_THE_DOOR_M

    def _mend(self, now: Sequence[Presence], utc_us: int, evidence: Evidence) -> None:
        known = [p for p in now if p.believed]
        if len(known) < 2:
            return
        worn = {p.key: evidence.colour(p.box, p.place.px_per_m) for p in known}
        for a, b in combinations(known, 2):
            if a.place.distance_m(b.place) > MIX_UP_M or overlap(a.box, b.box) > 0.3:
                continue
            if a in self._all and b in self._all and exchanged(a, b, worn[a.key], worn[b.key]):
                exchange(a, b)
                worn[a.key], worn[b.key] = worn[b.key], worn[a.key]
                if a.doorway.inside != b.doorway.inside:
                    self._swapped_at_the_door(*((b, a) if a.doorway.inside else (a, b)), utc_us)

    def _swapped_at_the_door(self, out: Presence, within: Presence, utc_us: int) -> None:
        """Whose track was taken to have stayed has gone out, and the other one has come in, when they met."""
        met_us = min(out.mixed_us or utc_us, utc_us)
        within.entered_us, within.came_in, within.alive = met_us, True, True
        self._gone_out(out, met_us, utc_us)

    def _believe(self, now: Sequence[Presence], utc_us: int, evidence: Evidence) -> None:
        """Tracks that have lasted: somebody unseen found again, a second box of somebody, or a new person."""
        for new in [p for p in now if not p.believed and p.ripe(utc_us)]:
            if hides_in(new, [p for p in now if p.believed]):
                continue
            new.clothes.first(evidence.colour(new.box, new.place.px_per_m))
            worn = None if new.crowded_us == utc_us else evidence.worn(new.box, new.place.px_per_m)
            inside = [p for p in self._unseen(utc_us) if p.doorway.inside == new.doorway.inside]
            inside = [p for p in inside if not p.votes.contradicted_by(worn)]
            known = successor_of(new, inside)
            if known is None:
                new.number = self._number()
                new.alive = new.came_in
                self._follow_out(new)
                continue
            known.continue_as(new, utc_us, self._locator)
            self._all.remove(new)

    def _follow_out(self, new: Presence) -> None:
        """Frames were missing while somebody crossed the line: who turns up outside, within a few steps of where
        somebody was lost a moment before, in like clothes, is that person, gone out."""
        if new.doorway.inside:
            return
        for known in [p for p in self._all if p.shown and p.last_found_us < new.first_us]:
            if new.first_us - known.last_found_us <= CROSSING_S * US and reachable(known, new):
                known.last_seen_us = new.first_us
                self._end(known, Parting(Exit.LEFT, new.first_us))
                return

    def _judge(self, presence: Presence, utc_us: int, step_s: float, evidence: Evidence) -> None:
        """Everything that follows from being found: door, life, clothes, role."""
        if presence not in self._all:
            return
        self._pass_the_door(presence, utc_us)
        if not presence.believed or presence.last_found_us != utc_us:
            return
        posts = self.posts_of(presence)
        if not presence.alive:
            presence.alive = bool(posts) or self._lives(presence, utc_us, evidence)
        if not presence.doorway.inside:
            return
        if any(post.id in posts for post in self._counters):
            presence.votes.stood_behind_counter(step_s)
        else:
            presence.votes.stands_elsewhere()
        if presence.came_in and (utc_us - presence.entered_us) > 3 * US:
            presence.votes.came_in_from_outside()
        due = utc_us == self._dressed_us or utc_us - presence.first_us < NEW_S * US
        if due and not self._locator.cut(presence.box):
            self._look_at(presence, utc_us, evidence)

    def _look_at(self, presence: Presence, utc_us: int, evidence: Evidence) -> None:
        """What is worn, as far as nobody nearer to the camera stands before it."""
        top, bottom = uncovered(presence, [p for p in self._all if p.last_found_us == utc_us])
        if not top:
            return
        seen = evidence.colour(presence.box, presence.place.px_per_m)
        worn = evidence.worn(presence.box, presence.place.px_per_m, legs=bottom)
        other = Truth.UNKNOWN if worn is None else Truth.of(presence.votes.contradicted_by(worn))
        glimpse = Glimpse(utc_us, (seen[0], seen[1] if bottom else None), presence.box, presence.located)
        if presence.clothes.see(glimpse, mixed_us=presence.mixed_us, contradicted=other) and presence.track is not None:
            self._carried[presence.track] = utc_us
        presence.votes.vote(worn, utc_us)

    def _part_hands(self, known: Presence, utc_us: int) -> None:
        """The track of somebody shows somebody else: they are left where they were last seen themselves, unseen; the
        other one is whoever went unseen within reach in such clothes, or somebody who shows in mid-hall."""
        if known not in self._all:
            return
        other = self._split(known, utc_us)
        unseen = [p for p in self._unseen(utc_us) if p is not known and p.doorway.inside == other.doorway.inside]
        heir = wearer_of(other, unseen)
        if heir is not None:
            heir.continue_as(other, utc_us, self._locator)
            self._all.remove(other)
        else:
            other.number, other.taken, other.alive = self._number(), True, True
        self._reclaim(known, utc_us)

    def _split(self, known: Presence, utc_us: int) -> Presence:
        """Whoever is followed under the name of `known`, as somebody of their own."""
        own, since_us, colour = known.clothes.parted()
        other = self._begun(known.track, known.box, known.located, known.doorway, since_us, utc_us)
        other.path, other.times_found = known.path, CONFIRM_FOUND
        other.clothes.first(colour)
        known.left_at(own, Doorway(self._entrances.depth_m(own.located.place), own.utc_us, inside=True))
        self._all.append(other)
        return other

    def _reclaim(self, known: Presence, utc_us: int) -> None:
        """Somebody whose track went to another may be followed already, under the name that was given to whom *their*
        box was taken from (three who pass each other)."""
        late = [p for p in self._all if p.taken and p is not known and p.last_found_us == utc_us]
        late = [p for p in late if utc_us - p.first_us <= RECLAIM_S * US]
        again = wearer_of(known, late)
        if again is not None:
            known.continue_as(again, utc_us, self._locator)
            self._end(again, Parting(Exit.VANISHED, utc_us))

    def _pass_the_door(self, presence: Presence, utc_us: int) -> None:
        crossed = presence.doorway.step(self._entrances.depth_m(presence.place), utc_us)
        if crossed is None:
            self._turn_at_the_door(presence, utc_us)
            return
        if crossed.passage is Passage.OUT and presence.believed and presence.clothes.doubted:
            # Whoever goes out wears something else: it is not the one whose name the track carries.
            other = self._split(presence, utc_us)
            inside = [p for p in self._unseen(utc_us) if p is not presence and p.shown]
            leaver = wearer_of(other, inside)
            if leaver is not None:
                leaver.last_seen_us = min(crossed.utc_us, utc_us)
                self._end(leaver, Parting(Exit.LEFT, leaver.last_seen_us))
            return
        if crossed.passage is Passage.IN:
            presence.entered_us, presence.came_in, presence.alive = crossed.utc_us, True, True
            return
        self._gone_out(presence, min(crossed.utc_us, utc_us), utc_us)

    def _turn_at_the_door(self, presence: Presence, utc_us: int) -> None:
        """Boxes met as somebody went out, and the track came back at once: it shows whoever came in past them. Staff
        wear what others do not, so that clothes tell (`exchanged`)."""
        if not presence.shown or presence.votes.role is Role.STAFF or utc_us - presence.mixed_us > 2 * TURN_S * US:
            return
        turn = presence.doorway.turned(utc_us)
        if turn is None or abs(turn.utc_us - presence.mixed_us) > TURN_S * US:
            return
        door = Doorway(self._entrances.depth_m(presence.place), utc_us, inside=True)
        fresh = self._begun(presence.track, presence.box, presence.located, door, turn.utc_us, utc_us)
        fresh.path.add(utc_us, presence.place)
        fresh.entered_us, fresh.came_in, fresh.alive = min(turn.in_us, turn.utc_us), True, True
        fresh.number, fresh.times_found, presence.track = self._number(), CONFIRM_FOUND, None
        self._all.append(fresh)
        presence.last_seen_us = min(turn.out_us, utc_us)
        self._end(presence, Parting(Exit.LEFT, presence.last_seen_us))

    def _gone_out(self, presence: Presence, crossed_us: int, utc_us: int) -> None:
        track, presence.last_seen_us = presence.track, crossed_us
        if presence.believed and presence.alive:
            parting = Parting(Exit.LEFT, presence.last_seen_us)
            self._departed.append(departure(presence, self.name(presence), parting))
        self._all.remove(presence)
        self._outside(presence, track, utc_us)

    def _outside(self, gone: Presence, track: int | None, utc_us: int) -> None:
        """Follow the one who went out: coming back is a new visit."""
        after = self._begun(track, gone.box, gone.located, gone.doorway, utc_us, utc_us)
        after.came_in, after.stature = True, gone.stature
        after.path.add(utc_us, gone.place)
        self._all.append(after)

    def _lives(self, presence: Presence, utc_us: int, evidence: Evidence) -> bool:
        if presence.path.walked_m > PERSON_WALKS_M:
            return True
        part = self._own_part(presence, utc_us)
        if part is None or not evidence.stirs(2 * presence.key + (part != presence.box), part):
            return False
        if presence.stirred_us is None:
            presence.stirred_us = utc_us
        return utc_us - presence.stirred_us > FOUND_S * US

    def _own_part(self, presence: Presence, utc_us: int) -> Box | None:
        """The part of the box in which nobody else is: all of it, or what lies below those who are farther from the
        camera. It stays the one that was watched at first."""
        if presence.crowded_us != utc_us:
            return presence.box
        x0, y0, x1, y1 = presence.box
        others = [p.box for p in self._all if p is not presence and p.last_found_us == utc_us]
        lows = [box[3] for box in others if intersection(box, presence.box) > 0]
        below = max((*lows, y0))
        if presence.watched_from is None and y1 - below >= LEAST_OWN * (y1 - y0):
            presence.watched_from = below
        watched = presence.watched_from
        return None if watched is None or below > watched + OWN_SLACK_PX else (x0, watched, x1, y1)

    def _miss(self, presence: Presence, utc_us: int, evidence: Evidence) -> None:
        lost_s = (utc_us - presence.last_found_us) / US
        if not presence.believed or not presence.doorway.inside:
            if lost_s > FORGET_S:
                self._all.remove(presence)
            return
        shadow = shadow_of(presence, [p for p in self._all if p.last_found_us == utc_us], utc_us)
        if shadow is not None:
            presence.continue_as(shadow, utc_us, self._locator)
            self._end(shadow, Parting(Exit.VANISHED, utc_us))
            return
        hidden = any(overlap(presence.box, p.box) > 0.1 for p in self._all if p.last_found_us == utc_us)
        if presence.doorway.going_out() or not hidden:
            parting = parting_of(presence, utc_us, self._locator, evidence)
            if parting is not None:
                self._end(presence, parting)

    def _end(self, presence: Presence, parting: Parting) -> None:
        self._all.remove(presence)
        if presence.shown:
            self._departed.append(departure(presence, self.name(presence), parting))
