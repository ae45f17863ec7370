"""What all peers share: where the data is, which columns there are, how a token is made."""

import os
from urllib.parse import urlsplit

DATABASE_URL = os.environ.get("PEERS_DATABASE_URL", "")
SECRET = "a secret of the benchmarks alone, long enough for HMAC"
IS_POSTGRESQL = DATABASE_URL.startswith("postgresql")
SQLITE_PATH = urlsplit(DATABASE_URL).path[1:] if not IS_POSTGRESQL else ""

TEXTS = (
    "title",
    "subtitle",
    "part",
    "author",
    "isbn",
    "issn",
    "publisher",
    "language",
    "edition",
    "series",
    "series_volume",
    "material_type",
    "original_title",
    "original_author",
    "contents",
    "description",
    "classification",
    "cover_url",
    "control_number",
    "created_at",
    "updated_at",
)
LISTS = ("contributors", "isbns", "alternative_titles", "subjects")
NUMBERS = ("published_year", "pages", "revision")
BOOK = (
    "id",
    "title",
    "subtitle",
    "part",
    "author",
    "contributors",
    "isbn",
    "isbns",
    "issn",
    "publisher",
    "published_year",
    "language",
    "edition",
    "pages",
    "series",
    "series_volume",
    "material_type",
    "original_title",
    "original_author",
    "alternative_titles",
    "contents",
    "description",
    "subjects",
    "classification",
    "cover_url",
    "control_number",
    "created_at",
    "updated_at",
    "revision",
)
LOAN = (
    "id",
    "copy_id",
    "book_id",
    "user_id",
    "status",
    "borrowed_at",
    "due_at",
    "returned_at",
    "renewals",
    "fine_accrued",
    "revision",
)
COPY = ("id", "book_id", "barcode", "status")
