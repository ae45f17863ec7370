"""The memory of processes that are forked: what they share is left alone, what is free given back.

What was freed before a fork leaves gaps between objects that are in use. A new object put into one
of them has the system copy the whole page around it, once for each process: opening a connection of
SQLite, which takes 0.3 MiB, copied 4. The gaps that are filled are lost, a MiB in all.
"""

from ctypes import CDLL, c_size_t, c_void_p, pythonapi
from typing import Any

_POOL = 16 << 10
"""Bytes in which CPython's allocator has objects of one size, up to 512."""
_RUN = 8
"""So many of the C library side by side are in a wide gap, or at the end."""
_MOST = 20_000
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
"""Parameters of mallopt(3)."""
_MOST_FREE = 1 << 20


def give_back() -> None:
    """Have glibc return what is free at the end of its heap, beyond a MiB, to the system.

    By itself it keeps twice the size of the largest block that was ever freed.
    """
    mallopt = getattr(CDLL(None), "mallopt", None)
    if mallopt is None:  # Another C library.
        return
    mallopt(_TRIM_THRESHOLD, _MOST_FREE)
    mallopt(_MMAP_THRESHOLD, _MOST_FREE)
    mallopt(_TOP_PAD, _MOST_FREE // 16)


def fill_gaps() -> None:
    """Fill what is free between objects, in CPython's allocator and in that of the C library."""
    for size in range(16, 513, 16):
        _fill(pythonapi.PyObject_Malloc, size, _POOL // size // 2)
    # From the largest on: what is left of a gap is filled with smaller ones.
    for size in range(1032, 23, -16):
        _fill(pythonapi.PyMem_RawMalloc, size, _RUN)


def _fill(allocate: Any, size: int, run: int) -> None:
    """Allocate until `run` in a row lie side by side, but for the odd number of our own."""
    allocate.restype, allocate.argtypes = c_void_p, [c_size_t]
    last = side_by_side = 0
    for _ in range(_MOST):
        at = allocate(size)
        side_by_side = side_by_side + 1 if abs(at - last) <= 4 * size + 24 else 0
        if side_by_side == run:
            return
        last = at
