"""For a Python whose clock libfaketime sets: `time.sleep` without the call that it breaks.

Told to leave the monotonic clock as it is, libfaketime 0.9.10 refuses every sleep until a moment of
that clock, which is how Python 3.11 and later sleep (`OSError: [Errno 22] Invalid argument`).
"""

import select
import time
from typing import Any


def sleep(seconds: Any) -> None:
    """Wait so many seconds."""
    select.select([], [], [], seconds)


time.sleep = sleep
