"""The SIP2 server: connections by asyncio, messages in a small pool of threads."""

import asyncio
import logging
import os
import re
import signal
import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from models.database import database
from protocols.sip2.codec import stripped
from protocols.sip2.metrics import count_connections, count_message
from protocols.sip2.session import Outcome, Session
from protocols.sip2.visit import Library

LONGEST_FRAME = 64 * 1024
MOST_CONNECTIONS = 500
THREADS = 8
SIGN_IN_SECONDS = 60
SEND_SECONDS = 30
STOP_SECONDS = 20
"""How long messages in work may take when the process is to stop."""

_TERMINATORS = re.compile(rb"[\r\n]")
_CHUNK = 4096
_log = logging.getLogger("octavo.sip2")


class TooLong(ValueError):
    """A message without end."""


class Frames:
    """Cuts what arrives into frames, whatever the terminator; empty ones are left out."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The frames that are complete with this data. Raises TooLong."""
        *whole, self._rest = _TERMINATORS.split(self._rest + data)
        for part in whole:
            if len(part) > LONGEST_FRAME:
                raise TooLong
            frame = stripped(part)
            if frame:
                yield frame
        if len(self._rest) > LONGEST_FRAME:
            raise TooLong


class Limits(NamedTuple):
    """How long a machine may say nothing, in seconds, before and after it has signed in."""

    idle: float
    sign_in: float = SIGN_IN_SECONDS


class Server:
    """All connections of one process."""

    def __init__(self, library: Library, limits: Limits) -> None:
        self._library = library
        self._limits = limits
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="sip2")
        self._idle: set[asyncio.Task[None]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()

    async def run(self, host: str, port: int, context: ssl.SSLContext | None = None) -> None:
        """Listen until SIGTERM or SIGINT, then finish the messages in work. Raises OSError."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        server = await asyncio.start_server(self._connected, host, port, ssl=context)
        _log.info("listening", extra={"fields": {"host": host, "port": port}})
        tell_ready()
        await self._stopping.wait()
        server.close()
        await self._finish()
        self._pool.shutdown()

    async def _finish(self) -> None:
        for task in tuple(self._idle):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
        _log.info("stopped")

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or len(self._tasks) >= MOST_CONNECTIONS:
            writer.close()
            return
        self._tasks.add(task)
        count_connections(len(self._tasks))
        try:
            await self._converse(reader, writer, task)
        except (TimeoutError, TooLong, OSError, asyncio.CancelledError) as error:
            _log.info("connection ended", extra={"fields": {"because": type(error).__name__}})
        finally:
            self._tasks.discard(task)
            self._idle.discard(task)
            count_connections(len(self._tasks))
            writer.close()

    async def _converse(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        task: asyncio.Task[None],
    ) -> None:
        address = str((writer.get_extra_info("peername") or ("",))[0])
        session, frames = Session(self._library, address), Frames()
        while not self._stopping.is_set():
            self._idle.add(task)
            async with asyncio.timeout(
                self._limits.idle if session.machine else self._limits.sign_in
            ):
                data = await reader.read(_CHUNK)
            self._idle.discard(task)
            if not data:
                return
            for frame in frames.feed(data):
                await self._answer(session, frame, writer)
                if session.is_over or self._stopping.is_set():
                    return

    async def _answer(self, session: Session, frame: bytes, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        started = time.perf_counter()
        outcome: Outcome = await loop.run_in_executor(self._pool, session.answer, frame)
        count_message(outcome.message, outcome.result, time.perf_counter() - started)
        writer.write(outcome.answer)
        async with asyncio.timeout(SEND_SECONDS):
            await writer.drain()


def tell_ready() -> None:
    """Tell the systemd that started this, if one did, that it serves; see sd_notify(3)."""
    where = os.environ.get("NOTIFY_SOCKET")
    if where:
        address = f"\0{where[1:]}" if where.startswith("@") else where
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
            systemd.sendto(b"READY=1", address)


def serve(
    library: Library,
    host: str,
    port: int,
    idle: float,
    context: ssl.SSLContext | None = None,
) -> None:
    """Serve until the process is told to stop. Raises OSError when it cannot listen."""

    async def run() -> None:
        await Server(library, Limits(idle)).run(host, port, context)

    try:
        asyncio.run(run())
    finally:
        database.obj.close()
