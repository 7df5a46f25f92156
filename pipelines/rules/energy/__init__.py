"""Lights and air-conditioning against occupancy, hours and visits (domain.md 2.2). One module a rule, pure."""
