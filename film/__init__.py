"""How chapters become a film: measured, rendered on all cores, joined, and put in their place."""
