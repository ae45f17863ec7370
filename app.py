"""What Flask's own command finds in this folder: `flask db check` is `bin/octavo db check`."""

from api.cli import create_app

__all__ = ["create_app"]
