"""The daemon: configuration, construction, the loop, and systemd."""
