"""docs/deployment.md, step by step as printed, on a Debian machine that has just been made.

It takes minutes, some hundred megabytes of packages, root and debootstrap, so that it runs only
when asked: `make debian`, or OCTAVO_DEBIAN_TEST=true. CONTRIBUTING.md says why.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import machines
from tests.support.servers import ROOT, wait_for

PAGE = ROOT / "docs" / "deployment.md"
STEP = re.compile(r"^## (\d+)\. ([^\n]*)$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ASKED = os.environ.get("OCTAVO_DEBIAN_TEST") == "true"
MIGRATION = '''"""A table of the version that comes next."""

from models.schema import create


def up(migrator: object, db: object) -> None:
    """Make it."""
    create("CREATE TABLE of_the_next_version (id {id})")
'''


def steps() -> list[tuple[int, str, str]]:
    """The number, the title and the commands of each step of the page."""
    return [
        (int(number), title, "\n".join(BLOCK.findall(text)))
        for number, title, text in STEP.findall(PAGE.read_text())
    ]


def test_the_steps_are_numbered_and_each_is_a_script() -> None:
    assert [number for number, _, _ in steps()] == list(range(1, len(steps()) + 1))
    for _, title, script in steps():
        read = subprocess.run(
            ["bash", "-n"], input=script, capture_output=True, text=True, check=False
        )
        assert script, title
        assert read.stderr == "", title


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[machines.Machine]:
    """A new machine, with the code where the page finds it."""
    if not ASKED:
        pytest.skip("NOT TESTED on a new Debian machine: `make debian` does it")
    absent = machines.lacking()
    assert absent is None, absent
    with machines.new_machine(tmp_path) as started:
        publish(started, "as it is")
        yield started


def git(*arguments: str) -> None:
    """Have git do it, as nobody in particular."""
    nobody = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.org"]
    subprocess.run(["git", *nobody, *arguments], check=True, capture_output=True)


def publish(machine: machines.Machine, message: str, **files: str) -> None:
    """Commit the files of this folder as they are, and others, to the code that is cloned there."""
    source = machine.root / "srv" / "octavo.git"
    if not source.exists():
        git("init", "--quiet", "--bare", "--initial-branch=main", str(source))
    there = ["-C", str(ROOT), f"--git-dir={source}", f"--work-tree={ROOT}"]
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    known = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True)
    names = [name for name in known.stdout.decode().split("\0") if name and (ROOT / name).exists()]
    git(*there, "add", "--force", "--", *names)
    for name, text in files.items():
        blob = subprocess.run(
            ["git", *there, "hash-object", "-w", "--stdin"],
            input=text, capture_output=True, text=True, check=True,
        ).stdout.strip()  # fmt: skip
        git(*there, "update-index", "--add", "--cacheinfo", f"100644,{blob},{name}")
    git(*there, "commit", "--quiet", "-m", message)


@pytest.mark.slow
@pytest.mark.peer
@pytest.mark.timeout(1500)
def test_the_page_makes_a_library_of_an_empty_machine(machine: machines.Machine) -> None:
    shell = machines.Shell(machine)
    said = {}
    for number, title, script in steps():
        if title == "A new version":
            publish(machine, "the next", **{"migrations/0999_of_the_next_version.py": MIGRATION})
        said[title] = shell.run(f"step-{number}", script)
        print(said[title])
    assert '"title":"Middlemarch"' in said["Does it work?"]
    assert "put back into an empty database and checked" in said["Timers"]
    assert "applied 0999_of_the_next_version" in said["A new version"]
    assert "Nothing contradicts the rules." in said["Putting a backup back"]
    assert "Middlemarch" in said["Putting a backup back"]
    shell.close()
    machine.stop()
    machine.start()
    asked = ["curl", "--fail", "--silent", "--insecure", "https://localhost/readyz"]
    wait_for(lambda: machine.run(*asked).returncode == 0, 120)
    running = machine.run("systemctl", "is-active", "octavo-sip2", "octavo-backup.timer").stdout
    assert running == b"active\nactive\n"
