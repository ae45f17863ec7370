"""Reading a file in a process of its own, while what was read before is written.

Reading and checking take as long as writing, and one process does one thing at a time. A small
file is read by the process itself: another one takes as long to start as a thousand records.
"""

import gc
import os
import pickle
import signal
import stat
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import IO, Any, BinaryIO, Protocol

LARGE = 1 << 20
"""Bytes of a file from which another process pays."""
# Under uWSGI the path to our modules is relative to a folder that is no longer the current one.
_ROOT = Path(__file__).resolve().parent.parent
# Messages that wait to be sent: a few MiB, and somewhat more records than a batch has.
_AHEAD = 50
# So many that whoever writes does not soon come to their end.
_FAR_AHEAD = _AHEAD // 3
_TOGETHER = 200
_TOGETHER_BYTES = 1 << 18
# Objects after which Python looks for cycles; the usual 700 are but a few records.
_MANY = 50_000
# Seconds for which the thread that reads lets the one that sends wait: the usual 5 ms pass several
# times while a message is sent, and whoever writes waits for it.
_TURN = 0.0002
_TOLD = ("header", "footer", "encoding", "samples", "unused", "read_as", "refused")


class Read(Protocol):
    """What iterates over a file, and tells how it was read: a `Reader`, or what is like one."""

    header: bytes
    footer: bytes
    encoding: str | None
    samples: list[str]
    unused: list[str]
    read_as: list[str]
    refused: Any

    def __iter__(self) -> Iterator[Any]:
        """What the file has, each with its bytes as `raw`."""


Opening = Callable[[BinaryIO], Read]
"""Opens a file. Another process gets it by pickle: a function of a module, or a `partial` of it."""
Each = Callable[[Any], Any]
"""What is made of everything that comes out of a file; sent by pickle as well."""


class ReaderEnded(Exception):
    """The process that read the file has ended before the end of it."""


@contextmanager
def reading(
    file: BinaryIO, opening: Opening, each: Each | None = None, ready: Each | None = None
) -> Iterator[Read]:
    """What is in the file, read by another process if it is LARGE and on disk.

    It gives what `each` makes of what is read, and tells of itself as of what came last. The other
    process does what `ready` does as well as long as it is far ahead: else it would be waited for.
    While it is iterated over it raises ReaderEnded if the other process is killed, and RuntimeError
    with the traceback of an error there.
    """
    python = Path(sys.prefix, "bin", "python3")
    if not _is_large(file) or not python.exists():
        yield _Here(opening(file), each)
        return
    # Forked, it would have the connections and sockets of this process; the executable of this
    # process may be uWSGI's.
    process = subprocess.Popen(  # noqa: S603  a command of our own
        [python, "-c", "from formats.read_ahead import serve; serve()"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(_ROOT), *sys.path])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdin is not None  # noqa: S101  a pipe
        assert process.stdout is not None  # noqa: S101  a pipe
        try:
            # If it has ended already, that is seen when it is read from.
            with suppress(BrokenPipeError), process.stdin as told:
                pickle.dump((file.name, opening, each, ready), told)
            with _few_collections():
                yield _Ahead(process.stdout)
        finally:
            process.kill()


@contextmanager
def _few_collections() -> Iterator[None]:
    """A context in which Python seldom looks for cycles, which took a sixteenth of an import."""
    before = gc.get_threshold()
    gc.set_threshold(_MANY)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _is_large(file: BinaryIO) -> bool:
    """Whether the file is a large one that has its name."""
    try:
        known, named = os.fstat(file.fileno()), Path(file.name).stat()
    except (AttributeError, TypeError, OSError):
        return False
    is_same = os.path.samestat(known, named) and stat.S_ISREG(known.st_mode)
    return is_same and known.st_size >= LARGE


class _Told:
    """What a file tells of itself."""

    def __init__(self) -> None:
        self.header = self.footer = b""
        self.encoding: str | None = None
        self.samples: list[str] = []
        self.unused: list[str] = []
        self.read_as: list[str] = []
        self.refused: Any = None

    def _hear(self, told: list[Any]) -> None:
        for name, value in zip(_TOLD, told, strict=True):
            setattr(self, name, value)


class _Here(_Told):
    def __init__(self, source: Read, each: Each | None) -> None:
        super().__init__()
        self._source, self._each = source, each

    def __iter__(self) -> Iterator[Any]:
        for item in self._source:
            self._hear(_told(self._source))
            yield item if self._each is None else self._each(item)
        self._hear(_told(self._source))


class _Ahead(_Told):
    def __init__(self, sent: IO[bytes]) -> None:
        super().__init__()
        self._sent = sent

    def __iter__(self) -> Iterator[Any]:
        is_last = False
        while not is_last:
            try:
                items, told, is_last = pickle.load(self._sent)  # noqa: S301  of our own process
            except (EOFError, pickle.UnpicklingError):
                raise ReaderEnded from None
            if not told:
                raise RuntimeError(items)
            self._hear(told)
            yield from items


def serve() -> None:
    """Read the file that standard input tells and send what is in it, in another process.

    Whoever started it ends it, or is gone: then nobody takes what is sent.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Nothing else may be written there.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    path, opening, each, ready = pickle.load(sys.stdin.buffer)  # noqa: S301  of the process that began it
    gc.freeze()
    gc.set_threshold(_MANY)
    sys.setswitchinterval(_TURN)
    # A pipe holds but a hundred records, and is not emptied while a thousand are written.
    waiting: Queue[bytes] = Queue(_AHEAD)
    sender = Thread(target=_send, args=(waiting, out))
    sender.start()
    try:
        with Path(path).open("rb") as file:
            for message in _messages(opening(file), each, ready, waiting):
                waiting.put(message)
    except Exception:  # noqa: BLE001  told there
        waiting.put(_packed(traceback.format_exc(), [], is_last=True))
    waiting.put(b"")
    sender.join()


def _send(waiting: "Queue[bytes]", out: IO[bytes]) -> None:
    """Send what waits until an empty message comes, or nobody is there any more."""
    try:
        for message in iter(waiting.get, b""):
            out.write(message)
            out.flush()
    except BrokenPipeError:
        os._exit(0)


def _messages(
    source: Read, each: Each | None, ready: Each | None, waiting: "Queue[bytes]"
) -> Iterator[bytes]:
    """All that is in a file, some items at a time with what it tells of itself."""
    some: list[Any] = []
    room = _TOGETHER_BYTES
    for item in source:
        some.append(item if each is None else each(item))
        room -= len(item.raw)
        if len(some) == _TOGETHER or room <= 0:
            if ready is not None and waiting.qsize() >= _FAR_AHEAD:
                some = list(map(ready, some))
            yield _packed(some, _told(source), is_last=False)
            some, room = [], _TOGETHER_BYTES
    yield _packed(some, _told(source), is_last=True)


def _told(source: Read) -> list[Any]:
    return [getattr(source, name) for name in _TOLD]


def _packed(items: list[Any] | str, told: list[Any], *, is_last: bool) -> bytes:
    return pickle.dumps((items, told, is_last), pickle.HIGHEST_PROTOCOL)
