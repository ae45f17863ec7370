"""HTTP: the application, its settings, and what every request has in common."""

__version__ = "0.1.0"
