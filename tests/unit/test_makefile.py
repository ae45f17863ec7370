"""The Makefile on machines that lack what it needs."""

import shutil
import subprocess
from pathlib import Path

from tests.support.servers import ROOT


def make_run(folder: Path, *programs: str) -> "subprocess.CompletedProcess[str]":
    """`make run` in a fresh clone, on a machine that has only these programs besides make."""
    clone, machine = folder / "clone", folder / "bin"
    for made in (clone, machine):
        made.mkdir()
    for name in ("Makefile", "requirements.txt"):
        shutil.copy(ROOT / name, clone)
    for name in ("make", "sh", *programs):
        found = shutil.which(name)
        assert found, f"there is no program {name}"
        (machine / name).symlink_to(found)
    return subprocess.run(
        [machine / "make", "run"],
        cwd=clone,
        env={"PATH": str(machine)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_machine_without_a_compiler_is_told_before_anything_is_made(tmp_path: Path) -> None:
    tried = make_run(tmp_path)
    assert tried.returncode != 0
    assert tried.stdout == ""
    first = tried.stderr.splitlines()[0]
    assert first == (
        "This needs a C compiler (on Debian: apt-get install build-essential python3-dev)."
    )
    assert not (tmp_path / "clone" / ".venv").exists()


def test_a_machine_without_python_is_told_which_one_to_install(tmp_path: Path) -> None:
    tried = make_run(tmp_path, "cc")
    assert tried.returncode != 0
    assert "This needs Python 3.11 or later that can make virtual environments" in tried.stderr
    assert "apt-get install python3-venv" in tried.stderr
    assert not (tmp_path / "clone" / ".venv").exists()
