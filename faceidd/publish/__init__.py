"""Enrollment store -> a signed repository of galleries: keys, editions, publication. Offline."""
