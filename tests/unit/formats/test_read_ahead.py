"""Large files are read by another process, and come out as if they were read here."""

import os
import signal
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from catalogue.import_run import Import, Rules
from formats import Fault, Options, read, read_ahead
from formats.read_ahead import ReaderEnded, reading
from models.audit import Actor
from tests.unit.formats.format_samples import marc

TOLD = ("header", "footer", "encoding", "samples", "unused", "read_as", "refused")
FILES = {
    "csv": b"title,pages,shelf\n" + "Käthe,12,A\n,3,B\nEmma,many,C\n".encode() * 300,
    "marc": marc("001 a", "245 10$aEmma") * 700 + b"no record",
    "ndjson": b'{"title": "Emma"}\n[]\n' * 300,
    "marcxml": b'<!DOCTYPE x><collection xmlns="http://www.loc.gov/MARC21/slim"/>',
}


@pytest.fixture(autouse=True)
def _all_files_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_ahead, "LARGE", 0)


class Broken:
    """A file that is read in part, and then something happens to the process that reads it."""

    def __init__(self, file: BinaryIO, number: int) -> None:
        self._number = number
        self.header = self.footer = b""
        self.encoding: str | None = None
        self.refused: Any = None
        self.samples: list[str] = []
        self.unused: list[str] = []
        self.read_as: list[str] = []

    def __iter__(self) -> Iterator[Any]:
        for number in range(1, 4):
            yield Fault(number, None, "", "", b"")
        if self._number:
            os.kill(os.getpid(), self._number)
        raise ValueError("a record that nobody thought of")


def signed(check: Callable[[Any], Any], item: Any) -> tuple[int, Any]:
    """What is made of an item, and the process that made it."""
    return os.getpid(), check(item)


def saved(folder: Path, data: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(data)
    return path


@pytest.mark.usefixtures("sqlite")
@pytest.mark.parametrize("kind", FILES)
def test_another_process_reads_what_this_one_would(tmp_path: Path, kind: str) -> None:
    opening = partial(read, kind=kind, options=Options())
    check = Import(Rules(), Actor(None, "x"), lambda *_: None).check
    here = opening(BytesIO(FILES[kind]))
    path, each = saved(tmp_path, FILES[kind]), partial(signed, check)
    with path.open("rb") as file, reading(file, opening, each) as there:
        found = list(there)
    assert [item for _, item in found] == list(map(check, here))
    assert os.getpid() not in {process for process, _ in found}
    assert [getattr(there, name) for name in TOLD] == [getattr(here, name) for name in TOLD]


def test_what_a_file_tells_of_itself_is_known_with_its_first_record(tmp_path: Path) -> None:
    path = saved(tmp_path, FILES["csv"])
    with path.open("rb") as file, reading(file, partial(read, kind="csv")) as there:
        next(iter(there))
        assert there.header == b"title,pages,shelf\n"


def test_a_file_that_is_no_longer_read_leaves_no_process(tmp_path: Path) -> None:
    path, each = saved(tmp_path, FILES["csv"]), partial(signed, bool)
    with path.open("rb") as file, reading(file, partial(read, kind="csv"), each) as there:
        process, _ = next(iter(there))
    assert not Path(f"/proc/{process}").exists()


def test_a_small_file_is_read_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_ahead, "LARGE", len(FILES["csv"]) + 1)
    path, each = saved(tmp_path, FILES["csv"]), partial(signed, bool)
    with path.open("rb") as file, reading(file, partial(read, kind="csv"), each) as there:
        assert {process for process, _ in there} == {os.getpid()}


def test_a_file_without_a_name_is_read_here() -> None:
    with reading(BytesIO(FILES["csv"]), partial(read, kind="csv")) as there:
        assert len(list(there)) == 900


def test_a_reader_that_is_killed_is_told_from_a_file_that_is_over(tmp_path: Path) -> None:
    opening = partial(Broken, number=signal.SIGKILL)
    path = saved(tmp_path, b"")
    with (
        path.open("rb") as file,
        reading(file, opening) as there,
        pytest.raises(ReaderEnded),
    ):
        list(there)


def test_an_error_of_the_reader_comes_with_its_traceback(tmp_path: Path) -> None:
    path = saved(tmp_path, b"")
    with (
        path.open("rb") as file,
        reading(file, partial(Broken, number=0)) as there,
        pytest.raises(RuntimeError, match="a record that nobody thought of"),
    ):
        list(there)
