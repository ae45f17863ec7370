"""`/desk/settings`: the settings in force, which stand in the environment, for administrators."""

from flask import Response

from models.vocabulary import Role
from pages.desk.blueprint import DESK
from pages.desk.rendering import render
from pages.frame.views import page
from pages.frame.visit import Visit

_SHOWN = (
    *("library_name", "library_email", "library_address", "library_language", "library_paper"),
    "public_url",
    *("currency", "catalogue_public", "registration", "self_service", "keep_history_days"),
    *("max_import_bytes", "access_token_minutes", "refresh_token_days"),
)
"""None of them is a secret."""


@page(DESK, "/desk/settings", least=Role.ADMIN)
def settings(visit: Visit) -> Response:
    """What is set, by the names of the environment."""
    values = [(name.upper(), _told(getattr(visit.settings, name))) for name in _SHOWN]
    return render(visit, "desk/settings.html", values=values)


def _told(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
