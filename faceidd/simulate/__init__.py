"""`faceidd simulate`: the real daemon before a scripted camera, with scripted faults, in haste."""
