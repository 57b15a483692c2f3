"""Pictures of the faces that events are about: made, sealed to an admin, kept for a while."""
