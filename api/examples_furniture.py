"""Examples of furniture for the OpenAPI description; a test sends them."""

from __future__ import annotations

from typing import Any

LAYOUT: dict[str, Any] = {
    "site_version": "9b1c0d",
    "items": [
        {
            "id": "chair1",
            "name": {"zh": "椅子一", "en": "Chair one"},
            "zone": "hall",
            "class": "chair",
            "size_mm": [500, 480, 860],
            "at": [5.9, 2.4],
            "heading_deg": 275.0,
            "symmetry": 1,
            "tolerance": 100.0,
            "turn_tolerance_deg": 10.0,
            "unit": "mm",
            "labels": [{"at_mm": [190, 190], "label_mm": 30.0, "leg_mm": 40.0, "contrast": False}],
        }
    ],
    "zones": [{"id": "hall", "name": {"zh": "大厅", "en": "Hall"}, "outline": [[0, 0], [12, 0], [12, 8], [0, 8]]}],
    "views": [
        {
            "camera": "hall-1",
            "size_px": [1280, 720],
            "grid": [[[0, 400], [1280, 380]]],
            "items": {"chair1": [[600, 300], [660, 300], [660, 420], [600, 420]]},
        }
    ],
    "baselines": [
        {"version": 1, "state": "trial", "since": "2026-05-01T00:00:00.000000+00:00", "approved_by": ""},
    ],
}
CHECKS: dict[str, Any] = {
    "checks": [
        {
            "at": "2026-06-01T02:31:02.200000+00:00",
            "item": "chair1",
            "camera": "hall-1",
            "state": "displaced",
            "why": "furniture.cue.displaced",
            "baseline": 1,
            "unit": "mm",
            "dx": 112.4,
            "dy": -40.2,
            "turn_deg": 4.5,
            "sigma": 6.1,
            "sigma_deg": 1.2,
        }
    ]
}
BASELINE: dict[str, Any] = {"site_id": "north-gate", "since": None, "note": "一个月试行后定稿"}
