"""The desk, for staff."""

from flask import Flask

from pages.desk import (
    counter,
    due_batches,
    holds,
    lending,
    mailing,
    money,
    news,
    overdue,
    payments,
    people,
    preferences,
    purchases,
    rules,
    shelf_lists,
    statistics,
    stock,
    stocktaking,
)
from pages.desk.blueprint import DESK

__all__ = ["register"]
_VIEWS = (
    counter,
    due_batches,
    holds,
    lending,
    mailing,
    money,
    news,
    overdue,
    people,
    payments,
    preferences,
    purchases,
    rules,
    shelf_lists,
    statistics,
    stock,
    stocktaking,
)


def register(app: Flask) -> None:
    """Add the pages to the application."""
    app.register_blueprint(DESK)
