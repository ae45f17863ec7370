#!/usr/bin/env bash
# sruthi 2.0.0, a client for SRU: a MARC record with one control field has no key `controlfield`, one with two has.
# Expected: the fields of a kind are a list under one name, however many there are.
# Seen: a lone field is taken apart into the record itself, as `tag` and `text`, so two books of one answer have different
# shapes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check sruthi==2.0.0
"$folder/venv/bin/python" -W ignore - <<'PY'
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import islice

import sruthi

TITLE = '<datafield tag="245" ind1="1" ind2="0"><subfield code="a">Emma</subfield></datafield>'
AUTHOR = '<datafield tag="100" ind1="1" ind2=" "><subfield code="a">Austen, Jane</subfield></datafield>'
NUMBER, OWNER = '<controlfield tag="001">42</controlfield>', '<controlfield tag="003">Lib</controlfield>'


def record(place, *fields):
    return (
        "<zs:record><zs:recordSchema>info:srw/schema/1/marcxml-v1.1</zs:recordSchema>"
        "<zs:recordPacking>xml</zs:recordPacking><zs:recordData>"
        '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a2200000 a 4500</leader>'
        f"{''.join(fields)}</record></zs:recordData><zs:recordPosition>{place}</zs:recordPosition></zs:record>"
    )


ANSWER = (
    '<?xml version="1.0"?><zs:searchRetrieveResponse xmlns:zs="http://www.loc.gov/zing/srw/">'
    "<zs:version>1.1</zs:version><zs:numberOfRecords>2</zs:numberOfRecords><zs:records>"
    f"{record(1, NUMBER, AUTHOR, TITLE)}{record(2, NUMBER, OWNER, AUTHOR, TITLE)}"
    "</zs:records></zs:searchRetrieveResponse>"
).encode()


class Catalogue(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Catalogue)
threading.Thread(target=server.serve_forever, daemon=True).start()
found = sruthi.searchretrieve(f"http://127.0.0.1:{server.server_port}/", query="emma")
one, two = islice(found, 2)
print("one control field: ", sorted(one), one.get("tag"), one.get("text"))
print("two control fields:", sorted(two), [each["tag"] for each in two["controlfield"]])
assert "controlfield" not in one and (one["tag"], one["text"]) == ("001", "42")
assert [each["tag"] for each in two["controlfield"]] == ["001", "003"] and "tag" not in two
PY
