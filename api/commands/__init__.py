"""The commands behind `bin/octavo`, one module per noun."""
