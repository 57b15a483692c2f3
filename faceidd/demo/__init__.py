"""`faceidd demo`: the real daemon before a generated approach to the door."""
