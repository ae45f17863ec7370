#!/usr/bin/env bash
# oai_repo 0.5.2 (PyPI), a server for OAI-PMH: a record whose header has the status "deleted" is announced as one that is there.
# Expected: `<header status="deleted">`, without metadata, in each list and in GetRecord, where Identify says that deletions are kept
# ("persistent"; OAI-PMH 2.0, 2.5.1, "Deleted records"). `RecordHeader.status` is documented for it, and the package is "Compliant
# to the OAI-PMH 2.0 specification".
# Seen: the status is never written. ListIdentifiers has the deleted book as a living one; without metadata it is
# left out of ListRecords, and GetRecord answers with no record and no error, which the schema does not allow; with metadata it is
# alive there too. A harvester keeps what the library has withdrawn, for ever, and nothing is said on either side.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check oai_repo==0.5.2
"$folder/venv/bin/python" - <<'PY'
from lxml import etree
from oai_repo import DataInterface, Identify, MetadataFormat, OAIRepository, RecordHeader

DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
BOOKS = {"oai:library.example:owls": None, "oai:library.example:gulls": "deleted"}


class Library(DataInterface):
    def get_identify(self):
        return Identify(
            repository_name="Library",
            base_url="http://library.example/oai",
            admin_email=["ann@library.example"],
            earliest_datestamp="2026-01-01",
            deleted_record="persistent",
            granularity="YYYY-MM-DD",
        )

    def is_valid_identifier(self, identifier):
        return identifier in BOOKS

    def get_metadata_formats(self, identifier=None):
        return [MetadataFormat("oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd", DC)]

    def get_record_header(self, identifier):
        return RecordHeader(identifier=identifier, datestamp="2026-11-30", setspecs=[], status=BOOKS[identifier])

    def get_record_metadata(self, identifier, metadataprefix):
        return None if BOOKS[identifier] else etree.Element(f"{{{DC}}}dc")

    def get_record_abouts(self, identifier):
        return []

    def list_identifiers(self, metadataprefix, filter_from=None, filter_until=None, filter_set=None, cursor=0):
        return list(BOOKS), len(BOOKS), None


def ask(**request):
    answer = etree.fromstring(bytes(OAIRepository(Library()).process(dict(request))))
    headers = answer.findall(".//{*}header")
    found = [(header.findtext("{*}identifier"), header.get("status")) for header in headers]
    print(*request.values(), *found, answer.findtext("{*}error"))
    assert answer.find("{*}error") is None
    return found


OWLS, GULLS = [(name, None) for name in BOOKS]
assert ask(verb="ListIdentifiers", metadataPrefix="oai_dc") == [OWLS, GULLS]
assert ask(verb="ListRecords", metadataPrefix="oai_dc") == [OWLS]
assert ask(verb="GetRecord", identifier=GULLS[0], metadataPrefix="oai_dc") == []
PY
