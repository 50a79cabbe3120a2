"""How things move: animations that several chapters use."""
