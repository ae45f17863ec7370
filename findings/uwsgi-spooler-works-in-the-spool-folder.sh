#!/usr/bin/env bash
# uWSGI 2.0.31: the current folder of the spooler is the spool folder, that of the workers the one uWSGI was started in.
# Expected: one application, loaded once and forked, finds the same file by the same relative path in each of its processes.
# Seen: a task looks beside its spool files. SQLite makes a new, empty database there without a word, so that what a worker has
# stored in "library.db" is not in the "library.db" of the task.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill -9 "${server:-0}" 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check uwsgi==2.0.31
mkdir "$folder/spool"
cat > "$folder/app.py" <<'PY'
import os
import sqlite3

import uwsgi


def tables():
    with sqlite3.connect("library.db") as library:
        return library.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]


def told(who):
    print(f"{who} works in {os.path.basename(os.getcwd())} and sees {tables()} tables", flush=True)


def task(_):
    told("spooler")
    return uwsgi.SPOOL_OK


uwsgi.spooler = task


def application(environ, start_response):
    with sqlite3.connect("library.db") as library:
        library.execute("CREATE TABLE IF NOT EXISTS book (title TEXT)")
    told("worker")
    uwsgi.spool({b"what": b"import"})
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"queued\n"]
PY
mkdir "$folder/home"
cd "$folder/home"
../venv/bin/uwsgi --http-socket 127.0.0.1:0 --pythonpath "$folder" --module app --spooler "$folder/spool" --master > ../log 2>&1 &
server=$!
until grep -q 'spawned uWSGI worker' ../log; do sleep 0.1; kill -0 "$server" || { cat ../log; exit 1; }; done
port=$(sed -n 's/.*bound to TCP address 127.0.0.1:\([0-9]*\).*/\1/p' ../log | head -1)
python3 -c "import sys, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{sys.argv[1]}/', timeout=10).read()" "$port"
until grep '^spooler works' ../log; do sleep 0.1; kill -0 "$server"; done
grep '^worker works' ../log
grep -qx 'worker works in home and sees 1 tables' ../log
grep -qx 'spooler works in spool and sees 0 tables' ../log
