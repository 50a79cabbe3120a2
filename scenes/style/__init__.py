"""Theme, layout and letters: what everything that draws has in common."""
