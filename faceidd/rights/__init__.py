"""What people may ask for: to see what is kept of them, to be forgotten, to expire."""
