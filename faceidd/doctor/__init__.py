"""Photos and gallery -> findings: what spoils a gallery, and what to do about it. Offline."""
