"""What is printed: labels, cards, slips, receipts."""

from flask import Flask

from pages.print import cards, labels, receipts, slips
from pages.print.blueprint import PRINT

__all__ = ["register"]
_VIEWS = (cards, labels, receipts, slips)


def register(app: Flask) -> None:
    """Add the pages to the application."""
    app.register_blueprint(PRINT)
