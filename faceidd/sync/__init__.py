"""Signed repository -> the gallery of this door: fetched, verified, tried, swapped."""
