"""Pages for people: the catalogue for readers, the desk for staff, first steps, and printing."""

from flask import Flask

from pages import desk, print, reader, start  # noqa: A004  named by what it does
from pages.frame import assets, misses
from validators.engine.queries import LAST_NUMBERED_ROW


def register(app: Flask) -> None:
    """Add every page to the application."""
    assets.register(app)
    app.jinja_env.globals["last_numbered_row"] = LAST_NUMBERED_ROW
    reader.register(app)
    desk.register(app)
    print.register(app)
    start.register(app)
    misses.register(app, {"reader", "desk", "print", "start"})
