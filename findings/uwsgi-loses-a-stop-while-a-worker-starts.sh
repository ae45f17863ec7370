#!/usr/bin/env bash
# uWSGI 2.0.31: told to stop gracefully while a worker is starting, it does not end.
# Expected: `gracefully_kill_them_all` ends every worker, the late ones by force after worker-reload-mercy.
# Seen: until a worker has its own handlers it has the master's. It takes the signal as the master does
# ("...gracefully killing workers..."), goes on, and serves; the master waits for it without an end, and the
# mercy of 3 seconds is not applied, since the wait is in the master's own handler. systemd ends both
# after TimeoutStopSec.
set -euo pipefail
folder=$(mktemp -d)
master=
trap '[ -z "$master" ] || kill -9 "$master" $(cat "$folder/pids") 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-cache-dir uwsgi==2.0.31
cat > app.py <<'PY'
import os
import time

import uwsgi


def start_slowly():
    with open("pids", "a") as file:
        print(os.getpid(), file=file)
    time.sleep(2)


uwsgi.post_fork_hook = start_slowly


def application(environ, start_response):
    start_response("200 OK", [])
    return [b"here\n"]
PY
venv/bin/uwsgi --master --no-orphans --http-socket 127.0.0.1:18471 --wsgi-file app.py --processes 2 --worker-reload-mercy 3 \
    --hook-master-start "unix_signal:15 gracefully_kill_them_all" > log 2>&1 &
master=$!
sleep 5
kill -9 "$(head -n 1 pids)"
until [ "$(wc -l < pids)" = 3 ]; do sleep 0.1; done
kill -TERM "$master"
sleep 12
tail -n 4 log
kill -0 "$master" && echo "It was told to stop 12 seconds ago, and runs."
