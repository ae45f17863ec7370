"""Cerberus schemas as data, one module per noun."""
