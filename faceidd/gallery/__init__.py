"""Who is known: people and their templates, the file that holds them, and the match."""
