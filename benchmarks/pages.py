"""What the pages take in the large library of `benchmarks.reports`, of this process's processor.

    python -m benchmarks.pages

Prints milliseconds of the whole request, signed in by the cookie: the first, for which templates
and statements are compiled, and the median of the next ones. On PostgreSQL, with
OCTAVO_BENCH_POSTGRES, they leave out the server's part.
"""

import os
import re
import sys
import time
from statistics import median

from flask.testing import FlaskClient

from benchmarks.places import places
from benchmarks.reports import EMAIL, PASSWORD, library

PAGES = (
    *("/", "/?q=volume", "/?q=volume+77", "/books/41", "/new", "/opening", "/account"),
    *("/desk", "/desk?member=3", "/desk/members?q=ada", "/desk/members/3", "/desk/payments"),
    *("/desk/books?q=volume+77", "/desk/books/41", "/desk/copies/40", "/desk/overdue"),
    *("/desk/letters", "/desk/pull-list", "/desk/shelf-clearing", "/desk/dormant"),
    *("/desk/stocktakes", "/desk/stocktakes/1", "/desk/stocktakes/1/missing"),
    *("/desk/stocktakes/2/missing", "/desk/orders", "/desk/calendar", "/desk/policies"),
    *("/desk/notices", "/desk/templates", "/desk/news", "/desk/settings", "/start"),
    *("/desk/reports", "/desk/reports/collection", "/desk/reports/takings"),
    "/desk/reports/titles",
)
ROUNDS = 9
HTML = {"Accept": "text/html"}


def main() -> None:
    """Print a table for each database."""
    log = open(os.devnull, "w")  # noqa: PTH123, SIM115  for the life of the process
    for where, place in places():
        sys.stderr, kept = log, sys.stderr
        with place as url, library(url) as (app, header):
            client = app.test_client()
            for location in (None, "Attic"):
                client.post(
                    "/api/v1/stocktakes",
                    json={"name": "All", "location": location},
                    headers={"Authorization": header},
                )
            _sign_in(client)
            print(f"{where}; ms of processor time\n{'page':<32}{'first':>8}{'median':>8}")
            for page in PAGES:
                first, *more = [_took(client, page) for _ in range(ROUNDS)]
                print(f"{page:<32}{first:>8.1f}{median(more):>8.1f}", flush=True)
        sys.stderr = kept


def _sign_in(client: FlaskClient) -> None:
    form = re.search(
        r'name="form_token" value="([^"]+)"', client.get("/sign-in", headers=HTML).text
    )
    if form is None:
        raise RuntimeError("The page to sign in has no form.")
    given = {"form_token": form[1], "name": EMAIL, "secret": PASSWORD}
    client.post("/sign-in", data=given, headers={**HTML, "Sec-Fetch-Site": "same-origin"}).close()


def _took(client: FlaskClient, page: str) -> float:
    began = time.process_time()
    answer = client.get(page, headers=HTML)
    answer.get_data()
    took = (time.process_time() - began) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"{page}: {answer.status_code}")
    answer.close()
    return took


if __name__ == "__main__":
    main()
