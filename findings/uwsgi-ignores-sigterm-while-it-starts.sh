#!/usr/bin/env bash
# uWSGI 2.0.31 with a master: SIGTERM is ignored, not kept, until the application is loaded and the workers run.
# Expected: a server that is told to stop while it loads its application stops, at once or when that is done; here
# "gracefully_kill_them_all" is what SIGTERM is to do.
# Seen: it goes on loading, serves, and stops only when told again. `systemctl stop` during a slow start waits
# for its whole TimeoutStopSec and then kills.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill -9 "${server:-0}" 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check uwsgi==2.0.31
cat > "$folder/app.py" <<'PY'
import time

print("loading", flush=True)
time.sleep(3)


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"served\n"]
PY
cd "$folder"
venv/bin/uwsgi --http-socket 127.0.0.1:0 --wsgi-file app.py --master --workers 1 \
    --hook-master-start "unix_signal:15 gracefully_kill_them_all" > log 2>&1 &
server=$!
until grep -q '^loading' log; do sleep 0.1; done
kill -TERM "$server"
until grep -q 'spawned uWSGI worker 1' log; do sleep 0.1; kill -0 "$server" || { echo "it stopped"; exit 1; }; done
sleep 2
kill -0 "$server" && echo "told to stop while it loaded: still there 2 s after its worker began"
kill -TERM "$server"
wait "$server" || true
echo "told again: stopped"
