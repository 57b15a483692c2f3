"""What the door decided and was told, written down so that a change to it is found."""
