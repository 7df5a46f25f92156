"""Staff or visitor: votes by the uniform's colour and by having stood behind the counter. No face, no identity.

Unknown is the default and stays where a site teaches neither a uniform nor a counter post.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from models.domain.media import US
from models.domain.presence import Role
from models.domain.site import Post, Site, UniformColour
from vision.clothing import Clothing

WORN_SHARE = 0.4
"""Share of a garment's pixels near the uniform's colour from which it is worn (shirt, tie and folds take the rest)."""
OTHER_SHARE = 0.15
"""Below it, it is something else; in between nobody votes."""
DECIDE_S = 0.8
"""Seconds of clear sight before a role is given."""
DECIDED = 0.7
"""Share of the votes that gives a role; the opposite of a given role needs FLIP."""
FLIP = 0.85
MEMORY_S = 30.0
"""Votes count up to this long: a given role falls only to some 20 s of contrary evidence."""
CONTEST_S = 2.0
"""Clear sight that contradicts a given role for this long without a break: it may be somebody else by now (tracks
change hands where people pass each other), so the role is not known until sight confirms it again or turns it [P]."""
COUNTER_S = 3.0
"""Standing this long behind the counter makes staff, for the day."""
LONGEST_VOTE_S = 0.5
COVERED_S = 2.0
"""A uniform out of sight for longer, after meeting somebody who is lost, is nobody's [P]."""


class Uniforms:
    """What a site's staff wear. Colours of one name belong together: all their visible parts must match."""

    def __init__(self, site: Site) -> None:
        ordered = sorted(site.uniforms, key=lambda u: u.name)
        self._garments: list[Sequence[UniformColour]] = [tuple(g) for _, g in groupby(ordered, key=lambda u: u.name)]
        self.taught = bool(self._garments)

    def worn(self, clothing: Clothing) -> bool | None:
        """True: a uniform; False: none of them; None: not to be told from this sighting."""
        answers = [self._wears(garment, clothing) for garment in self._garments]
        if True in answers:
            return True
        return False if answers and all(a is False for a in answers) else None

    def _wears(self, garment: Sequence[UniformColour], clothing: Clothing) -> bool | None:
        parts = [_part_worn(part, clothing) for part in garment]
        if False in parts:
            return False
        return True if (True in parts and garment[parts.index(True)].part == "top") or all(parts) else None


def _part_worn(colour: UniformColour, clothing: Clothing) -> bool | None:
    pixels = clothing.top if colour.part == "top" else clothing.bottom
    if pixels is None:
        return None
    near = np.linalg.norm(pixels - np.array(colour.lab, np.float32), axis=1) <= colour.tolerance
    share = float(near.mean())
    return True if share >= WORN_SHARE else False if share <= OTHER_SHARE else None


class RoleVotes:
    """The evidence of one presence. `can_tell`: the site teaches a uniform; `has_counter`: or a counter post."""

    def __init__(self, *, can_tell: bool, has_counter: bool) -> None:
        self._can_tell, self._has_counter = can_tell, has_counter
        self._staff_s = self._visitor_s = self._counter_s = 0.0
        self._given = Role.UNKNOWN
        self._worn = self._behind_counter = False
        self._contrary_s = self._agreed_s = 0.0
        self._last_us: int | None = None
        self._agreed_us = 0

    @property
    def role(self) -> Role:
        """As given; unknown while what is seen now contradicts it."""
        return Role.UNKNOWN if self._contrary_s >= CONTEST_S else self._given

    def role_after(self, met_us: int, utc_us: int) -> Role:
        """The role at a moment, where one of two whose boxes met has gone out of sight: until the uniform is seen
        again it may be the other one who stands there covered."""
        covered = met_us > self._agreed_us and utc_us - self._agreed_us > COVERED_S * US
        doubted = covered and self._worn and not self._behind_counter
        return Role.UNKNOWN if doubted and self._given is Role.STAFF else self.role

    def vote(self, worn: bool | None, utc_us: int) -> None:
        """One clear sighting; it weighs as much as the time since the one before (at most half a second)."""
        weight = self._weight(utc_us)
        if worn is None or not self._can_tell:
            return
        self._agreed_us = utc_us if worn else self._agreed_us
        self._staff_s, self._visitor_s = (
            self._staff_s + weight * worn,
            self._visitor_s + weight * (not worn),
        )
        total = self._staff_s + self._visitor_s
        if total > MEMORY_S:
            self._staff_s, self._visitor_s = self._staff_s * MEMORY_S / total, self._visitor_s * MEMORY_S / total
        self._contest(worn=worn, weight_s=weight)
        self._decide()

    def contradicted_by(self, worn: bool | None) -> bool:
        """Whether somebody dressed so is not who has got this role. Staff by the counter alone wear no uniform."""
        if self._given is Role.STAFF:
            return worn is False and self._worn
        return self._given is Role.VISITOR and worn is True

    def taken_up(self) -> None:
        """The presence was out of sight and goes on under a new track: staff by their uniform are so again once it is
        seen again; who stopped where they were lost may be anybody, but nobody else can stand behind the counter."""
        if self._given is Role.STAFF and self._worn and not self._behind_counter:
            self._contrary_s, self._agreed_s = CONTEST_S, 0.0

    def _contest(self, *, worn: bool, weight_s: float) -> None:
        """Who is staff by the counter alone wears no uniform: that contradicts nothing."""
        self._worn |= worn and self._staff_s >= DECIDE_S
        if self.contradicted_by(worn):
            self._contrary_s, self._agreed_s = self._contrary_s + weight_s, 0.0
            return
        self._agreed_s += weight_s
        if self._contrary_s < CONTEST_S or self._agreed_s >= DECIDE_S:
            self._contrary_s = 0.0

    def stands_elsewhere(self) -> None:
        """Not behind the counter, as far as can be seen."""
        self._behind_counter = False

    def stood_behind_counter(self, step_s: float) -> None:
        self._behind_counter = True
        self._counter_s += min(step_s, LONGEST_VOTE_S)
        if self._counter_s >= COUNTER_S:
            self._given = Role.STAFF

    def came_in_from_outside(self) -> None:
        """With only a counter to go by, whoever comes in at the door is a visitor until found behind the counter."""
        if not self._can_tell and self._has_counter and self._given is Role.UNKNOWN:
            self._given = Role.VISITOR

    def _weight(self, utc_us: int) -> float:
        step_s = LONGEST_VOTE_S if self._last_us is None else (utc_us - self._last_us) / US
        self._last_us = utc_us
        return min(step_s, LONGEST_VOTE_S)

    def _decide(self) -> None:
        total = self._staff_s + self._visitor_s
        by_counter = self._counter_s >= COUNTER_S and not (self._worn and self._contrary_s >= CONTEST_S)
        if total < DECIDE_S or by_counter:
            return
        staff = self._staff_s / total
        for role, share in ((Role.STAFF, staff), (Role.VISITOR, 1 - staff)):
            if share >= (DECIDED if self._given in (Role.UNKNOWN, role) else FLIP):
                if role is not self._given:
                    self._contrary_s = 0.0
                self._given = role


def counter_posts(site: Site) -> list[Post]:
    return [post for post in site.posts.values() if post.behind_counter]
