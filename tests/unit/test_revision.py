"""What runs is told by the release and, in a checkout, by its commit."""

import subprocess
from pathlib import Path

import pytest

from api import __version__, revision
from api.revision import revision_in

_AS = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", *_AS, *words], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of a repository with one commit."""
    folder = tmp_path / "octavo"
    folder.mkdir()
    _git(folder, "init", "--quiet")
    _git(folder, "commit", "--quiet", "--allow-empty", "--message=First")
    return folder


def _head(folder: Path) -> str:
    return _git(folder, "rev-parse", "HEAD")[:12]


def test_a_checkout_tells_its_commit(checkout: Path) -> None:
    assert revision_in(checkout) == _head(checkout)


def test_a_checkout_whose_branches_are_packed_tells_its_commit(checkout: Path) -> None:
    _git(checkout, "pack-refs", "--all")
    assert revision_in(checkout) == _head(checkout)


def test_a_checkout_of_a_commit_on_no_branch_tells_it(checkout: Path) -> None:
    _git(checkout, "checkout", "--quiet", "--detach")
    assert revision_in(checkout) == _head(checkout)


def test_a_further_work_tree_tells_its_commit(checkout: Path) -> None:
    beside = checkout.parent / "beside"
    _git(checkout, "worktree", "add", "--quiet", "-b", "beside", str(beside))
    _git(beside, "commit", "--quiet", "--allow-empty", "--message=Second")
    assert revision_in(beside) == _head(beside) != _head(checkout)


@pytest.mark.parametrize("head", [None, "", "ref: refs/heads/nowhere", "ref: ../../etc", "x" * 40])
def test_what_is_no_checkout_has_no_revision(tmp_path: Path, head: str | None) -> None:
    if head is not None:
        (tmp_path / ".git").mkdir()
        (tmp_path / ".git/HEAD").write_text(head)
    assert revision_in(tmp_path) is None


def test_the_release_is_told_alone_without_a_revision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revision, "REVISION", None)
    assert revision.running() == __version__
    monkeypatch.setattr(revision, "REVISION", "0a1b2c3d4e5f")
    assert revision.running() == f"{__version__}, revision 0a1b2c3d4e5f"
