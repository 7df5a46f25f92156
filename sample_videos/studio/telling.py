"""The truth of a rendered clip: the story said again in the form of `truth.py`, with what the render counted."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sample_videos.studio import hall
from sample_videos.studio.camera import StudioCamera
from sample_videos.studio.expected import expected_of
from sample_videos.studio.rooms import aircon_at, zones_of
from sample_videos.studio.story import At, Person, Story
from sample_videos.studio.truth import (
    AirconState,
    AirconTruth,
    CameraMove,
    CameraTruth,
    CartTruth,
    DaylightState,
    FrameTruth,
    ItemTruth,
    LabelSight,
    LabelTruth,
    LampState,
    LampTruth,
    LensTruth,
    MeterTruth,
    PersonSight,
    PersonTruth,
    Pose,
    Truth,
    ViewTruth,
    VisitTruth,
    ZoneTruth,
)
from sample_videos.studio.visits import parties_of, posts_of

DISPLAY_BOX_M = ((-0.222, -0.222), (0.14, 0.31), (0.005, 0.115))
RIBBON_BOX_M = ((-0.5, -0.15), (-0.27, -0.19), (-0.5, -0.12))
"""Around digits and ribbon, from the unit's place: x, y, z (stage/aircon.py builds them)."""


@dataclass(frozen=True)
class Sight:
    """What one frame shows: its time, the sensor's gain, everybody with what the render counted of them."""

    t_s: float
    gain: float
    people: tuple[tuple[Person, dict[str, Any]], ...]


@dataclass(frozen=True)
class Seen:
    """One camera's recording."""

    file: str
    camera: StudioCamera
    sights: tuple[Sight, ...]
    labels: tuple[tuple[float, list[dict[str, Any]]], ...]
    views: tuple[ViewTruth, ...]
    moves: tuple[CameraMove, ...]
    frame_times_s: tuple[float, ...] | None


def told(clip: str, story: Story, seed: int, seen: Mapping[str, Seen], bodies: Mapping[str, dict[str, Any]]) -> Truth:
    """The whole truth. bodies: what the stage says of each person (stature, clothes, colours)."""
    shot = story.shot
    views = tuple(view for one in seen.values() for view in one.views)
    truth = Truth(
        schema_version=1,
        clip=clip,
        shot=shot.shot.id,
        seed=seed,
        start=shot.shot.start,
        time_zone="Asia/Shanghai",
        duration_s=shot.shot.duration_s,
        room_m=hall.SIZE_M,
        floor=shot.room.floor,
        lighting=shot.room.lighting,
        entrances={"main-door": ((hall.DOOR[0], hall.SIZE_M[1]), (hall.DOOR[1], hall.SIZE_M[1]))},
        cameras={name: camera_truth(one) for name, one in seen.items()},
        items=tuple(items_of(story)),
        labels=tuple(_labels(seen, shot.room.labels)),
        persons=tuple(_persons(story, bodies)),
        frames=tuple(frame for name, one in seen.items() for frame in _frames(name, one)),
        lamps=tuple(_lamps(story)),
        daylight=tuple(_daylight(story)),
        aircons=tuple(_aircons(story, seen)),
        parties=parties_of(story),
        posts=posts_of(story),
        zones=tuple(ZoneTruth(id=n, kind=z.kind, floor_m=z.floor) for n, z in zones_of(shot).items()),
        views=views,
        visits=tuple(VisitTruth(id=n, t_arrives_s=v.arrives_s, t_leaves_s=v.leaves_s) for n, v in shot.visits.items()),
        meters=tuple(_meters(story)),
        carts=tuple(_carts(story)),
        limits=shot.rules,
    )
    return truth.model_copy(update={"expected": expected_of(truth, shot.judged)})


def camera_truth(seen: Seen) -> CameraTruth:
    camera = seen.camera

    def rows(matrix: Any) -> Any:
        return tuple(tuple(round(float(v), 9) for v in row) for row in matrix)

    f = round(camera.focal_px, 6)
    k = tuple(float(v) for v in camera.distortion)
    x, y, z = (round(float(v), 9) for v in camera.translation)
    return CameraTruth(
        file=seen.file,
        size_px=(camera.width, camera.height),
        lens=LensTruth(
            fx=f, fy=f, cx=camera.width / 2, cy=camera.height / 2, distortion=(k[0], k[1], k[2], k[3], k[4])
        ),
        rotation=rows(camera.rotation),
        translation_m=(x, y, z),
        position_m=camera.position_m,
        floor_to_image=rows(camera.floor_to_image),
        moves=seen.moves,
        frame_times_s=seen.frame_times_s,
    )


def _times(story: Story) -> list[float]:
    """Every tenth of a second: nothing of a story changes faster, but what has its own change list."""
    return [round(k / 10, 1) for k in range(math.ceil(story.shot.shot.duration_s * 10))]


def turn_of(yaw: float, home: float) -> float:
    """yaw - home in (-180, 180]."""
    return 180 - (180 - (yaw - home)) % 360


def items_of(story: Story) -> Iterator[ItemTruth]:
    """Every piece of furniture with all its poses."""
    furniture, until = story.furniture, story.shot.shot.duration_s
    times = furniture.change_times(until, story.shot.quality.step_s)
    where = [(t, furniture.at(t, story.shot.quality.step_s)) for t in times]
    for name, item in furniture.items.items():
        belongs, model = furniture.belongs[name], item.model
        poses: list[Pose] = []
        last: At = item.at
        for t, places in where:
            at = places[name]
            pose = _pose(t, at or last, item.at if belongs else None, present=at is not None)
            last = at or last
            if not poses or pose.model_copy(update={"t_s": poses[-1].t_s}) != poses[-1]:
                poses.append(pose)
        yield ItemTruth(
            id=name,
            kind=item.kind,
            style=item.style,
            size_m=model.size_m,
            legs_m=model.legs_m,
            leg_diameter_m=model.leg_diameter_m,
            symmetry_order=model.symmetry_order,
            reference=item.at if belongs else None,
            poses=tuple(poses),
        )


def _pose(t: float, at: At, home: At | None, *, present: bool) -> Pose:
    offset = round(1000 * math.dist(at[:2], home[:2]), 2) if home else 0.0
    turn = round(turn_of(at[2], home[2]), 3) if home else 0.0
    tip_deg, lift_m = at[3:] or (0.0, 0.0)
    place = {"x_m": at[0], "y_m": at[1], "yaw_deg": at[2], "tip_deg": tip_deg, "lift_m": lift_m}
    return Pose(t_s=t, **place, present=present, offset_mm=offset, turn_deg=turn)


def _labels(seen: Mapping[str, Seen], kind: str) -> Iterator[LabelTruth]:
    found: dict[str, dict[str, Any]] = {}
    sights: dict[str, list[LabelSight]] = {}
    for camera, one in seen.items():
        for t, labels in one.labels:
            for told_ in labels:
                found.setdefault(told_["id"], told_)
                sight = LabelSight(
                    t_s=t,
                    camera=camera,
                    image_px=tuple(told_["image_px"]),
                    size_px=tuple(told_["size_px"]),
                    visible_share=told_["share"],
                )
                past = sights.setdefault(told_["id"], [])
                same = [s for s in past if s.camera == camera]
                if not same or same[-1].visible_share != sight.visible_share:
                    past.append(sight)
    for name, told_ in found.items():
        yield LabelTruth(
            id=name,
            item=told_["item"],
            kind="transparent" if kind == "transparent" else "contrast",
            x_m=told_["x_m"],
            y_m=told_["y_m"],
            diameter_m=told_["diameter_m"],
            seen=tuple(sights[name]),
        )


def _persons(story: Story, bodies: Mapping[str, dict[str, Any]]) -> Iterator[PersonTruth]:
    for name, person in story.shot.people.items():
        facts = bodies[name]
        yield PersonTruth(
            id=name,
            role=person.role,
            post=person.post,
            party=person.party or (name if person.role == "visitor" else None),
            child=person.child,
            carries=person.carries,
            stature_m=facts["stature_m"],
            outfit=facts["outfit"],
            colours={part: tuple(colour) for part, colour in facts["colours"].items()},
        )


def _frames(camera: str, seen: Seen) -> Iterator[FrameTruth]:
    """One entry for as long as everybody looks the same."""
    sights = seen.sights
    began = 0
    ends = [*(s.t_s for s in sights[1:]), 2 * sights[-1].t_s - sights[-2].t_s if len(sights) > 1 else 0.1]
    for n, sight in enumerate(sights):
        last = n + 1 == len(sights) or sights[n + 1].people != sight.people
        if last:
            first = sights[began]
            yield FrameTruth(
                t_s=first.t_s,
                dt_s=round(ends[n] - first.t_s, 6),
                camera=camera,
                exposure=round(first.gain, 4),
                persons=tuple(_person(p, counted) for p, counted in first.people),
            )
            began = n + 1


def _person(person: Person, counted: dict[str, Any]) -> PersonSight:
    def box(name: str) -> Any:
        return tuple(counted[name]) if counted[name] else None

    return PersonSight(
        id=person.id,
        x_m=person.x,
        y_m=person.y,
        yaw_deg=person.yaw_deg,
        posture=person.posture,  # type: ignore[arg-type]
        activity=person.activity,  # type: ignore[arg-type]
        phone=person.phone,  # type: ignore[arg-type]
        inside=person.inside,
        box_px=box("box_px"),
        visible_box_px=box("visible_box_px"),
        visible_share=counted["visible_share"],
        pixels=counted["pixels"],
        sole_m=counted["lowest_m"],
    )


def _lamps(story: Story) -> Iterator[LampTruth]:
    changes = sorted({0.0, *(c.at_s for c in story.shot.lamps)})
    height = hall.SIZE_M[2]
    for group in hall.LAMPS:
        states: list[LampState] = []
        for t in changes:
            on = story.lamps(t)[group.id]
            if not states or states[-1].on != on:
                states.append(LampState(t_s=t, on=on))
        yield LampTruth(
            id=group.id,
            zone=group.zone,
            overnight=group.overnight,
            spots_m=tuple((x, y, height) for x, y, _, _ in group.spots),
            states=tuple(states),
        )


def _meters(story: Story) -> Iterator[MeterTruth]:
    told = sorted(story.shot.meters, key=lambda one: one.at_s)
    for lamp in dict.fromkeys(one.lamp for one in told):
        yield MeterTruth(lamp=lamp, says=tuple(LampState(t_s=one.at_s, on=one.lit) for one in told if one.lamp == lamp))


def _carts(story: Story) -> Iterator[CartTruth]:
    for name, cart in story.shot.carts.items():
        aboard = {who: round(story.legs[who][-1].t1_s, 3) for who in cart.boards}
        yield CartTruth(id=name, t_arrives_s=cart.arrives_s, t_departs_s=cart.departs_s, boards=aboard)


def _daylight(story: Story) -> Iterator[DaylightState]:
    last = None
    for t in _times(story):
        now = story.daylight(t)
        if now != last:
            yield DaylightState(t_s=t, sky=round(now[0], 4), sun=round(now[1], 4))
            last = now


def _aircons(story: Story, seen: Mapping[str, Seen]) -> Iterator[AirconTruth]:
    room = story.shot.room
    if not room.aircon:
        return
    at = aircon_at(room)
    states: list[AirconState] = []
    for t in sorted({0.0, *(c.at_s for c in story.shot.aircon)}):
        now = story.aircon(t)
        state = AirconState(
            t_s=t,
            on=bool(now["on"]),
            display_c=None if now["display"] is None else int(now["display"]),
            led=bool(now["led"]),
            louver_deg=float(now["louver_deg"] or 0.0),
            ribbon=int(now["ribbon"] or 0) >= 0 and bool(now["on"]),
        )
        states.append(state)

    def boxes(reach: Any) -> dict[str, tuple[int, int, int, int]]:
        found = {}
        for name, one in seen.items():
            corners = [[at[0] + x, at[1] + y, at[2] + z] for x in reach[0] for y in reach[1] for z in reach[2]]
            flat, depth = one.camera.project(corners)
            low, high = flat.min(0), flat.max(0)
            width, height = one.camera.width, one.camera.height
            if (depth > 0.1).all() and high[0] > 0 and high[1] > 0 and low[0] < width and low[1] < height:
                found[name] = (
                    max(0, math.floor(low[0])),
                    max(0, math.floor(low[1])),
                    min(width, math.ceil(high[0])),
                    min(height, math.ceil(high[1])),
                )
        return found

    yield AirconTruth(
        id="ac-1",
        zone="hall",
        position_m=at,
        display_box_px=boxes(DISPLAY_BOX_M),
        ribbon_box_px=boxes(RIBBON_BOX_M),
        states=tuple(states),
    )
