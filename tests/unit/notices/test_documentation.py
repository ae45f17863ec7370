"""docs/notices.md says what is so."""

import re

import pytest

from api.settings import ROOT
from models.vocabulary import NoticeKind
from notices import kinds, samples

PAGE = (ROOT / "docs" / "notices.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """The rows of the table whose first column has this heading."""
    table = PAGE.split(f"| {heading} |")[1].split("\n\n")[0]
    lines = table.splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def built_in(kind: NoticeKind) -> str:
    of_kind = kinds.BUILT_IN[kind]
    if not of_kind.switch:
        return "always"
    if of_kind.days is None:
        return "on" if of_kind.is_on else "off"
    return f"{of_kind.days} day{'' if of_kind.days == 1 else 's'}"


def test_every_kind_is_listed_with_what_is_built_in() -> None:
    listed = {row[0].strip("`"): (row[2], row[3]) for row in rows("kind")}
    assert listed == {
        kind: (built_in(kind), "yes" if kinds.BUILT_IN[kind].letter else "no")
        for kind in NoticeKind
    }


def test_the_variables_of_each_kind_are_listed() -> None:
    listed: dict[str, set[str]] = {kind: set() for kind in NoticeKind}
    for name, where, _ in rows("variable"):
        found = re.findall(r"`([a-z0-9-]+)`", where) or list(NoticeKind)
        for kind in found:
            listed[kind].add(name.strip("`"))
    assert listed == {kind: set(samples.NAMES[kind]) for kind in NoticeKind}


def test_the_fields_that_templates_may_read_are_listed() -> None:
    fields = {field for *_, told in rows("variable") for field in re.findall(r"`(\w+)`", told)}
    assert fields == samples.ATTRIBUTES


def test_the_example_of_the_settings_is_understood() -> None:
    [example] = re.findall(r"^    NOTICES=(\S+)$", PAGE, re.MULTILINE)
    changed = kinds.read(example)
    assert changed[NoticeKind.DUE_SOON].days == 2
    assert not changed[NoticeKind.OVERDUE_3].is_on


@pytest.mark.parametrize(
    "text",
    [
        *("due-sooner=3", "due-soon=", "due-soon=-1", "due-soon=366", "due-soon=three"),
        *("hold-ready=3", "password-reset=off", "overdue-1=8", "overdue-2=21,overdue-3=21"),
        *("due-soon", "due-soon=٣"),
    ],
)
def test_a_setting_that_cannot_be_understood_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        kinds.read(text)
