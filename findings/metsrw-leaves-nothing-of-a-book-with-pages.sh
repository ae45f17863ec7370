#!/usr/bin/env bash
# metsrw 0.7.0 (PyPI): a METS file of a book with two pages has no files for it, and written again it has no pages, no images and no title.
# Expected: its three files, or an error. It is "a library to help with parsing and creating METS files". In METS `div` of a structMap
# stands in another `div`, whatever its TYPE, and may have several `fptr` (METS Primer, on the structural map).
# Seen: what stands in a `div` is read only if its TYPE is "Directory"; a `div` of any other TYPE without an `fptr` of its own, such as
# "book", is left out with all that is in it. Of a page with an image and its text the first `fptr` alone is read, and what is not an
# "Item" loses its file when it is written. `write` gives an empty `fileSec` and an empty structMap with the words "Archivematica
# default", without an error. Folders of files are right, so that a script which was tried on them empties the METS of digitised books.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check metsrw==0.7.0
cd "$folder"
venv/bin/python -W ignore - <<'PY'
import metsrw
from lxml import etree

DOCUMENT = """<mets xmlns="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink">
<dmdSec ID="D1"><mdWrap MDTYPE="DC"><xmlData><title xmlns="http://purl.org/dc/elements/1.1/">Owls</title></xmlData></mdWrap></dmdSec>
<fileSec><fileGrp USE="original">
<file ID="file-1"><FLocat LOCTYPE="URL" xlink:href="1.tif"/></file>
<file ID="file-2"><FLocat LOCTYPE="URL" xlink:href="2.tif"/></file>
<file ID="file-3"><FLocat LOCTYPE="URL" xlink:href="2.xml"/></file>
</fileGrp></fileSec>
<structMap TYPE="physical"><div TYPE="{0}" LABEL="Owls" DMDID="D1">
<div TYPE="{1}" ORDER="1" LABEL="i"><fptr FILEID="file-1"/></div>
<div TYPE="{1}" ORDER="2" LABEL="ii"><fptr FILEID="file-2"/><fptr FILEID="file-3"/></div>
</div></structMap></mets>"""


def read_and_write(*types):
    document = metsrw.METSDocument.fromstring(DOCUMENT.format(*types).encode())
    document.write("written.xml")
    written = etree.parse("written.xml")
    files = sorted(one.path for one in document.all_files() if one.path)
    counts = [len(written.findall(f".//{{*}}{name}")) for name in ("title", "file", "fptr")]
    print(types, files, counts)
    return files, counts


assert read_and_write("book", "page") == ([], [0, 0, 0])
assert read_and_write("Directory", "page") == (["1.tif", "2.tif"], [1, 0, 2])
assert read_and_write("Directory", "Item") == (["1.tif", "2.tif"], [1, 2, 2])
PY
