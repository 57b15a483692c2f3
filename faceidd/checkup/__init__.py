"""What is wrong at a door, and what mends it: one look at everything, for who repairs it.

The room `doctor` looks at photos and galleries; this one looks at the device. It changes nothing,
moves no lock, and asks a running daemon rather than take its camera.
"""
