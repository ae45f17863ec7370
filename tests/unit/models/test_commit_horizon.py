"""Up to when changes are complete, by the clocks of several nodes."""

from datetime import timedelta
from typing import Any

import pytest

from models import commit_horizon
from models.database import is_postgresql
from models.timestamps import now, timestamp


def test_a_change_by_a_clock_that_is_behind_is_not_before_what_was_said_to_be_complete(
    db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite has one machine, and one clock."""
    ahead = timedelta(seconds=2 if is_postgresql() else 0)
    monkeypatch.setattr(commit_horizon, "now", lambda: now() + ahead)
    complete = commit_horizon.complete_before()
    assert complete <= timestamp()
