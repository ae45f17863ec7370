#!/usr/bin/env bash
# standardwebhooks 1.1.0: a time that is aware and not UTC is signed as another moment.
# Expected: sign(id, 12:00+05:00, body) signs 07:00 UTC, the same moment.
# Seen: the zone is replaced, not converted: 12:00 UTC is signed. A sender whose clock is local sends
# signatures that every receiver refuses as too old or too new (the tolerance is five minutes).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check standardwebhooks==1.1.0
"$folder/venv/bin/python" - <<'PY'
from datetime import datetime, timedelta, timezone

from standardwebhooks import Webhook

webhook = Webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
local = datetime(2026, 11, 28, 12, 0, tzinfo=timezone(timedelta(hours=5)))
wall_clock = local.replace(tzinfo=timezone.utc)
same_moment = webhook.sign("msg_1", local, "{}") == webhook.sign("msg_1", local.astimezone(timezone.utc), "{}")
same_digits = webhook.sign("msg_1", local, "{}") == webhook.sign("msg_1", wall_clock, "{}")
print(f"signed as the same moment: {same_moment}; as the same digits in UTC: {same_digits}")
assert (same_moment, same_digits) == (False, True)
PY
