"""MARC 21: records from and to bytes and XML, and from and to books."""
