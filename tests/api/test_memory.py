"""Memory does not grow with what anonymous readers ask, however different their questions are."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from api.app import Octavo
from models.book_fields import FIELDS
from tests.support.people import Person
from validators.books import SORTABLE

pytestmark = pytest.mark.slow
QUESTIONS = 20_000
WARMING_UP = 2_000
MOST_GROWTH = 12 << 20
PAGE = Path("/proc/self/statm")
Ask = tuple[str, dict[str, str]]


def letters(chance: random.Random, length: int) -> str:
    return "".join(chance.choices("abcdefghijklmnopqrstuvwxyz ", k=length))


def some(chance: random.Random, names: Any) -> list[str]:
    return chance.sample(list(names), chance.randint(1, len(names)))


def by_sort(chance: random.Random) -> Ask:
    keys = [chance.choice(["", "-"]) + name for name in some(chance, SORTABLE)]
    return f"/api/v1/books?sort={','.join(keys)}", {}


def by_words(chance: random.Random) -> Ask:
    return f"/api/v1/books?q={quote(letters(chance, chance.choice([20, 180, 1900])))}", {}


def by_filters(chance: random.Random) -> Ask:
    filters = {
        "author": quote(letters(chance, 150)),
        "published_from": str(chance.randint(0, 2000)),
        "published_to": str(chance.randint(2000, 9000)),
        "language": chance.choice(["eng", "ger"]),
        "id": ",".join(str(chance.randint(1, 10**9)) for _ in range(chance.randint(1, 100))),
        "updated_since": "2026-11-21T08:30:00Z",
        "available": chance.choice(["true", "false"]),
    }
    chosen = some(chance, filters)
    return "/api/v1/books?" + "&".join(f"{name}={filters[name]}" for name in chosen), {}


def by_fields(chance: random.Random) -> Ask:
    return f"/api/v1/books?fields={','.join(some(chance, FIELDS))}", {}


def by_headers(chance: random.Random) -> Ask:
    return "/api/v1/books/1", {
        "Accept": f"text/{letters(chance, 3000).replace(' ', 'x')}, application/json",
        "If-None-Match": f'"{letters(chance, 3000)}"',
        "X-Request-ID": letters(chance, 60).replace(" ", "-"),
    }


def by_nonsense(chance: random.Random) -> Ask:
    name = quote(letters(chance, 500))
    path = chance.choice(["/api/v1/books?", "/api/v1/books/1?", "/api/v1/", "/nowhere/"])
    return f"{path}{name}={name}", {"Authorization": f"Bearer {letters(chance, 100)}"}


def by_cursor(chance: random.Random) -> Ask:
    return f"/api/v1/posts?cursor={quote(letters(chance, 300))}&limit=1", {}


KINDS: list[Callable[[random.Random], Ask]] = [
    by_sort,
    by_words,
    by_filters,
    by_fields,
    by_headers,
    by_nonsense,
    by_cursor,
]


def ask(app: Octavo, chance: random.Random, number: int) -> None:
    """Ask one of `number` questions, none of which was asked before."""
    url, headers = KINDS[number % len(KINDS)](chance)
    path, _, query = url.partition("?")
    environ = EnvironBuilder(path, query_string=query, headers=list(headers.items())).get_environ()
    environ["REMOTE_ADDR"] = f"192.0.2.{number % 256}"
    _, status, _ = run_wsgi_app(app, environ)
    assert int(status[:3]) < 500, url


def resident() -> int:
    """How many bytes of memory this process has."""
    return int(PAGE.read_text().split()[1]) * 4096


@pytest.mark.skipif(not PAGE.exists(), reason="NOT TESTED: only Linux tells what a process has")
def test_memory_stays_flat_over_20_000_different_questions(
    app: Octavo, librarian: Person, book: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("CRITICAL")
    chance = random.Random(8)  # noqa: S311  the same questions each time
    for number in range(WARMING_UP):
        ask(app, chance, number)
    before = resident()
    for number in range(QUESTIONS):
        ask(app, chance, number)
    assert resident() - before < MOST_GROWTH
