"""One module per table: columns, constraints, and every query on it."""

from models import drivers as drivers
