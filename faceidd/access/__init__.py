"""Presence -> Decision. Pure: no clock, no file, no network; thresholds are compared here only."""
