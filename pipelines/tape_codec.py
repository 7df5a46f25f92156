"""Messages as JSON objects and back. Floats survive: JSON writes their shortest exact form."""

from __future__ import annotations

from typing import Any

from models.domain.clothing import Colour
from models.domain.finding import Quantity
from models.domain.messages import EndOfRecording, Message, Observation, Scene, StreamLost, StreamResumed, Tick
from models.domain.presence import Departure, Exit, Person, Place, Role
from models.domain.truth import Truth

Fields = dict[str, Any]


def encoded(message: Message) -> Fields:
    """The message as a JSON object with its kind."""
    match message:
        case Scene():
            return {
                "kind": "scene",
                "camera": message.camera,
                "run": message.run,
                "utc_us": message.utc_us,
                "view": message.view.value,
                "persons": [_person(person) for person in message.persons],
                "departed": [_departure(departure) for departure in message.departed],
            }
        case Observation():
            return _observation(message)
        case Tick():
            return {"kind": "tick", "utc_us": message.utc_us}
        case StreamLost():
            return {"kind": "lost", "camera": message.camera, "utc_us": message.utc_us, "reason": message.reason}
        case StreamResumed():
            return {"kind": "resumed", "camera": message.camera, "run": message.run, "utc_us": message.utc_us}
        case EndOfRecording():
            return {"kind": "end", "utc_us": message.utc_us}


def decoded(fields: Fields) -> Message:
    """The message of a JSON object. Raises KeyError, TypeError or ValueError when it is not one of ours."""
    utc_us = int(fields["utc_us"])
    match fields["kind"]:
        case "scene":
            return Scene(
                camera=fields["camera"],
                run=fields["run"],
                utc_us=utc_us,
                persons=tuple(_to_person(person) for person in fields["persons"]),
                departed=tuple(_to_departure(departure) for departure in fields["departed"]),
                view=Truth(fields["view"]),
            )
        case "observation":
            return _to_observation(fields)
        case "tick":
            return Tick(utc_us)
        case "lost":
            return StreamLost(fields["camera"], utc_us, fields["reason"])
        case "resumed":
            return StreamResumed(fields["camera"], fields["run"], utc_us)
        case "end":
            return EndOfRecording(utc_us)
    raise ValueError(f"unknown kind of message {fields['kind']!r}")


def _observation(told: Observation) -> Fields:
    return {
        "kind": "observation",
        "of": told.kind,
        "subject": told.subject,
        "predicate": told.predicate,
        "truth": told.truth.value,
        "utc_us": told.utc_us,
        "camera": told.camera,
        "values": {name: [q.value, q.unit, q.sigma] for name, q in told.values},
        "cues": list(told.cues),
        "confidence": told.confidence,
    }


def _to_observation(fields: Fields) -> Observation:
    return Observation(
        kind=fields["of"],
        subject=fields["subject"],
        predicate=fields["predicate"],
        truth=Truth(fields["truth"]),
        utc_us=int(fields["utc_us"]),
        camera=fields["camera"],
        values=tuple((name, Quantity(value, unit, sigma)) for name, (value, unit, sigma) in fields["values"].items()),
        cues=tuple(fields["cues"]),
        confidence=fields["confidence"],
    )


def _person(person: Person) -> Fields:
    floor = person.place.floor
    return {
        "id": person.id,
        "role": person.role.value,
        "seen": person.seen.value,
        "image": [float(x) for x in person.place.image],
        "px_per_m": float(person.place.px_per_m),
        "floor": None if floor is None else [float(x) for x in floor],
        "sigma_m": float(person.place.sigma_m),
        "box": [float(x) for x in person.box],
        "entered_us": int(person.entered_us),
        "last_seen_us": int(person.last_seen_us),
        "speed_mps": float(person.speed_mps),
        "zones": list(person.zones),
        "posts": list(person.posts),
        "seated": person.seated.value,
        "child": person.child.value,
        "came_in": person.came_in,
        "clothes": [None if garment is None else [float(x) for x in garment] for garment in person.clothes],
    }


def _to_person(fields: Fields) -> Person:
    x0, y0, x1, y1 = fields["box"]
    return Person(
        id=fields["id"],
        role=Role(fields["role"]),
        seen=Truth(fields["seen"]),
        place=Place(
            image=(fields["image"][0], fields["image"][1]),
            px_per_m=fields["px_per_m"],
            floor=None if fields["floor"] is None else (fields["floor"][0], fields["floor"][1]),
            sigma_m=fields["sigma_m"],
        ),
        box=(x0, y0, x1, y1),
        entered_us=fields["entered_us"],
        last_seen_us=fields["last_seen_us"],
        speed_mps=fields["speed_mps"],
        zones=tuple(fields["zones"]),
        posts=tuple(fields["posts"]),
        seated=Truth(fields.get("seated", Truth.UNKNOWN.value)),  # tapes before 0.2 do not say
        child=Truth(fields.get("child", Truth.UNKNOWN.value)),
        came_in=bool(fields["came_in"]),
        clothes=_to_colour(fields.get("clothes", [None, None])),
    )


def _to_colour(garments: list[list[float] | None]) -> Colour:
    top, bottom = (None if g is None else (g[0], g[1], g[2]) for g in garments)
    return top, bottom


def _departure(departure: Departure) -> Fields:
    return {
        "person": departure.person,
        "role": departure.role.value,
        "how": departure.how.value,
        "last_seen_us": int(departure.last_seen_us),
        "gone_us": int(departure.gone_us),
        "set_off_us": int(departure.set_off_us),
    }


def _to_departure(fields: Fields) -> Departure:
    return Departure(
        person=fields["person"],
        role=Role(fields["role"]),
        how=Exit(fields["how"]),
        last_seen_us=fields["last_seen_us"],
        gone_us=fields["gone_us"],
        set_off_us=fields["set_off_us"],
    )
