"""Offline: photos of people -> gallery."""
