"""A clock of some processes that is set by hand, by libfaketime; others keep theirs."""

from pathlib import Path

from tests.support import needs


def set_to(clock: Path, told: str) -> None:
    """Set it, at one moment for all processes: an offset such as `+2h`, or a moment to stand at."""
    beside = clock.with_name("set")
    beside.write_text(told)
    beside.replace(clock)


def reading(clock: Path) -> dict[str, str]:
    """The environment of a process that reads the time from a file, whenever it asks."""
    return {
        "LD_PRELOAD": str(needs.FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "PYTHONPATH": str(Path(__file__).with_name("faked")),
        "TZ": "UTC",
    }
