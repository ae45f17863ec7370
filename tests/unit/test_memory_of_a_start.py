"""What a process has in memory from the start on, and what it does not keep."""

import subprocess
import sys
from pathlib import Path

import pytest
from babel import localedata

from api import memory
from catalogue import import_jobs
from formats.languages import _by_own_name, language_named
from models import import_job

_START = """
import sys
from api import jobs, settings
from api.app import create_app
create_app(settings.read({"SECRET_KEY": "k" * 40, "DATABASE_URL": "sqlite:////nowhere/octavo.db"}))
print(*sorted({"psycopg", "cryptography", "pymarc", "charset_normalizer"} & set(sys.modules)))
"""


def test_what_few_requests_need_is_not_loaded_at_the_start() -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", _START], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_the_names_of_languages_in_themselves_leave_no_locales_behind() -> None:
    _by_own_name.cache_clear()
    before = set(localedata._cache)
    assert language_named("suomi") == "fin"
    assert set(localedata._cache) <= before | {"root", "en", "de", "fr", "es", "it"}


def test_an_empty_folder_has_nobody_ask_the_database_for_imports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(import_job, "unfinished")
    import_jobs.work_off(tmp_path / "imports")


def test_gaps_are_filled_with_less_than_ten_mib() -> None:
    before = _resident()
    memory.fill_gaps()
    assert _resident() - before < 10 << 20


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
