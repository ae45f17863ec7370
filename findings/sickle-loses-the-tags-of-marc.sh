#!/usr/bin/env bash
# Sickle 0.7.0, a harvester for OAI-PMH: `record.metadata` of a MARC record has the subfields of all fields in one list.
# Expected: a mapping that tells author from title, as for Dublin Core: by the names of the elements, and where all have one name,
# by their attributes `tag` and `code`.
# Seen: attributes and nesting are dropped: {"datafield": [None, None], "subfield": [author, dates, title]}. A deleted
# record has no attribute `metadata` at all. Whoever harvests MARC with it has to parse `record.raw`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check sickle==0.7.0
"$folder/venv/bin/python" -W ignore - <<'PY'
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from sickle import Sickle

ANSWER = b"""<?xml version="1.0"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">
<responseDate>2026-01-05T10:00:00Z</responseDate><request verb="ListRecords">http://library.example/oai</request>
<ListRecords>
<record><header><identifier>oai:library.example:1</identifier><datestamp>2026-01-05</datestamp></header><metadata>
<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a2200000 a 4500</leader>
<datafield tag="100" ind1="1" ind2=" "><subfield code="a">Austen, Jane</subfield><subfield code="d">1775-1817</subfield></datafield>
<datafield tag="245" ind1="1" ind2="0"><subfield code="a">Emma</subfield></datafield></record></metadata></record>
<record><header status="deleted"><identifier>oai:library.example:2</identifier><datestamp>2026-01-05</datestamp></header></record>
</ListRecords></OAI-PMH>"""


class Repository(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Repository)
threading.Thread(target=server.serve_forever, daemon=True).start()
there, gone = Sickle(f"http://127.0.0.1:{server.server_port}/").ListRecords(metadataPrefix="marc21")
print(there.metadata)
print(f"deleted: {gone.deleted}, has metadata: {hasattr(gone, 'metadata')}")
assert there.metadata["datafield"] == [None, None]
assert there.metadata["subfield"] == ["Austen, Jane", "1775-1817", "Emma"]
assert gone.deleted and not hasattr(gone, "metadata")
PY
