"""Networks and their parts, drawn."""
