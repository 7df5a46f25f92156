"""The examples that the OpenAPI description shows; a test sends them."""

from __future__ import annotations

from typing import Any

INCIDENT: dict[str, Any] = {
    "dedupe_key": "5f0c3f6c1d1b4a0f9c2e7a6b8d9e0f11",
    "revision": 1,
    "incident_code": "greeter.visitor_unapproached",
    "rule_id": "greeter.visitor_unapproached",
    "rule_version": "1",
    "grade": "visual",
    "site_id": "north-gate",
    "site_version": "9b1c0d",
    "zone_id": "hall",
    "camera_id": "hall-1",
    "subject_id": "party:hall-1/3",
    "severity": "incident",
    "first_seen": "2026-06-01T02:30:02.200000+00:00",
    "confirmed_at": "2026-06-01T02:31:02.200000+00:00",
    "ended_at": None,
    "end_reason": None,
    "measured": {"value": 60.0, "unit": "s", "sigma": 0.2},
    "threshold": {"value": 60.0, "unit": "s", "source": "site file"},
    "observed_s": 60.0,
    "blind_s": 0.0,
    "confidence": 0.9,
    "cues": [],
    "evidence": [
        {
            "name": "now.jpg",
            "kind": "now",
            "content_type": "image/jpeg",
            "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "n_bytes": 48211,
            "start_at": "2026-06-01T02:31:02.200000+00:00",
            "end_at": "2026-06-01T02:31:02.200000+00:00",
        }
    ],
    "evidence_note": None,
    "source": "camera",
    "extra": {},
}

CAMERA_STATE: dict[str, Any] = {
    "site_id": "north-gate",
    "name": {"zh": "大厅一号机", "en": "hall camera 1"},
    "state": "live",
    "since": "2026-06-01T02:00:00.000000+00:00",
    "reason": None,
    "observed_s": 1800.0,
    "blind_s": 12.5,
    "dropped_frames": 4,
}

TRANSITION: dict[str, Any] = {
    "to": "dismissed",
    "expected": "detected",
    "reason": "authorised_exception",
    "comment": "保洁",
}

SIGNALS: dict[str, Any] = {
    "signals": [
        {"meter": "plug-1", "kind": "power", "value": 812.5, "at": "2026-06-01T02:30:00.000000+00:00"},
        {"meter": "plug-1", "kind": "setpoint", "value": 26.0, "at": "2026-06-01T02:30:00.000000+00:00"},
    ]
}

CALENDAR_ENTRY: dict[str, Any] = {
    "site_id": "north-gate",
    "kind": "vip_visit",
    "starts": "2026-06-12T10:00:00.000000+08:00",
    "ends": "2026-06-12T11:30:00.000000+08:00",
}

REGISTRATIONS: dict[str, Any] = {
    "site_id": "north-gate",
    "registrations": [
        {"reference": "R-001", "at": "2026-06-01T10:20:00+08:00"},
        {"reference": "R-002", "at": "2026-06-01T10:35:00+08:00"},
    ],
}

FIGURES: dict[str, Any] = {
    "site": "north-gate",
    "time_zone": "Asia/Shanghai",
    "waits": [
        {
            "kind": "wait.reception",
            "zone": "hall",
            "party": "party-1",
            "size": 2,
            "t_in": "2026-06-01T02:20:00.000000+00:00",
            "wait_min_s": 41.2,
            "wait_max_s": 43.0,
            "end": "served",
            "limit_s": 60.0,
        }
    ],
    "posts": [
        {
            "post": "desk",
            "status": "attended",
            "t_start": "2026-06-01T02:20:00.000000+00:00",
            "t_end": "2026-06-01T03:20:00.000000+00:00",
        }
    ],
    "posts_named": {"desk": {"zh": "前台", "en": "reception desk"}},
}

DAY_SHEET: dict[str, Any] = {
    "zone": "hall",
    "zone_name": {"zh": "销售大厅", "en": "Sales hall"},
    "day": "2026-06-01",
    "run_started": "2026-06-01T08:00:00.000000+08:00",
    "as_of": "2026-06-01T18:00:00.000000+08:00",
    "things": [
        {
            "subject": "ceiling",
            "kind": "luminaire",
            "name": {"zh": "顶灯", "en": "Ceiling"},
            "on_h": 9.0,
            "off_h": 0.8,
            "unknown_h": 0.2,
            "measured": None,
            "estimated": {"kwh": 3.6, "cost_cny": 2.95},
        }
    ],
    "lanes": [
        {
            "subject": "ceiling",
            "kind": "luminaire",
            "name": {"zh": "顶灯", "en": "Ceiling"},
            "spans": [[28800.0, 30000.0, "off"], [30000.0, 62400.0, "on"], [62400.0, 63120.0, "unknown"]],
            "windows": [[30000.0, 63000.0]],
        }
    ],
    "owed_h": 9.8,
    "right_h": 9.6,
    "lights_on_empty_h": 0.25,
    "ac_on_empty_h": 0.0,
    "tariff_cny_per_kwh": 0.82,
    "tariff_is_placeholder": False,
}
