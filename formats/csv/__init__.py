"""Spreadsheets as CSV: reading any usual kind, writing one."""
