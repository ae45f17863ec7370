"""How HTTP enters and leaves: the app, its settings, its pipeline."""
