"""SIP2, version 2.00: self-check machines, sorters, e-book vendors, PC booking."""
