"""Reading a file in a process of its own, while what was read before is written.

Reading and checking take as long as writing, and one process does one thing at a time. A small
file is read by the process itself: another one takes as long to start as a thousand records.
"""

import gc
import multiprocessing
import os
import pickle
import signal
import stat
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, BinaryIO, Protocol

LARGE = 1 << 20
"""Bytes of a file from which another process pays."""
_TOGETHER = 200
_TOGETHER_BYTES = 1 << 18
# Objects after which Python looks for cycles; the usual 700 are but a few records.
_MANY = 50_000
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
def reading(file: BinaryIO, opening: Opening, each: Each | None = None) -> Iterator[Read]:
    """What is in the file, read by another process if it is LARGE and on disk.

    It gives what `each` makes of what is read, and tells of itself as of what came last. While it
    is iterated over it raises ReaderEnded if the other process is killed, and RuntimeError with
    the traceback of an error there.
    """
    python = Path(sys.prefix, "bin", "python3")
    if not _is_large(file) or not python.exists():
        yield _Here(opening(file), each)
        return
    # Forked, it would have the connections and sockets of this process.
    context = multiprocessing.get_context("spawn")
    # Under uWSGI this process is no Python interpreter.
    context.set_executable(str(python))
    receiving, sending = context.Pipe(duplex=False)
    how = (file.name, opening, each, sending)
    process = context.Process(target=_read, args=how, daemon=True)
    process.start()
    sending.close()
    try:
        yield _Ahead(receiving)
    finally:
        receiving.close()
        process.kill()
        process.join()


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
    def __init__(self, receiving: Connection) -> None:
        super().__init__()
        self._receiving = receiving

    def __iter__(self) -> Iterator[Any]:
        is_last = False
        while not is_last:
            try:
                sent = self._receiving.recv_bytes()
            except EOFError:
                raise ReaderEnded from None
            items, told, is_last = pickle.loads(sent)  # noqa: S301  of our own process
            if not told:
                raise RuntimeError(items)
            self._hear(told)
            yield from items


def _read(path: str, opening: Opening, each: Each | None, sending: Connection) -> None:
    """Read the file and send what is in it, in another process; whoever started it may end it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    gc.set_threshold(_MANY)
    try:
        with Path(path).open("rb") as file:
            _send_all(opening(file), each, sending)
    except BrokenPipeError:
        pass
    except Exception:  # noqa: BLE001  told there
        _send(sending, traceback.format_exc(), [], is_last=True)


def _send_all(source: Read, each: Each | None, sending: Connection) -> None:
    some: list[Any] = []
    room = _TOGETHER_BYTES
    for item in source:
        some.append(item if each is None else each(item))
        room -= len(item.raw)
        if len(some) == _TOGETHER or room <= 0:
            _send(sending, some, _told(source), is_last=False)
            some, room = [], _TOGETHER_BYTES
    _send(sending, some, _told(source), is_last=True)


def _told(source: Read) -> list[Any]:
    return [getattr(source, name) for name in _TOLD]


def _send(sending: Connection, items: list[Any] | str, told: list[Any], *, is_last: bool) -> None:
    sending.send_bytes(pickle.dumps((items, told, is_last), pickle.HIGHEST_PROTOCOL))
