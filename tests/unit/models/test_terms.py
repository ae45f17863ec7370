"""The terms of facets that are kept in their order are those that there are."""

import random
from collections.abc import Iterable
from typing import Any

from models import book
from models.audit import Actor
from models.database import transaction
from models.search import terms
from models.text import fold

ACTOR = Actor(None, "test")


def about(subject: str) -> dict[str, Any]:
    return {"title": "T", "subjects": [subject]}


def require_order(subjects: Iterable[str]) -> None:
    ordered = sorted(set(subjects), key=lambda subject: (fold(subject), subject))
    assert terms.in_order("subject", fold) == ordered


def test_terms_are_in_order_whatever_is_added_and_deleted(db: Any) -> None:
    chance = random.Random(1)  # noqa: S311  repeatable
    subjects = ["".join(chance.choices("aàäbBcçÇ", k=4)) for _ in range(600)]
    with transaction():
        ids = book.create_all(map(about, subjects[:400]), ACTOR)
    there = dict(zip(ids, subjects, strict=False))
    for subject in subjects[400:420]:
        require_order(there.values())
        there[book.create(about(subject), ACTOR).id] = subject
        gone = chance.choice(list(there))
        book.delete(book.locked(gone), ACTOR)
        del there[gone]
    with transaction():
        book.create_all(map(about, subjects[420:]), ACTOR)
    require_order([*there.values(), *subjects[420:]])


def test_more_terms_than_are_kept_are_read_each_time(db: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(terms, "MOST_KEPT", 2)
    for subject in ("c", "b", "a"):
        book.create(about(subject), ACTOR)
    require_order("abc")
    require_order("abc")
    assert terms.counts("subject", ["a", "b", "d"]) == {"a": 1, "b": 1}
