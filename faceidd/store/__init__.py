"""Everybody who is enrolled and every door, for many admins: SQLite or PostgreSQL. Offline."""
