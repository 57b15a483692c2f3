"""Offline: labeled photos of people -> how often a model is right, for whom, and why not."""
