"""Who is who: boxes of the product to the persons of the truth, frame by frame and over a whole clip."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from guiwei.yardstick.playing import TruthClock
from models.domain.messages import Message, Scene
from models.domain.presence import Person
from models.domain.truth import Truth as Seen
from sample_videos.studio.truth import FrameTruth, PersonSight, Truth, ViewTruth
from vision.tracking import overlap

Box = tuple[float, float, float, float]
SAME_IOU = 0.5
"""A box is that person from here on, as everywhere in this field (COCO AP50, MOTChallenge)."""
LEAST_SHARE = 0.25
"""Of a silhouette to be seen before its person must be found: MOTChallenge's own bound for what is scored."""


class TrueFrames:
    """The persons of a truth by camera and moment."""

    def __init__(self, truth: Truth) -> None:
        self._sick = sick_views(truth)
        self._frames: dict[str, list[FrameTruth]] = defaultdict(list)
        for frame in sorted(truth.frames, key=lambda f: f.t_s):
            self._frames[frame.camera].append(frame)
        self._starts = {name: [frame.t_s for frame in frames] for name, frames in self._frames.items()}

    def at(self, camera: str, t_s: float) -> tuple[PersonSight, ...] | None:
        """Persons there then; None where the truth says nothing of the moment."""
        at = bisect_right(self._starts.get(camera, []), t_s + 1e-6) - 1
        if at < 0:
            return None
        frame = self._frames[camera][at]
        return frame.persons if t_s <= frame.t_s + frame.dt_s + 0.05 else None

    def seen(self, camera: str, t_s: float) -> tuple[PersonSight, ...] | None:
        """The same, and None while the view is sick: nobody can be found in a picture that shows nothing."""
        sick = any(view.camera == camera and view.t_start_s <= t_s < view.t_end_s for view in self._sick)
        return None if sick else self.at(camera, t_s)


def sick_views(truth: Truth) -> tuple[ViewTruth, ...]:
    """Spells in which a picture does not show the room; a nudged camera shows it from elsewhere."""
    return tuple(view for view in truth.views if view.state != "nudged")


def counts(sight: PersonSight) -> bool:
    """Whether the person has to be found: in the room, and enough of it can be seen."""
    return sight.inside and sight.visible_box_px is not None and sight.visible_share >= LEAST_SHARE


def same(box: Box, sight: PersonSight) -> float:
    """IoU with the person's silhouette, whole or visible, whichever fits better: detectors draw either."""
    shapes = [shape for shape in (sight.box_px, sight.visible_box_px) if shape is not None]
    return max((overlap(box, (float(a), float(b), float(c), float(d))) for a, b, c, d in shapes), default=0.0)


def paired(boxes: Sequence[Box], sights: Sequence[PersonSight]) -> list[tuple[int, int]]:
    """(number of box, number of person), one to one, the best fit first."""
    fits = sorted(
        ((same(box, sight), i, j) for i, box in enumerate(boxes) for j, sight in enumerate(sights)), reverse=True
    )
    taken_boxes, taken_sights, found = set[int](), set[int](), list[tuple[int, int]]()
    for fit, i, j in fits:
        if fit < SAME_IOU:
            break
        if i not in taken_boxes and j not in taken_sights:
            taken_boxes.add(i)
            taken_sights.add(j)
            found.append((i, j))
    return found


@dataclass(frozen=True, slots=True)
class Moment:
    """One scene beside the truth of its moment. pairs: (person of the product, of the truth), seen ones only."""

    camera: str
    t_s: float
    step_s: float
    """Until the next scene of the camera."""
    persons: tuple[Person, ...]
    """Seen now."""
    sights: tuple[PersonSight, ...]
    pairs: tuple[tuple[Person, PersonSight], ...]


@dataclass(frozen=True, slots=True)
class Cast:
    """All scenes of a clip beside its truth. names: presence id -> the person it was for most of the time."""

    moments: tuple[Moment, ...]
    names: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, truth: Truth, messages: Sequence[Message], clock: TruthClock) -> Cast:
        frames = TrueFrames(truth)
        scenes = [m for m in messages if isinstance(m, Scene) and m.view is not Seen.UNKNOWN]
        after = _steps(scenes)
        moments = []
        votes: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for scene, step_s in zip(scenes, after, strict=True):
            t_s = clock.s(scene.utc_us, scene.camera)
            sights = frames.seen(scene.camera, t_s)
            if sights is None:
                continue
            persons = tuple(person for person in scene.persons if person.seen is Seen.HOLDS)
            found = paired([person.box for person in persons], sights)
            pairs = tuple((persons[i], sights[j]) for i, j in found)
            moments.append(Moment(scene.camera, t_s, step_s, persons, sights, pairs))
            for person, sight in pairs:
                votes[person.id][sight.id] += 1
        return cls(tuple(moments), {name: vote.most_common(1)[0][0] for name, vote in votes.items()})

    def party_of(self, persons: Sequence[str], truth: Truth) -> str | None:
        """The true party of some presences; None where nobody of a party is among them."""
        parties = {member: party.id for party in truth.parties for member in party.members}
        told = Counter(party for name in persons if (party := parties.get(self.names.get(name, ""))) is not None)
        return told.most_common(1)[0][0] if told else None


def _steps(scenes: Sequence[Scene]) -> list[float]:
    """Seconds until the camera's next scene, at most one: a gap is nobody's."""
    upcoming: dict[str, int] = {}
    steps = []
    for scene in reversed(scenes):
        following = upcoming.get(scene.camera, scene.utc_us)
        steps.append(min(1.0, (following - scene.utc_us) / 1e6))
        upcoming[scene.camera] = scene.utc_us
    return steps[::-1]
