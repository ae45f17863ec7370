"""In what order members are listed, on each database."""

import random
from typing import Any

import pytest

from models import name_keys, user
from models.audit import Actor
from models.database import run
from models.user import User
from models.user_list import LISTING

NAMES = [
    ("'t Hooft", "Gerard"),
    ("Lindgren", "Ågot"),
    ("Lindgren", "Astrid"),
    ("Zweig", "Stefan"),
    ("de Beauvoir", "Simone"),
    ("Lind", "Zoe"),
    ("Özdamar", "Emine"),
    ("O'Brien", "Flann"),
    (None, "Colette"),
    ("LE GUIN", "Ursula"),
]


def added(last_name: str | None, first_name: str | None) -> int:
    named = {"last_name": last_name, "first_name": first_name}
    return user.create(named, None, Actor(None, "test")).id


def listed(sort: str) -> list[tuple[str | None, str | None]]:
    found = LISTING.page({}, [sort], limit=100, offset=0)
    return [(one.last_name, one.first_name) for one in found]


@pytest.mark.usefixtures("db")
def test_members_are_sorted_by_name_whatever_the_case_the_accents_and_the_signs_before() -> None:
    for name in NAMES:
        added(*name)
    people_sort = [
        (None, "Colette"),
        ("de Beauvoir", "Simone"),
        ("LE GUIN", "Ursula"),
        ("Lind", "Zoe"),
        ("Lindgren", "Ågot"),
        ("Lindgren", "Astrid"),
        ("O'Brien", "Flann"),
        ("Özdamar", "Emine"),
        ("'t Hooft", "Gerard"),
        ("Zweig", "Stefan"),
    ]
    assert listed("last_name") == people_sort
    assert listed("-last_name") == people_sort[::-1]


@pytest.mark.usefixtures("db")
def test_a_member_with_another_name_has_another_place() -> None:
    first = added("Byron", "Ada")
    added("Hopper", "Grace")
    user.update(user.find(first), {"last_name": "lovelace"}, Actor(None, "test"))
    assert listed("last_name") == [("Hopper", "Grace"), ("lovelace", "Ada")]


def test_a_member_of_the_release_before_is_listed_by_the_last_name(db: Any) -> None:
    added("lovelace", "Ada")
    old = added("Hopper", "Grace")
    run('UPDATE "user" SET name_key = NULL WHERE id = ?', (old,))
    assert User.select().where(User.name_key.is_null()).count() == 1
    assert listed("last_name") == [("Hopper", "Grace"), ("lovelace", "Ada")]


def test_members_of_the_release_before_get_their_places_when_this_version_starts(db: Any) -> None:
    added("lovelace", "Ada")
    old = [added("Hopper", "Grace"), added("Özdamar", "Emine"), added("'t Hooft", "Gerard")]
    run('UPDATE "user" SET name_key = NULL WHERE id >= ?', (old[0],))
    name_keys.fill()
    assert User.select().where(User.name_key.is_null()).count() == 0
    people_sort = ["Hopper", "lovelace", "Özdamar", "'t Hooft"]
    assert [last_name for last_name, _ in listed("last_name")] == people_sort


@pytest.mark.usefixtures("db")
def test_the_longest_names_that_there_may_be_are_stored() -> None:
    chance = random.Random(4)  # noqa: S311  text that nothing can compress
    first, last = ("".join(map(chr, chance.choices(range(0x20000, 0x2A000), k=500))) for _ in "12")
    added(last, first)
    assert listed("last_name") == [(last, first)]
