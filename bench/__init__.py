"""Measurements of the product; see README.md."""
