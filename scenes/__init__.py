"""The film's chapters and everything they draw."""
