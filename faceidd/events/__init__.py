"""What is told to the world, how it is sent, and the signed commands that come back."""
