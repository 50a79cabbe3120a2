"""Curves, plots and tables of measurements."""
