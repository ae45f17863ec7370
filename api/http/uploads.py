"""Files that come as request bodies, written to disk piece by piece."""

import hashlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Upload:
    """A file of a request. It is deleted when the request is over, unless it was `kept`."""

    path: Path
    digest: bytes = b""
    kept: bool = False

    def receive(self, pieces: Iterable[bytes]) -> None:
        """Write the pieces so that they survive a power cut. Raises what `pieces` raises."""
        digest = hashlib.sha256()
        with self.path.open("xb") as file:
            for piece in pieces:
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        self.digest = digest.digest()

    def end(self) -> None:
        """Delete it unless it was kept."""
        if not self.kept:
            self.path.unlink(missing_ok=True)


def begin(folder: Path) -> Upload:
    """A file to be written, under a name of its own in the folder, which is made if need be."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Upload(folder / secrets.token_hex(12))
