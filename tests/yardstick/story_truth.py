"""Stories of tests/stories with their truth: what a renderer would have written of the same actors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from guiwei.yardstick.clips import Clip
from guiwei.yardstick.playing import Played, played
from models.domain.messages import Message, Observation
from models.domain.presence import Role
from models.domain.rules import RULES
from models.domain.site import Site
from pipelines.engine import order
from pipelines.tape import Tape, TapeHeader
from sample_videos.studio.truth import Truth
from tests.stories.scenario import DESK, DOOR, HOME, START_US, Actor, Story, site

STEP_S = 0.2
LIMITS = {"greeter.visitor_unapproached": {"limit_s": 20.0, "high_s": 60.0}}


def waiting_story() -> Story:
    """Anna waits from 2 s to 72 s, Bert from 20 s to 64 s, then both leave; the receptionist never comes to them."""
    anna = Actor("anna", Role.VISITOR).enters(2, DOOR).walks((5, 5)).stands(until=72).walks_out()
    bert = Actor("bert", Role.VISITOR).enters(20, DOOR).walks((8, 4)).stands(until=64).walks_out()
    clerk = Actor("clerk", Role.STAFF).enters(0, HOME).stands(until=90).unseen_from_start()
    return Story([anna, bert, clerk], length_s=90)


def waiting_expected() -> list[dict[str, Any]]:
    """Of the story above, by arithmetic: cause at the door, confirmed 20 s later."""
    code = "greeter.visitor_unapproached"
    told = [("party anna", 2.0, "Anna waits for 70 s"), ("party bert", 20.0, "Bert waits for 44 s")]
    fires = [
        {
            "code": code,
            "verdict": "fires",
            "subject": name,
            "t_first_s": t,
            "t_confirmed_s": (t + 20, t + 20),
            "why": why,
        }
        for name, t, why in told
    ]
    left = {"code": "wait.abandoned", "verdict": "fires", "subject": "party anna", "t_first_s": 2.0}
    left |= {"t_confirmed_s": (62.0, 80.0), "why": "Anna leaves unserved after more than a minute"}
    brief = {
        "code": "wait.abandoned",
        "verdict": "must_not",
        "subject": "party bert",
        "why": "Bert left within a minute",
    }
    must_not = {"code": "greeter.post_unattended", "verdict": "must_not", "subject": "desk", "why": "never left"}
    return [*fires, left, brief, must_not]


def truth_of(story: Story, expected: list[dict[str, Any]], **more: Any) -> Truth:
    """Persons of the actors, in the picture of the story's own camera that looks straight down."""
    people = story.actors
    frames = []
    for number in range(int(story.length_s / STEP_S) + 1):
        t_s = round(number * STEP_S, 3)
        sights = [sight for actor in people if (sight := _sight(actor, t_s)) is not None]
        frames.append({"t_s": t_s, "dt_s": STEP_S, "camera": "cam", "exposure": 1.0, "persons": sights})
    visitors = [actor for actor in people if actor.role is Role.VISITOR]
    document = {
        "schema_version": 1,
        "clip": "story",
        "shot": "story.yaml",
        "seed": 0,
        "start": "2026-06-01T10:20:00",
        "time_zone": "Asia/Shanghai",
        "duration_s": story.length_s,
        "room_m": (12, 8, 3),
        "floor": "tile",
        "cameras": {"cam": camera_truth()},
        "items": [],
        "persons": [
            {
                "id": a.name,
                "role": a.role.value,
                "stature_m": 1.7,
                "party": f"party {a.name}" if a in visitors else None,
            }
            for a in people
        ],
        "frames": frames,
        "parties": [_party(actor) for actor in visitors],
        "posts": [
            {
                "id": "desk",
                "zone": "hall",
                "region_m": DESK,
                "required": 1,
                "states": [{"t_s": 0, "staff": 1, "served_nearby": False}],
            }
        ],
        "expected": expected,
        "limits": LIMITS,
        **more,
    }
    return Truth.model_validate_json(json.dumps(document))


def camera_truth() -> dict[str, Any]:
    """A camera 10 m above the origin's mark, looking down: 50 px a metre, as scenario.py draws it."""
    return {
        "file": "story.mp4",
        "size_px": (640, 440),
        "lens": {"fx": 500, "fy": 500, "cx": 20, "cy": 20, "distortion": (0, 0, 0, 0, 0)},
        "rotation": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
        "translation_m": (0, 0, 10),
        "position_m": (6, 4, 3),
        "floor_to_image": ((50, 0, 20), (0, 50, 20), (0, 0, 1)),
    }


def _sight(actor: Actor, t_s: float) -> dict[str, Any] | None:
    if t_s < actor.path[0][0] or t_s >= actor.gone_s:
        return None
    x, y = actor.at(t_s)
    u, v = 20 + 50 * x, 20 + 50 * y
    box = [round(u - 15), round(v - 80), round(u + 15), round(v)]
    hidden = not actor.sees(t_s)
    return {
        "id": actor.name,
        "x_m": x,
        "y_m": y,
        "yaw_deg": 0,
        "posture": "standing",
        "activity": "standing",
        "inside": True,
        "box_px": box,
        "visible_box_px": None if hidden else box,
        "visible_share": 0.0 if hidden else 1.0,
        "pixels": 0 if hidden else 2400,
    }


def _party(actor: Actor) -> dict[str, Any]:
    begin, set_off = actor.path[0][0], actor.path[-2][0]
    wait = {"kind": "reception", "t_start_s": begin, "t_end_s": set_off, "end": "abandoned", "wait_s": set_off - begin}
    leaves = None if actor.leaves_s is None else actor.leaves_s
    return {
        "id": f"party {actor.name}",
        "members": [actor.name],
        "t_enters_s": begin,
        "t_leaves_s": leaves,
        "waits": [wait],
    }


def play_story(
    story: Story,
    truth: Truth,
    *,
    rules: dict[str, dict[str, float]] | None = None,
    told: list[Observation] | None = None,
    folder: Path = Path("story"),
    **how: float,
) -> Played:
    """The product's word on the story, its rules in force as in the truth's limits unless others are given."""
    where: Site = site(rules or LIMITS)
    messages: list[Message] = [*story.messages(where=where, **how), *(told or [])]  # type: ignore[arg-type]
    header = TapeHeader(where.id, where.version, {code: spec.version for code, spec in sorted(RULES.items())}, START_US)
    tape = Tape(header, tuple(sorted(messages, key=order)))
    return played(Clip("story", folder, truth), where, tape, folder, start_us=START_US)
