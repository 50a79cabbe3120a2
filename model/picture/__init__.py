"""A user's photo or drawing, prepared as the network reads it."""
