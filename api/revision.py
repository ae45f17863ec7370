"""Which revision of the code runs: that of the checkout it lies in, as git keeps it in files.

Git itself may be missing, and refuses a folder that belongs to somebody else. The files are those
of gitrepository-layout(5).
"""

import re
from contextlib import suppress
from pathlib import Path

from api import __version__

_SHOWN = 12
_HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REF = "ref: "


def revision_in(root: Path) -> str | None:
    """The first digits of the commit that a folder is a checkout of; None where it is none."""
    with suppress(OSError, ValueError):
        folder = _git_folder(root)
        head = (folder / "HEAD").read_text().strip()
        found = _commit(folder, head.removeprefix(_REF)) if head.startswith(_REF) else head
        if found is not None and _HASH.fullmatch(found):
            return found[:_SHOWN]
    return None


def _git_folder(root: Path) -> Path:
    """`.git`, or where the file of that name of a further work tree leads."""
    place = root / ".git"
    if not place.is_file():
        return place
    return root / place.read_text().removeprefix("gitdir:").strip()


def _commit(folder: Path, ref: str) -> str | None:
    """The commit of a branch, which has a file of its own or a line among those packed."""
    shared = folder / "commondir"
    base = folder / shared.read_text().strip() if shared.is_file() else folder
    if (base / ref).is_file():
        return (base / ref).read_text().strip()
    lines = (base / "packed-refs").read_text().splitlines()
    return next((line.split()[0] for line in lines if line.endswith(f" {ref}")), None)


REVISION = revision_in(Path(__file__).parents[1])
"""As it was when this process began; None where the code lies in no checkout."""


def running() -> str:
    """What runs, for people: `0.1.0`, or `0.1.0, revision 0a1b2c3d4e5f`."""
    return __version__ if REVISION is None else f"{__version__}, revision {REVISION}"
