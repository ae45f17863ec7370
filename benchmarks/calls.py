"""How many of our own functions, in how many files, one request enters: fewer are easier to follow.

Prints the counts of an uncached `GET /books/{id}` and of `POST /loans`; with `-v` also which they
are. A function counts once however often it is entered; comprehensions and lambdas do not count.
"""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from flask.testing import FlaskClient

from api import settings
from api.app import create_app
from models import book, copy, schema, user
from models.audit import Actor
from models.database import transaction

ROOT = Path(__file__).parents[1]
OURS = ("api", "catalogue", "circulation", "formats", "models", "resources", "validators")
_CLERK = Actor(None, "benchmark")
_PASSWORD = {"Authorization": "Basic Y2xlcmtAZXhhbXBsZS5vcmc6YSBsb25nIHBhc3N3b3Jk"}


def entered(run: Callable[[], Any]) -> set[CodeType]:
    """The named functions of ours that are entered while `run` runs."""
    seen: set[CodeType] = set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event == "call" and _is_ours(code) and not code.co_name.startswith("<"):
            seen.add(code)

    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(None)
    return seen


def requests(client: FlaskClient) -> dict[str, Callable[[], Any]]:
    """The requests that are counted, on a library in which they succeed; run each once before."""
    token = client.post("/api/v1/auth/login", headers=_PASSWORD).get_json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}

    def read() -> None:
        # A book that nobody asked for before is not in the response cache.
        _require(client.get(f"/api/v1/books/{next(books)}"), 200)

    def lend() -> None:
        body = {"barcode": next(barcodes), "user_id": 1}
        _require(client.post("/api/v1/loans", json=body, headers=headers), 201)

    books, barcodes = iter("123"), iter("123")
    return {"GET /books/{id}, uncached": read, "POST /loans": lend}


def counts(client: FlaskClient) -> dict[str, set[CodeType]]:
    """The functions that each request enters, once everything that is made once has been made.

    The fewer of two requests: what is read anew at times may fall into one of them.
    """
    found = {}
    for name, run in requests(client).items():
        run()
        found[name] = min(entered(run), entered(run), key=len)
    return found


def fill() -> None:
    """Put a clerk, three books and a copy of each into the connected, empty library."""
    from api.auth.passwords import hashed

    with transaction():
        account = {"email": "clerk@example.org", "first_name": "A", "last_name": "Clerk"}
        user.create({**account, "role": "librarian"}, hashed("a long password", 4), _CLERK)
        for number in (1, 2, 3):
            made = book.create({"title": f"Volume {number}"}, _CLERK)
            copy.create(made.id, {"barcode": str(number)}, _CLERK)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {
            "SECRET_KEY": "a key for benchmarks alone and for nothing else",
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'octavo.db'}",
        }
        app = create_app(settings.read(environ))
        schema.migrate()
        fill()
        for name, codes in counts(app.test_client()).items():
            files = {code.co_filename for code in codes}
            print(f"{name:<28}{len(codes):>5} functions in {len(files)} files")
            if "-v" in sys.argv:
                _print_each(codes)


def _print_each(codes: set[CodeType]) -> None:
    for code in sorted(codes, key=lambda code: (code.co_filename, code.co_firstlineno)):
        where = Path(code.co_filename).relative_to(ROOT)
        print(f"    {where}:{code.co_firstlineno} {code.co_qualname}")


def _is_ours(code: CodeType) -> bool:
    path = Path(code.co_filename)
    return path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in OURS


def _require(answer: Any, status: int) -> None:
    if answer.status_code != status:
        raise RuntimeError(answer.get_data(as_text=True))


if __name__ == "__main__":
    main()
