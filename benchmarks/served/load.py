"""What is asked of a stack, by wrk from the other core, and what it costs the worker."""

import base64
import resource
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import requests

from benchmarks.served.library import COPIES, READER, Library
from benchmarks.served.stacks import LOAD_CORE, Running

CONNECTIONS = 8
WORDS = ("history", "life", "world", "story", "house", "river", "light", "garden", "night", "king")
SORTS = ("title", "author", "published_year", "created_at", "updated_at")
_DONE = """
function done(summary, latency, requests)
    local e = summary.errors
    io.write(string.format("RESULT %d %d %d %d\\n", summary.requests,
        e.connect + e.read + e.write + e.status + e.timeout,
        latency:percentile(50), latency:percentile(99)))
end
"""


@dataclass(frozen=True)
class Work:
    """One kind of request; `request` is the body of wrk's `request` function in Lua."""

    name: str
    request: str
    signed_in: bool = False
    by_password: bool = False
    connections: int = CONNECTIONS


class Cost(NamedTuple):
    """Worker processor microseconds a request, milliseconds of whole ones, and their rate.

    `around` are the processor microseconds of nginx and wrk.
    """

    micros: float
    p50: float
    p99: float
    per_second: float
    around: float


KEPT = Work("one book, kept", 'return wrk.format("GET", "/api/v1/books/1")')
# Numbers that are walked through meet no answer twice, so that none is kept.
BOOK = Work(
    "one book, not kept",
    'made = made + 7; return wrk.format("GET", "/api/v1/books/" .. made % BOOKS + 1)',
)
# The order is that of `id` whatever stands behind it.
PAGE = Work(
    "page of 20, not kept",
    """
    made = made + 7
    local page, more, down = made % PAGES + 1, made % 9, made % 2
    return wrk.format("GET", "/api/v1/books?sort=" .. (down == 1 and "-id" or "id")
        .. "," .. SORTS[made % #SORTS + 1] .. "&limit=" .. 16 + more .. "&page=" .. page)
    """,
)
BOOK_BY_TOKEN = replace(BOOK, name="one book, by token", signed_in=True)
BOOK_BY_PASSWORD = replace(BOOK, name="one book, by Basic", by_password=True)
PAGE_BY_TOKEN = replace(PAGE, name="page of 20, by token", signed_in=True)
OWN_LOANS = Work(
    "one's own loans, by token",
    'return wrk.format("GET", "/api/v1/loans?limit=20")',
    signed_in=True,
)
SEARCH = Work(
    "search for a word",
    'return wrk.format("GET", "/api/v1/books?limit=20&q=" .. WORDS[math.random(1, #WORDS)])',
)
# Nearly all of it is the worker's: it tells what more workers bring. By token none is kept.
FACETS = Work(
    "search for two words, with facets",
    """
    return wrk.format("GET", "/api/v1/books?limit=5&facets=author,subject,published_year&q="
        .. WORDS[math.random(1, #WORDS)] .. "+" .. WORDS[math.random(1, #WORDS)])
    """,
    signed_in=True,
    connections=16,
)
CREATE = Work(
    "create a book",
    """
    made = made + 1
    return wrk.format("POST", "/api/v1/books", nil, string.format(
        '{"title": "Made %d %d", "author": "Made, A.", "publisher": "Makers", "pages": 321, '
        .. '"published_year": 1987, "language": "eng", "subjects": ["Making", "Things"], '
        .. '"description": "A book made to be measured, %d."}', seed, made, made))
    """,
    signed_in=True,
    connections=1,
)
DESK = Work(
    "lend and return",
    """
    made = made + 1
    local copy = math.floor((made - 1) / 2) % COPIES + 1
    if made % 2 == 1 then
        return wrk.format("POST", "/api/v1/loans", nil,
            string.format('{"copy_id": %d, "user_id": %d}', copy, READER))
    end
    return wrk.format("POST", "/api/v1/returns", nil, string.format('{"barcode": "B%06d"}', copy))
    """,
    signed_in=True,
    connections=1,
)
READS = (KEPT, BOOK, PAGE, BOOK_BY_TOKEN, BOOK_BY_PASSWORD, PAGE_BY_TOKEN, OWN_LOANS, SEARCH)
WRITES = (CREATE, DESK)
EDIT = Work(
    "edit a book",
    """
    made = made + 7
    return wrk.format("PATCH", "/api/v1/books/" .. made % BOOKS + 1, nil,
        string.format('{"pages": %d}', 100 + made % 500))
    """,
    signed_in=True,
    connections=1,
)
READERS_PAGE = Work(
    "a reader's page of a book",
    'made = made + 7; return wrk.format("GET", "/books/" .. made % BOOKS + 1)',
)
CHANGES = (*WRITES, EDIT)
MIXED = (*READS, *CHANGES, READERS_PAGE)


def wrk_is_missing() -> str | None:
    """Why nothing can be measured here, or None."""
    missing = [name for name in ("wrk", "nginx", "taskset") if shutil.which(name) is None]
    return f"install {', '.join(missing)} first (Debian has them)" if missing else None


def measured(
    work: Work,
    stack: Running,
    library: Library,
    token: str,
    seconds: float,
    seed: int,
    folder: Path,
) -> Cost:
    """Ask for so many seconds. Raises RuntimeError when an answer is an error."""
    script = folder / "load.lua"
    script.write_text(_script(work, library, token, seed))
    command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{work.connections}"]
    whole_seconds = max(1, round(seconds))
    command += [f"-d{whole_seconds}s", "--latency", "-s", str(script), stack.url]
    before, around = stack.cpu_seconds(), stack.nginx_seconds() + _children_seconds()
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    spent = stack.cpu_seconds() - before
    around = stack.nginx_seconds() + _children_seconds() - around
    (line,) = [each for each in told.splitlines() if each.startswith("RESULT")]
    asked, errors, p50, p99 = map(int, line.split()[1:])
    if errors or not asked:
        raise RuntimeError(f"{stack.stack.name}, {work.name}: {errors} errors of {asked}")
    micros, per_second = spent / asked * 1e6, asked / whole_seconds
    return Cost(micros, p50 / 1000, p99 / 1000, per_second, around / asked * 1e6)


def signed_in(stack: Running, account: tuple[str, str]) -> str:
    """The access token of an account of Octavo."""
    answer = requests.post(f"{stack.url}/api/v1/auth/login", auth=account, timeout=10)
    token: str = answer.json()["access_token"]
    return token


def take_back(stack: Running, staff: str) -> None:
    """Have Octavo take back what is lent, with the token of somebody of the staff."""
    loans = f"{stack.url}/api/v1/loans?status=open&embed=copy"
    headers = {"Authorization": f"Bearer {staff}"}
    for loan in requests.get(loans, headers=headers, timeout=10).json()["data"]:
        body = {"barcode": loan["copy"]["barcode"]}
        requests.post(
            f"{stack.url}/api/v1/returns", json=body, headers=headers, timeout=10
        ).raise_for_status()


def _children_seconds() -> float:
    """Processor time of the commands that this process has run to their end: of wrk."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _script(work: Work, library: Library, token: str, seed: int) -> str:
    words = ", ".join(f'"{word}"' for word in WORDS)
    sorts = ", ".join(f'"{each}", "-{each}"' for each in SORTS)
    lines = [
        # wrk asks for one request that it does not send.
        f"local seed, made = {seed}, -1",
        "math.randomseed(seed)",
        f"local BOOKS, PAGES = {library.books}, {min(53, library.books // 25)}",
        f"local COPIES, READER = {COPIES}, {library.reader_id}",
        f"local WORDS = {{{words}}}",
        f"local SORTS = {{{sorts}}}",
        'wrk.headers["Accept"] = "application/json"',
    ]
    if work.signed_in:
        lines.append(f'wrk.headers["Authorization"] = "Bearer {token}"')
    if work.by_password:
        pair = base64.b64encode(":".join(READER).encode()).decode()
        lines.append(f'wrk.headers["Authorization"] = "Basic {pair}"')
    if work in CHANGES:
        lines.append('wrk.headers["Content-Type"] = "application/json"')
    lines.append(f"function request() {work.request} end")
    return "\n".join(lines) + _DONE
