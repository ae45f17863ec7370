"""Cerberus as this project uses it: the validator, and schemas compiled for bodies and queries."""
