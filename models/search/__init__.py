"""Searching the catalogue: what a reader types, the index, lists, facets and suggestions."""
