"""A busy year at the desk, and what becomes of it when the library moves to the other database.

OCTAVO_MODEL_DAYS says how many days it has: those of a year, if nothing is said.
"""

import os
import tomllib
from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any

import orjson
import pytest

from api.commands import demo
from api.settings import read
from models import timestamps
from models.audit import Actor
from models.database import connect, database
from moving.folder import CALENDAR, KINDS, read_manifest, set_calendar, take_out
from tests.checker import broken
from tests.model import desk
from tests.model.chances import DEEDS, Chance
from tests.model.machine import START
from tests.model.records import Member, Policy
from tests.model.test_agreement import Everything
from tests.support import people, servers
from tests.unit.moving.test_round_trip import OWN, bring_in

DAYS = timedelta(days=int(os.environ.get("OCTAVO_MODEL_DAYS", "365")))
DESK = Actor(None, "test")
# Seldom enough that the library still has members, copies and open days in the end.
_SELDOM = {
    "wait": 0.5,
    **dict.fromkeys(("change_member", "set_status", "close", "change_week"), 0.2),
    **dict.fromkeys(("set_policy", "forget"), 0.1),
}
_WEIGHTS = [deed.weight * _SELDOM.get(deed.name, 1) for deed in DEEDS]
ADMIN = "admin@example.org"


class Year(Everything):
    """A library of more people and titles than the one in which acts are compared."""

    def live(self, chance: Chance) -> None:
        """Act until the days have passed, and then change the catalogue."""
        while self.desk.clock.at < START + DAYS:
            [deed] = chance.choices(DEEDS, _WEIGHTS)
            if deed.possible(self.library):
                getattr(self, deed.name)(**deed.given(chance))
                self._same_fees()
        self.both_see_the_same()
        self._set_policy(("*", "*"), Policy())
        for book_id in self.all_books:
            self.desk.ask("DELETE", f"/books/{book_id}")
        kept, *others = self.all_books
        self.desk.ask("POST", f"/books/{kept}/merges", {"from": others[:1]})

    def _people(self) -> None:
        for index in range(15):
            category = "child" if index % 3 == 0 else "standard"
            body = {"email": f"m{index}@example.org", "card_number": f"00{index:03}"}
            names = {"first_name": "Ada", "last_name": f"Byron {index}", "category": category}
            made = self.desk.make("/users", body | names)
            self.library.members[made["id"]] = Member(made["id"], category)

    def _stock(self) -> None:
        self.all_books: list[int] = []
        for _ in range(5):
            super()._stock()
            self.all_books += self.books


def load_demo() -> None:
    """The demonstration library beside, under the policies that there are."""
    given = tomllib.loads(demo.LIBRARY.read_text(encoding="utf-8"))
    chosen = read({**servers.QUICK, "DATABASE_URL": "sqlite:///none.db"})
    demo.load_catalogue(DESK)
    demo._Library({**given, "policies": []}, chosen, timestamps.now()).load()


def out(folder: Path) -> Path:
    """Everything there is, in a folder."""
    take_out(folder, "ndjson", lambda kind, records: None)
    return folder


def brought_in(folder: Path) -> None:
    """Bring a folder into the library that is connected, whose staff have their accounts."""
    people.add("admin", ADMIN)
    people.add("librarian", "librarian@example.org")
    set_calendar(folder, DESK)
    files = {one.kind: (folder / one.file).read_bytes() for one in read_manifest(folder)}
    done = bring_in(files)
    assert {kind: one.failed for kind, one in done.items()} == dict.fromkeys(done, 0)


def lines(folder: Path, kind: str) -> list[dict[str, Any]]:
    """The records of a kind, without what is each library's own."""
    told = [orjson.loads(line) for line in (folder / f"{kind}.ndjson").read_bytes().splitlines()]
    kept = [{k: v for k, v in one.items() if k not in OWN} for one in told]
    return sorted(kept, key=lambda one: str(one["source_key"]))


def week(folder: Path) -> Any:
    """Time zone and opening days, those of the past too."""
    return orjson.loads((folder / CALENDAR).read_bytes())


@pytest.mark.slow
def test_a_busy_year_is_the_same_on_postgresql_and_back_on_sqlite(
    postgresql: Any, sqlite_template: Path, folder: Path
) -> None:
    with desk.opened(sqlite_template, folder, START) as Year.desk:
        machine, model = Year(), database.obj
        machine.open()
        machine.live(Chance(2026))
        load_demo()
        assert broken(database.obj) == []
        folders = [out(folder / "first")]
        copyfile(sqlite_template, folder / "last.db")
        for name in ("postgresql", "sqlite"):
            if name == "postgresql":
                database.initialize(postgresql)
            else:
                connect(f"sqlite:///{folder / 'last.db'}")
            # Copies of one template have one name, by which a library knows its own keys again.
            database.execute_sql("UPDATE library SET code = 'elsewhere'")
            brought_in(folders[-1])
            assert broken(database.obj) == [], name
            folders.append(out(folder / name))
        database.obj.close()
        database.initialize(model)
    database.initialize(postgresql)
    before, *others = folders
    assert len(lines(before, "loans")) > DAYS.days / 3
    for kind in KINDS:
        assert lines(before, kind), kind
        for after in others:
            assert lines(after, kind) == lines(before, kind), (kind, after.name)
    assert [week(each) for each in others] == [week(before)] * 2
