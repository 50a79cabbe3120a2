"""Networks in Keras's files."""
