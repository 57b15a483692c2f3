"""What happened -> a log that cannot be edited unseen."""
