"""Training: the loop, optimisers and schedules, and the runs that come of it."""
