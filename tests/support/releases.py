"""The last release: its migrations, and a checkout of it that finds the tables of this version."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.guard.__main__ import last_release

ROOT = Path(__file__).parents[2]
NEW_TABLES = """


def migrate() -> list[str]:
    \"\"\"Have the version that comes next lay its tables.\"\"\"
    import json
    import subprocess
    import sys

    known = database.obj.connect_params
    how = {"name": database.obj.database, "on": "postgresql" if is_postgresql() else "sqlite"}
    how |= {name: known[name] for name in ("user", "host", "port") if name in known}
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.releases", json.dumps(how)],
        cwd=NEXT, capture_output=True, text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
"""


def git(*arguments: str) -> str:
    """What git says."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def require_history() -> None:
    """Leave the test out, aloud, where a shallow clone has no release to compare with."""
    if git("rev-parse", "--is-shallow-repository").strip() == "true":
        pytest.skip("NOT TESTED with the last release: a shallow clone has no history")


def migrations() -> list[str]:
    """The names of the migrations that the last release has."""
    listed = git("ls-tree", "--name-only", last_release(), "migrations/").split()
    return sorted(Path(name).stem for name in listed if name.endswith(".py"))


@contextmanager
def checked_out(folder: Path, *, new_tables: bool = False) -> Iterator[Path]:
    """The folder with the last release; with `new_tables` it lays those of this version."""
    tree = folder / "release"
    git("worktree", "add", "--quiet", "--detach", str(tree), last_release())
    try:
        if new_tables:
            with (tree / "models" / "schema.py").open("a") as file:
                file.write(f"\n\nNEXT = {str(ROOT)!r}{NEW_TABLES}")
        yield tree
    finally:
        git("worktree", "remove", "--force", str(tree))


def run_tests(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run tests of a release with its own pytest settings and this environment."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    environ = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    return subprocess.run(
        command, cwd=tree, env=environ, capture_output=True, text=True, check=False
    )


def _lay(told: str) -> None:
    """Lay the tables of this version in a database that another one has opened."""
    import orjson

    from models import database, schema

    how = orjson.loads(told)
    if how["on"] == "sqlite":
        database.connect(f"sqlite:///{how['name']}")
    else:
        host, port = how.get("host", "127.0.0.1"), how.get("port", 5432)
        user = how.get("user", "postgres")
        database.connect(f"postgresql://{user}@{host}:{port}/{how['name']}")
    print(orjson.dumps(schema.migrate()).decode())


if __name__ == "__main__":
    _lay(sys.argv[1])
