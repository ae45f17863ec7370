#!/usr/bin/env bash
# Peewee 4.5.3, playhouse.db_url: a password with %40 in the URL of a database is sent to the server as "%40".
# Expected: parts of a URL are percent-encoded (RFC 3986), so p%40ss is the password "p@ss", as libpq and psql read it.
# Seen: `parse` and `connect` decode neither name nor password unless asked with `unquote_user` and `unquote_password`;
# an "@" must be written as it is. The same DATABASE_URL signs in with psql and is refused here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check peewee==4.5.3 'psycopg[binary]==3.2.13'
"$folder/venv/bin/python" - <<'PY'
from playhouse.db_url import parse
from psycopg.conninfo import conninfo_to_dict

URL = "postgresql://octavo:p%40ss@db.example/library"
read = {"playhouse": parse(URL)["password"], "libpq": conninfo_to_dict(URL)["password"]}
print(read, parse(URL, unquote_password=True)["password"])
assert read == {"playhouse": "p%40ss", "libpq": "p@ss"}
assert parse(URL, unquote_password=True)["password"] == "p@ss"
PY
