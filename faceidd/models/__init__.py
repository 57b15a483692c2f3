"""Model packs: built on an admin's machine, copied to a door, verified before every use."""
