"""What is told to the world, and how it is sent."""
