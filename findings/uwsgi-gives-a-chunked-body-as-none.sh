#!/usr/bin/env bash
# uWSGI 2.0.31 with Flask 3.1.3: a POST whose body comes in chunks reaches the application with an empty body, and is answered 200.
# Expected: the body, as with Content-Length, or an error that a length is needed (411). Every recipient has to be able to read
# chunks (RFC 9112, 7.1), and a client that makes its body while it sends has nothing else.
# Seen: Flask asks `wsgi.input`, which has nothing without Content-Length, and nothing says that there is more. The option
# `--http-chunked-input` changes nothing for it: the body waits in `uwsgi.chunked_read()`, which Flask does not call. What
# `requests.post(url, data=generator)` sends is stored as an empty file.
# Octavo makes a `wsgi.input` of chunked_read() before Flask sees the request.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill -9 "${server:-0}" 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check uwsgi==2.0.31 flask==3.1.3 requests==2.32.5
cd "$folder"
cat > app.py <<'PY'
from flask import Flask, request

app = Flask(__name__)


@app.post("/books")
def add():
    return {"length": len(request.get_data())}
PY
cat > send.py <<'PY'
import sys

import requests

url = f"http://127.0.0.1:{sys.argv[1]}/books"
book = b'{"title": "Emma"}'
for body in (book, iter([book])):
    answer = requests.post(url, data=body, headers={"Connection": "close"}, timeout=30)
    print(answer.status_code, answer.json()["length"])
PY
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
for options in "--http-socket 127.0.0.1:$port" "--http 127.0.0.1:$port --http-chunked-input"; do
  # shellcheck disable=SC2086
  venv/bin/uwsgi $options --master --workers 1 --die-on-term --need-app --virtualenv venv --module app:app > log 2>&1 &
  server=$!
  until grep -q 'spawned uWSGI worker 1' log; do sleep 0.1; kill -0 "$server"; done
  sleep 1
  seen=$(venv/bin/python send.py "$port")
  kill -TERM "$server"
  wait "$server" || true
  printf '%s\n%s\n' "$options" "$seen"
  test "$seen" = '200 17
200 0'
done
