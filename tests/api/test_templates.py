"""Templates over HTTP: the library's own texts, tried before they are taken."""

import pytest

from tests.support.asking import Asker
from tests.support.people import Person

PATH = "/templates/due-soon/eng"
OWN = {"subject": "Soon", "text": "{% for loan in loans %}{{ loan.title }}\n{% endfor %}"}


def test_every_kind_has_a_template_in_every_language(ask: Asker, admin: Person) -> None:
    found = ask.get("/templates", by=admin).json["data"]
    assert len(found) == len({(one["kind"], one["language"]) for one in found}) == 15 * 4
    assert all(one["built_in"] for one in found)


def test_a_template_is_replaced_and_brought_back(ask: Asker, admin: Person) -> None:
    before = ask.get(PATH, by=admin)
    put = ask.put(PATH, OWN, by=admin)
    assert (put.json["text"], put.json["html"], put.json["built_in"]) == (OWN["text"], None, False)
    assert ask.get(PATH, by=admin).json == put.json
    assert ask.delete(PATH, by=admin).status_code == 204
    assert ask.get(PATH, by=admin).json == before.json
    assert ask.delete(PATH, by=admin).status_code == 204


def test_what_was_read_can_be_sent_back(ask: Asker, admin: Person) -> None:
    read = ask.get(PATH, by=admin).json
    assert ask.put(PATH, read, by=admin).json["text"] == read["text"]


def test_a_change_that_crossed_another_is_refused(ask: Asker, admin: Person) -> None:
    etag = ask.get(PATH, by=admin).headers["ETag"]
    ask.put(PATH, OWN, by=admin)
    stale = ask.put(PATH, OWN, by=admin, headers={"If-Match": etag})
    assert (stale.status_code, stale.json["code"]) == (412, "stale")
    fresh = ask.get(PATH, by=admin).headers["ETag"]
    assert ask.put(PATH, OWN, by=admin, headers={"If-Match": fresh}).status_code == 200


def test_two_letters_name_the_language_as_well(ask: Asker, admin: Person) -> None:
    assert ask.get("/templates/due-soon/de", by=admin).json["language"] == "ger"


@pytest.mark.parametrize("path", ["/templates/due-soon/ita", "/templates/none/eng"])
def test_what_there_is_not_is_not_found(ask: Asker, admin: Person, path: str) -> None:
    assert ask.get(path, by=admin).status_code == 404


def test_a_template_that_cannot_be_is_refused_with_line_and_reason(
    ask: Asker, admin: Person
) -> None:
    refused = ask.put(PATH, {**OWN, "text": "one\n{{ loan.title }}"}, by=admin)
    assert (refused.status_code, refused.json["code"]) == (400, "template")
    assert refused.json["line"] == 2
    assert refused.json["reason"] == "there is no 'loan' here"
    assert refused.json["detail"] == "text, line 2: there is no 'loan' here"
    assert ask.get(PATH, by=admin).json["built_in"] is True


def test_a_preview_shows_what_a_member_would_get_and_keeps_nothing(
    ask: Asker, admin: Person
) -> None:
    stored = ask.post(f"{PATH}/previews", by=admin).json
    assert "Emma" in stored["text"]
    own = ask.post(f"{PATH}/previews", {"text": "{{ member.name }}"}, by=admin).json
    assert own["text"] == "Ada Byron\n"
    assert "<p>Ada Byron</p>" in own["html"]
    assert ask.get(PATH, by=admin).json["built_in"] is True


def test_a_preview_of_what_cannot_be_is_refused(ask: Asker, admin: Person) -> None:
    refused = ask.post(f"{PATH}/previews", {"text": "{{ member.x }}"}, by=admin)
    assert (refused.status_code, refused.json["code"]) == (400, "template")
