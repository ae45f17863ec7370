#!/usr/bin/env bash
# feedparser 6.0.14: the author "ann@city.museum (Ann Bell)" of an RSS item is "um (Ann Bell" at ann@city.muse.
# Expected: Ann Bell, ann@city.museum. RSS 2.0 has an author as an address with the name in round brackets, and so feedgen 1.0.0
# writes it; the last label of a domain has up to 63 letters (RFC 1035, 2.3.4).
# Seen: the last label is taken to have two to four letters, and the rest of it for a part of the name, in `author_detail` and
# `authors`: .museum, .berlin, .london. An address without a name gets one, "in" for ann@library.berlin. An answer to it goes to
# another domain. `author` has the text as it was.
# Octavo reads no feeds.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check feedparser==6.0.14 feedgen==1.0.0
"$folder/venv/bin/python" - <<'PY'
import feedparser
from feedgen.feed import FeedGenerator


def read(**author):
    feed = FeedGenerator()
    feed.title("New books")
    feed.link(href="http://library.example/")
    feed.description("What came this week")
    entry = feed.add_entry()
    entry.title("Owls")
    entry.author(**author)
    [found] = feedparser.parse(feed.rss_str()).entries
    print(found.author, found.authors)
    return dict(found.author_detail)


assert read(name="Ann Bell", email="ann@library.org") == {"name": "Ann Bell", "email": "ann@library.org"}
assert read(name="Ann Bell", email="ann@city.museum") == {"name": "um (Ann Bell", "email": "ann@city.muse"}
assert read(email="ann@library.berlin") == {"name": "in", "email": "ann@library.berl"}
PY
