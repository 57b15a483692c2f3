"""Presence -> Decision, and policy -> Ruling. Pure: no clock, no file, no network.

Thresholds are compared here only.
"""
