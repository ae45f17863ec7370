#!/usr/bin/env bash
# EbookLib 0.20: `language` of each EPUB that it reads is "en", and a German book that it reads and writes has an English table of
# contents.
# Expected: "de", as `dc:language` of the book says (EPUB 3.3, 5.5.3.3), and as `title` and `direction` are those of the book. A
# page "will use language of the book" by default, says the documentation.
# Seen: the value that a new book begins with is never replaced by the one that is read; only `get_metadata("DC", "language")` has
# it. Written again, after a cover or a note was changed, the table of contents, which had lang="de", has lang="en", and a screen
# reader reads German with an English voice. `dc:language` stays right, so that a check of the metadata does not show it.
# Octavo reads no books.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check EbookLib==0.20
cd "$folder"
venv/bin/python -W ignore - <<'PY'
import re
import zipfile

from ebooklib import epub


def said(name):
    with zipfile.ZipFile(name) as book:
        contents = book.read("EPUB/nav.xhtml").decode()
        package = book.read("EPUB/content.opf").decode()
    return re.search(r' lang="(\w+)"', contents)[1], re.search(r"<dc:language>(\w+)<", package)[1]


book = epub.EpubBook()
book.set_identifier("urn:isbn:9780141439587")
book.set_title("Eulen")
book.set_language("de")
book.set_direction("ltr")
page = epub.EpubHtml(uid="page", title="Eulen", file_name="page.xhtml")
page.content = "<p>Eulen jagen nachts.</p>"
for item in (page, epub.EpubNcx(), epub.EpubNav()):
    book.add_item(item)
book.spine = ["nav", page]
epub.write_epub("before.epub", book)
read = epub.read_epub("before.epub")
epub.write_epub("after.epub", read)
print(read.language, read.get_metadata("DC", "language"), read.title, read.direction, said("before.epub"), said("after.epub"))
assert (read.title, read.direction) == ("Eulen", "ltr")
assert read.language == "en"
assert read.get_metadata("DC", "language")[0][0] == "de"
assert (said("before.epub"), said("after.epub")) == (("de", "de"), ("en", "de"))
PY
