"""Decision -> lock: the turnstile, the relay and its pulse; keypads and card readers beside it."""
