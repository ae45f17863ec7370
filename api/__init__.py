"""How HTTP enters and leaves: the app, its settings, its pipeline."""

__version__ = "0.1.0"
