"""What the box really sends is what the server takes and gives back (docs/design/contracts.md)."""

from __future__ import annotations

import dataclasses
import hashlib

from models.domain.finding import Grade, Quantity, Severity, Threshold
from models.domain.incident import EvidenceFile, Incident, dedupe_key
from models.domain.incident_body import body_of, incident_of
from tests.api.serving import JPEG, SITE, key

START_US = 1_780_000_000_200_000
FILE = EvidenceFile("now.jpg", "now", "image/jpeg", hashlib.sha256(JPEG).hexdigest(), len(JPEG), START_US, START_US + 1)
INCIDENT = Incident(
    dedupe_key=dedupe_key(SITE.id, "greeter.post_unattended", "post:front", START_US),
    code="greeter.post_unattended",
    rule_version="1",
    site=SITE.id,
    site_version=hashlib.sha256(b"site").hexdigest(),
    zone="reception",
    camera="hall-1",
    subject="post:front",
    severity=Severity.WARNING,
    grade=Grade.VISUAL,
    t_first_us=START_US,
    t_confirmed_us=START_US + 60_000_000,
    t_end_us=None,
    end_reason=None,
    measured=Quantity(60.0, "s", 0.2),
    threshold=Threshold(60.0, "s", "domain.md 2.4: warn 60 s"),
    observed_s=58.5,
    blind_s=1.5,
    confidence=0.875,
    cues=("cue.empty_post",),
    evidence=(FILE,),
    extra={"post": "front"},
)


def test_an_incident_of_the_box_survives_the_way_through_the_server(server):
    box, person = server.box(), server.person()
    assert box.post("/api/v1/incidents", json=body_of(INCIDENT)).status_code == 201
    path = f"/api/v1/incidents/{INCIDENT.dedupe_key}"
    sent = box.put(f"{path}/evidence/{FILE.name}", content=JPEG, headers={"Content-Type": FILE.content_type})
    assert sent.status_code == 201
    back = person.get(path).json()
    for file in back["evidence"]:
        assert file.pop("arrived") is True
        assert person.get(file.pop("url")).content == JPEG
    assert incident_of({name: back[name] for name in body_of(INCIDENT)}) == INCIDENT


def test_an_ended_revision_of_the_box_is_taken_too(server):
    box = server.box()
    ended = dataclasses.replace(
        INCIDENT, revision=2, t_end_us=START_US + 90_000_000, end_reason="resolved", severity=Severity.INCIDENT
    )
    assert box.post("/api/v1/incidents", json=body_of(INCIDENT)).status_code == 201
    answer = box.post("/api/v1/incidents", json=body_of(ended))
    assert (answer.status_code, answer.json()["state"]) == (200, "self_corrected")


def test_a_key_is_spelt_as_the_box_spells_it():
    assert len(INCIDENT.dedupe_key) == len(key(1)) == 32
