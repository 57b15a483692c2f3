"""Decision -> lock: the relay and its pulse."""
