"""Measurements: how fast it is, and how that changes with the size of the library."""
