"""Compare the instructions of two commits for the hottest operations, as callgrind counts them.

    python -m benchmarks.guard [BASE] [--tolerance PERCENT]

BASE is a commit, else the last release. Counts what a worker of uWSGI runs for a request, and not
uWSGI itself. Prints a table, and ends with 1 where something takes more than PERCENT (5) more than
in BASE. Counts do not depend on what else the machine does; both sides use this environment.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
_TRIGGER = re.compile(r"^desc: Trigger: Client Request: (.+)$", re.MULTILINE)
_TOTAL = re.compile(r"^(?:summary|totals): (\d+)$", re.MULTILINE)
_RELEASE = re.compile(r"^## \[(\d[^\]]*)\]", re.MULTILINE)

Counts = dict[str, int]


def main() -> None:
    """Compare, print, and say by the exit status whether anything got slower."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.guard")
    parser.add_argument("base", nargs="?", help="a commit; the last release unless given")
    parser.add_argument("--tolerance", type=float, default=5, help="percent (5)")
    asked = parser.parse_args()
    base = asked.base or last_release()
    with tempfile.TemporaryDirectory() as folder:
        marks = Path(folder) / "marks.so"
        _run("cc", "-O2", "-shared", "-fPIC", "-o", str(marks), str(HERE / "marks.c"))
        before, here = _counted_at(base, marks), counted(ROOT, marks)
    print(table(base, before, here))
    slower = too_slow(before, here, asked.tolerance)
    if slower:
        sys.exit(f"More than {asked.tolerance:g} % slower than {base}: {', '.join(slower)}.")


def last_release() -> str:
    """The newest tag, else the commit that wrote the newest release into the changelog."""
    tags = _run("git", "tag", "--list", "v*", "--merged", "HEAD", "--sort=-v:refname").split()
    if tags:
        return tags[0]
    found = _RELEASE.search((ROOT / "CHANGELOG.md").read_text())
    if found is None:
        sys.exit("There is no release to compare with; name a commit.")
    heading = f"## [{found[1]}]"
    commits = _run("git", "log", "--reverse", "--format=%h", f"-S{heading}", "--", "CHANGELOG.md")
    return commits.split()[0]


def counted(tree: Path, marks: Path) -> Counts:
    """Instructions of one request, by operation, of the checkout in a folder."""
    with tempfile.TemporaryDirectory() as folder:
        out = f"--callgrind-out-file={folder}/callgrind"
        command = ["valgrind", "--tool=callgrind", "--instr-atstart=no", out]
        command += [sys.executable, str(HERE / "counted.py"), str(marks)]
        environ = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(command, cwd=tree, env=environ, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stdout + done.stderr)
        files = sorted(Path(folder).glob("callgrind.*"), key=lambda file: int(file.suffix[1:]))
        dumps = [file.read_text() for file in files]
    return {name: total for name, total in map(_read, dumps) if name}


def table(base: str, before: Counts, here: Counts) -> str:
    """Both sides in thousands of instructions, as Markdown."""
    lines = [f"| thousands of instructions | {base} | here | ratio |", "|---|---|---|---|"]
    for name, count in here.items():
        was = before.get(name)
        side = f"{was / 1000:,.0f} | {count / 1000:,.0f} | {count / was:.2f}" if was else "| |"
        lines.append(f"| {name} | {side} |")
    return "\n".join(lines)


def too_slow(before: Counts, here: Counts, tolerance: float) -> list[str]:
    """The operations that take more than `tolerance` percent more than before."""
    return [
        name
        for name, count in here.items()
        if name in before and count > before[name] * (1 + tolerance / 100)
    ]


def _counted_at(commit: str, marks: Path) -> Counts:
    """The counts of a commit, in a checkout of its own."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "base"
        _run("git", "worktree", "add", "--quiet", "--detach", str(tree), commit)
        try:
            return counted(tree, marks)
        finally:
            _run("git", "worktree", "remove", "--force", str(tree))


def _read(dump: str) -> tuple[str, int]:
    """The operation of a dump, and what one request of it took; no name for the rest."""
    from benchmarks.guard.counted import TIMES

    name, total = _TRIGGER.search(dump), _TOTAL.search(dump)
    return (name[1], int(total[1]) // TIMES) if name and total else ("", 0)


def _run(*command: str) -> str:
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except FileNotFoundError:
        sys.exit(f"This needs {command[0]} (on Debian: apt-get install valgrind build-essential).")
    except subprocess.CalledProcessError as error:
        sys.exit(error.stderr)
    return done.stdout


if __name__ == "__main__":
    main()
