"""The set-up for VuFind that docs/protocols.md gives, replayed on real answers.

VuFindHarvest writes the id of the header, changed by `idSearch` and `idReplace`, as an element that
is named `injectId`, behind the first tag of the metadata. The id of a deleted record is changed
alike.
"""

import re
import shlex
import subprocess
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pymarc
import pytest
from flask.testing import FlaskClient

from api.settings import ROOT
from tests.protocols.oai.conftest import Ask
from tests.protocols.oai.test_verbs import add, delete

HOST = "library.example.org"
PUBLIC = pytest.mark.settings(PUBLIC_URL=f"https://{HOST}")


def told() -> str:
    """What the page says of VuFind."""
    page = (ROOT / "docs" / "protocols.md").read_text()
    return page[page.index("**VuFind**") : page.index("**Harvest again**")]


def blocks() -> list[str]:
    """The code of the page, block by block."""
    return [re.sub("(?m)^ {4}", "", found) for found in re.findall(r"(?m)(?:^ {4}\S.*\n)+", told())]


def settings() -> dict[str, str]:
    """The section of `oai.ini`, without quotation marks."""
    ini = RawConfigParser()
    ini.optionxform = str  # type: ignore[assignment, method-assign]
    ini.read_string(blocks()[0])
    return {name: value.strip('"') for name, value in ini["octavo"].items()}


def changed(identifier: str) -> str:
    """The id that VuFind makes of an identifier."""
    asked = settings()
    pattern = asked["idSearch[]"]
    assert (pattern[0], pattern[-1]) == ("#", "#")
    return re.sub(pattern[1:-1], asked["idReplace[]"], identifier)


def harvested(client: FlaskClient, book_id: int) -> str:
    """The file of one record as VuFindHarvest writes it."""
    asked = settings()
    query = {
        "verb": "GetRecord",
        "metadataPrefix": asked["metadataPrefix"],
        "identifier": f"oai:{HOST}:book/{book_id}",
    }
    text = client.get("/oai", query_string=query).get_data(as_text=True)
    [identifier] = re.findall("<identifier>(.*?)</identifier>", text)
    [metadata] = re.findall("(?s)<metadata>(.*)</metadata>", text)
    tag = asked["injectId"]
    injected = f"<{tag}>{changed(identifier)}</{tag}>"
    return str(metadata.replace(">", f">{injected}", 1))


def prepared(path: Path) -> None:
    """Do what the page does to the files before they are indexed."""
    command = next(line for block in blocks() for line in block.splitlines() if "sed" in line)
    words = shlex.split(command)
    subprocess.run([*words[:-1], str(path)], check=True)


@PUBLIC
@pytest.mark.parametrize("fields", [{}, {"control_number": "(DE-101)1187"}])
def test_a_record_harvested_by_vufind_has_the_id_by_which_it_is_deleted(
    client: FlaskClient, oai: Ask, tmp_path: Path, fields: dict[str, Any]
) -> None:
    book_id = add("Tom & Huck <2>", **fields)
    file = tmp_path / f"{book_id}.xml"
    file.write_text(harvested(client, book_id))
    prepared(file)
    [record] = pymarc.parse_xml_to_array(file)  # type: ignore[no-untyped-call]
    spec = re.fullmatch(r"id = (\d{3})(\w), first\n", blocks()[-1])
    assert spec is not None
    assert record["245"]["a"] == "Tom & Huck <2>."
    indexed = record.get_fields(spec[1])[0][spec[2]]
    delete(book_id)
    [gone] = oai("ListRecords", metadataPrefix="marcxml").records
    assert gone.is_deleted
    assert changed(gone.identifier) == indexed == f"octavo-{book_id}"


def test_the_id_is_written_as_an_element_that_xml_allows() -> None:
    assert re.fullmatch("[A-Za-z_][A-Za-z0-9_.-]*", settings()["injectId"])
