"""Ten minutes of mixed load at saturation: `python -m tests.faults.soak [SECONDS] [DATABASE_URL]`.

Desks lend, take back, catalogue, page and search as fast as they are answered. Ends with 1 when a
request failed, when what was told differs from what there is, or when the private memory of the
processes at the end is over 5 % more than after the warm-up, the first third.
"""

import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.faults.lending import Lending
from tests.support import servers
from tests.support.servers import Server

DESKS = 2
PAUSE = 5
# At least, however short the load is.
SAMPLES = 30
PRINTED = 60
GROWTH = 1.05
_KINDS = ("Pss", "Private_Dirty")


def memory(server: Server) -> tuple[int, ...]:
    """KiB that the master and its children take: proportional share, and private."""
    master = server.process.pid
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    taken = dict.fromkeys(_KINDS, 0)
    for pid in (master, *children):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            name, _, rest = line.partition(":")
            if name in taken:
                taken[name] += int(rest.split()[0])
    return tuple(taken.values())


def run(server: Server, seconds: float) -> int:
    """Have desks at work for so long, and print what is seen; the exit status."""
    desks, begun = Lending(server, DESKS), time.monotonic()
    desks.open()
    told = 0
    warm: list[tuple[int, ...]] = []
    late: list[tuple[int, ...]] = []
    while (passed := time.monotonic() - begun) < seconds:
        time.sleep(min(PAUSE, seconds / SAMPLES))
        seen = memory(server)
        part = 3 * passed / seconds
        if 1 <= part < 1.5:
            warm.append(seen)
        elif part > 2.5:
            late.append(seen)
        if passed >= told * PRINTED:
            told += 1
            print(f"{passed:4.0f} s  {desks.statuses.total():8,} requests  {seen} KiB", flush=True)
    desks.close()
    desks.check()
    failed = sum(number for status, number in desks.statuses.items() if status not in (200, 201))
    print(f"{desks.statuses.total():,} requests, {failed} failed: {dict(desks.statuses)}")
    ratios = [
        median(each[kind] for each in late) / median(each[kind] for each in warm) for kind in (0, 1)
    ]
    for name, ratio in zip(_KINDS, ratios, strict=True):
        print(f"{name}: {ratio:.3f} times what it was after the warm-up")
    return int(failed > 0 or ratios[1] > GROWTH)


def main() -> int:
    """Start a server, load it, stop it."""
    seconds = float(sys.argv[1]) if sys.argv[1:] else 600
    with TemporaryDirectory(prefix="octavo-soak-") as folder:
        chosen = {"DATABASE_URL": sys.argv[2]} if sys.argv[2:] else {}
        server = servers.start(Path(folder), WORKERS="2", **chosen)
        try:
            return run(server, seconds)
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
