"""MARC 21, MARCXML, CSV and NDJSON: records in and out."""
