"""The catalogue for readers, and the account of each."""

from flask import Flask

from pages.reader import account, book, catalogue, credentials, language, sign_in
from pages.reader.blueprint import READER

__all__ = ["register"]
_VIEWS = (account, book, catalogue, credentials, language, sign_in)


def register(app: Flask) -> None:
    """Add the pages to the application."""
    app.register_blueprint(READER)
