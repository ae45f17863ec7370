"""The first steps of a new library."""

from flask import Flask

from pages.start import first_steps
from pages.start.blueprint import START

__all__ = ["register"]
_VIEWS = (first_steps,)


def register(app: Flask) -> None:
    """Add the pages to the application."""
    app.register_blueprint(START)
