#!/usr/bin/env bash
# feedgen 1.0.0: in an Atom feed the recording of an entry is its web page, and so are all its other links.
# Expected: `<link rel="enclosure" type="audio/mpeg" length="...">`: "represented by link(rel=enclosure) in ATOM", says the package
# of `enclosure()`. A link without `rel` is the entry itself on the web (RFC 4287, 4.2.7.2, "alternate").
# Seen: of a link of an entry only the address is written, without `rel`, `type`, `hreflang`, `title` and `length`. A reader such as
# feedparser 6.0.14 has no enclosure, and the last address is the page of the book: what opens is the sound. Links of the feed
# itself are whole, and so is the RSS of the same object.
# Octavo writes no Atom.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check feedgen==1.0.0 feedparser==6.0.14
"$folder/venv/bin/python" - <<'PY'
import feedparser
from feedgen.feed import FeedGenerator

PAGE, SOUND = "http://library.example/books/1", "http://library.example/books/1.mp3"
feed = FeedGenerator()
feed.id("http://library.example/new")
feed.title("New recordings")
feed.description("What came this week")
feed.link(href="http://library.example/", rel="alternate", type="text/html")
entry = feed.add_entry()
entry.id("urn:isbn:9780141439587")
entry.title("Emma, read aloud")
entry.link(href=PAGE, rel="alternate", type="text/html", hreflang="en")
entry.enclosure(SOUND, 4096, "audio/mpeg")
atom = feed.atom_str(pretty=True).decode()
print(atom)
assert f'<link href="{PAGE}"/>' in atom and f'<link href="{SOUND}"/>' in atom
assert '<link href="http://library.example/" rel="alternate" type="text/html"/>' in atom
assert f'<enclosure url="{SOUND}" length="4096" type="audio/mpeg"/>' in feed.rss_str().decode()
[by_atom] = feedparser.parse(atom).entries
[by_rss] = feedparser.parse(feed.rss_str()).entries
assert (by_atom.link, by_atom.enclosures) == (SOUND, [])
assert (by_rss.link, by_rss.enclosures[0].href) == (PAGE, SOUND)
PY
