"""Lamp groups: measuring, judging, teaching."""
