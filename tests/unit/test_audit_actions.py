"""What the audit log records is what the vocabulary lists: those are the types of events."""

import ast
from collections.abc import Iterator
from pathlib import Path

from models.vocabulary import AuditAction

ROOT = Path(__file__).parents[2]
FOLDERS = ("api", "resources", "protocols", "pages", "catalogue", "circulation", "models")


def recorded() -> Iterator[tuple[str, str]]:
    """Every action that is written out in a call of `audit.record…`, and where."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and _is_record(node.func):
                    for argument in node.args[1:2]:
                        if isinstance(argument, ast.Constant):
                            yield str(argument.value), f"{path.name}:{node.lineno}"


def _is_record(called: ast.expr) -> bool:
    return (
        isinstance(called, ast.Attribute)
        and called.attr in ("record", "record_all", "record_each")
        and isinstance(called.value, ast.Name)
        and called.value.id == "audit"
    )


def test_every_action_that_is_recorded_is_in_the_vocabulary() -> None:
    written = list(recorded())
    assert len(written) > 20
    assert [one for one in written if one[0] not in set(AuditAction)] == []
