"""Numbers, sums and equations, drawn."""
