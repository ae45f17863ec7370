"""Octavo beside its peers, each served as it would be in production, measured from outside."""
