#!/usr/bin/env bash
# srupy 0.1.1 (PyPI), a client for SRU: of 101 books that match it gets 100, and of 200 books from a server that gives 50 at a time it gets
# books 1 to 50 and 101 to 150.
# Expected: all of them; without `maximumRecords` its iterator means to "get all". A server may return fewer records than are asked for and
# tells in `nextRecordPosition` where the rest begins (SRU 2.0, OASIS searchRetrieve, part 3, on maximumRecords and nextRecordPosition).
# Seen: it asks for 100 records from 1, 101 and so on, however many have come, and stops where the next position is not below the number of
# records, so that the last one is left where that is 101, 201 or 301. `nextRecordPosition` is not read. Where 150 are asked for it gives
# 200. No error: a list of books to be moved to another system has gaps of fifty.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check srupy==0.1.1
"$folder/venv/bin/python" - <<'PY'
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from srupy import SRUpy

RESPONSE = "http://docs.oasis-open.org/ns/search-ws/sruResponse"
RECORD = "<record><recordData><book xmlns=''><number>{}</number></book></recordData></record>"


class Catalogue(BaseHTTPRequestHandler):
    books, at_most = 0, 100

    def do_GET(self):
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        first = int(asked["startRecord"])
        behind = min(first + min(int(asked["maximumRecords"]), self.at_most), self.books + 1)
        records = "".join(RECORD.format(number) for number in range(first, behind))
        rest = f"<nextRecordPosition>{behind}</nextRecordPosition>" if behind <= self.books else ""
        body = f"""<searchRetrieveResponse xmlns="{RESPONSE}"><numberOfRecords>{self.books}</numberOfRecords>
<records>{records}</records>{rest}</searchRetrieveResponse>""".encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/sru+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Catalogue)
Thread(target=server.serve_forever, daemon=True).start()


def find(books, at_most, **options):
    Catalogue.books, Catalogue.at_most = books, at_most
    records = SRUpy(f"http://127.0.0.1:{server.server_port}/sru").get_records(query="owls", **options)
    numbers = [int(record.xml.findtext(".//number")) for record in records]
    print(books, at_most, options, "found", len(numbers), "books")
    return numbers


assert find(100, 100) == [*range(1, 101)]
assert find(250, 100) == [*range(1, 251)]
assert find(101, 100) == [*range(1, 101)]
assert find(201, 100) == [*range(1, 201)]
assert find(200, 50) == [*range(1, 51), *range(101, 151)]
assert find(250, 100, maximumRecords=150) == [*range(1, 201)]
server.shutdown()
PY
